"""The queue of photos to be read: claimed with a lease, read once, dropped or kept.

A message only rings: which photo is read is decided here, by row locks that skip what another worker holds.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from clinics import access_log, keys, tenancy
from clinics.access_log import System
from clinics.models import Clinic, ClinicSettings
from patients.models import Capture, Purpose
from patients.services.consents import has_consent

WORKER = System("worker")


@dataclass(frozen=True)
class ClaimedCaptures:
    """A batch of one clinic that this lease may read until it runs out."""

    lease_id: uuid.UUID
    captures: list[Capture]


def claim_captures(*, clinic: Clinic, limit: int, lease: timedelta) -> ClaimedCaptures:
    """Takes up to `limit` waiting photos, oldest first, counting the attempt before it is made."""
    lease_id = uuid.uuid4()
    waiting = (
        Capture.objects.claimable()
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("waiting_since")
        .values_list("pk", flat=True)[:limit]
    )
    taken = list(waiting)
    Capture.objects.filter(pk__in=taken).update(
        state=Capture.State.CLAIMED,
        attempts=F("attempts") + 1,
        lease_id=lease_id,
        lease_until=timezone.now() + lease,
    )
    captures = list(
        Capture.objects.filter(pk__in=taken).select_related("check_in__patient").order_by("waiting_since")
    )
    return ClaimedCaptures(lease_id, captures)


def finish_capture(*, capture: Capture, clean_image: bytes | None) -> None:
    """Read. The image is dropped unless consent and the clinic's retention keep it; only a re-encoding is kept."""
    days = ClinicSettings.objects.values_list("image_retention_days", flat=True).get(clinic=capture.clinic_id)
    is_kept = (
        clean_image is not None
        and days > 0
        and has_consent(capture.check_in.patient, Purpose.IMAGE_RETENTION)
    )
    if is_kept:
        capture.image = clean_image
        capture.keep_until = timezone.now() + timedelta(days=days)
    else:
        _shred_image(capture)
    _close(capture, Capture.State.READ)


def drop_capture(*, capture: Capture, reason: str) -> None:
    """Dropped unread, for example because consent was withdrawn while it waited."""
    _shred_image(capture)
    _close(capture, Capture.State.DROPPED)
    access_log.record(
        "image.dropped_unread", by=WORKER, patient_id=capture.check_in.patient_id, reason=reason
    )


def bury_capture(*, capture: Capture) -> None:
    """Reading it killed too many workers: it is never tried again."""
    _shred_image(capture)
    _close(capture, Capture.State.DEAD)
    access_log.record("image.dead", by=WORKER, patient_id=capture.check_in.patient_id)


def release_capture(*, capture: Capture) -> None:
    """Back into the queue, for another worker, keeping the count of attempts."""
    capture.state = Capture.State.WAITING
    capture.lease_id = capture.lease_until = None
    capture.save(update_fields=["state", "lease_id", "lease_until"])


def drop_expired_images(*, clinic: Clinic) -> int:
    """Drops what the clinic's retention no longer keeps; the number of images dropped."""
    expired = Capture.objects.filter(keep_until__lt=timezone.now()).select_related("check_in")
    for capture in expired:
        _shred_image(capture)
        capture.save(update_fields=["image", "keep_until"])
        access_log.record("image.expired", by=System("retention"), patient_id=capture.check_in.patient_id)
    return len(expired)


def clinics_with_waiting_captures(*, older_than: timedelta) -> list[Clinic]:
    """The clinics for which the sweeper rings again."""
    late = timezone.now() - older_than
    found = []
    for clinic in Clinic.objects.order_by("slug"):
        with tenancy.enter(clinic.pk):
            if Capture.objects.claimable().filter(waiting_since__lt=late).exists():
                found.append(clinic)
    return found


def _shred_image(capture: Capture) -> None:
    capture.image = None
    capture.keep_until = None
    keys.drop(capture.sealed_under())


def _close(capture: Capture, state: str) -> None:
    capture.state = state
    capture.lease_id = capture.lease_until = None
    capture.save(update_fields=["state", "lease_id", "lease_until", "image", "keep_until"])
