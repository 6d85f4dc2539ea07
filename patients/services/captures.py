"""The queue of photos to be read: claimed with a lease, read once, dropped or kept.

A message only rings: which photo is read is decided here, by row locks that skip what another worker holds.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from clinics import access_log, keys, policy, tenancy
from clinics.access_log import System
from clinics.models import Clinic, ClinicSettings
from patients import allowances, people
from patients.locks import lock_patients
from patients.models import Capture, Purpose

WORKER = System("worker")


@dataclass(frozen=True)
class ClaimedCaptures:
    """A batch of one clinic that this lease may read until it runs out."""

    lease_id: uuid.UUID
    captures: list[Capture]


def claim_captures(*, clinic: Clinic, limit: int, lease: timedelta) -> ClaimedCaptures:
    """Takes up to `limit` waiting photos of the entered clinic, oldest first, and counts the attempt.

    A photo whose reading began before and never ended is taken alone: if it kills its worker again, it takes
    no neighbour with it.
    """
    lease_id = uuid.uuid4()
    oldest = list(
        Capture.objects.filter(clinic=clinic)
        .claimable()
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .order_by("waiting_since")
        .values_list("pk", "attempts")[:limit]
    )
    is_suspect = bool(oldest) and oldest[0][1] > 0
    taken = [pk for pk, attempts in (oldest[:1] if is_suspect else oldest) if is_suspect or not attempts]
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


def hold_captures(*, claimed: ClaimedCaptures) -> list[Capture]:
    """Locks what this lease still holds, patients first; what was withdrawn or taken over is missing.

    Images are not loaded again.
    """
    lock_patients({capture.check_in.patient_id for capture in claimed.captures})
    ids = [capture.pk for capture in claimed.captures]
    return list(_locked().filter(pk__in=ids, lease_id=claimed.lease_id))


def hold_unread_captures(*, patient_id: uuid.UUID) -> list[Capture]:
    """Locks a patient's photos that wait or are being read: no worker can store a reading of them now."""
    lock_patients({patient_id})
    unread = [Capture.State.WAITING, Capture.State.CLAIMED]
    return list(_locked().filter(check_in__patient_id=patient_id, state__in=unread))


def finish_capture(*, capture: Capture, clean_image: bytes | None) -> None:
    """Read. The image is dropped, unless consent and retention keep its re-encoding."""
    keep_until = capture.waiting_since + timedelta(days=kept_days(capture.clinic_id))
    is_kept = (
        clean_image is not None
        and keep_until > timezone.now()
        and allowances.refusal(capture.check_in.patient, Purpose.IMAGE_RETENTION) is None
    )
    if is_kept:
        capture.image = clean_image
        capture.keep_until = keep_until
    else:
        _shred_image(capture)
    _close(capture, Capture.State.READ)


def kept_days(clinic_id: uuid.UUID) -> int:
    """How long photos are kept with consent; 0 where the clinic's policy is against keeping any."""
    if not policy.allows(clinic_id, Purpose.IMAGE_RETENTION):
        return 0
    return ClinicSettings.objects.values_list("image_retention_days", flat=True).get(clinic=clinic_id)


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


def drop_kept_images(*, patient_id: uuid.UUID) -> int:
    """Drops the photos a patient let the clinic keep, because they no longer do; the number dropped.

    What is under a legal hold goes when the hold is lifted: `drop_expired_images` asks for consent again.
    """
    lock_patients({patient_id})
    if people.held([patient_id]):
        return 0
    kept = list(_locked().filter(check_in__patient_id=patient_id, keep_until__isnull=False))
    for capture in kept:
        _drop_kept(capture, by=System("consent_withdrawn"))
    return len(kept)


def drop_expired_images(*, clinic: Clinic) -> int:
    """Drops what the clinic's retention, as it is now, or the patient's consent no longer keeps; how many."""
    over = expired_images(clinic)
    expired = Capture.objects.filter(over)
    lock_patients(expired.values_list("check_in__patient_id", flat=True))
    kept = list(_locked().filter(over))
    for capture in kept:
        _drop_kept(capture, by=System("retention"))
    return len(kept)


def expired_images(clinic: Clinic) -> Q:
    """Which kept photos are over: their date, the clinic's days as they are now, or the consent, whichever
    ends first. Only a legal hold keeps them longer; an open alert does not."""
    now = timezone.now()
    kept = Capture.objects.filter(clinic=clinic, keep_until__isnull=False)
    owners = set(kept.values_list("check_in__patient_id", flat=True))
    no_more = owners - allowances.who_agreed(owners, Purpose.IMAGE_RETENTION)
    over = (
        Q(keep_until__lt=now)
        | Q(waiting_since__lt=now - timedelta(days=kept_days(clinic.pk)))
        | Q(check_in__patient__in=no_more)
    )
    return Q(clinic=clinic, keep_until__isnull=False) & over & ~Q(check_in__patient__in=people.held(owners))


def clinics_with_waiting_captures(*, older_than: timedelta) -> list[Clinic]:
    """The clinics for which the sweeper rings again."""
    late = timezone.now() - older_than
    found = []
    for clinic in Clinic.objects.order_by("slug"):
        with tenancy.enter(clinic.pk):
            if Capture.objects.claimable().filter(waiting_since__lt=late).exists():
                found.append(clinic)
    return found


def _locked() -> QuerySet[Capture]:
    return (
        Capture.objects.select_related("check_in__patient")
        .defer("image")
        .select_for_update(no_key=True, of=("self",))
    )


def _drop_kept(capture: Capture, *, by: System) -> None:
    _shred_image(capture)
    capture.save(update_fields=["image", "keep_until"])
    access_log.record("image.expired", by=by, patient_id=capture.check_in.patient_id)


def _shred_image(capture: Capture) -> None:
    capture.image = None
    capture.keep_until = None
    keys.drop(capture.sealed_under())


def _close(capture: Capture, state: str) -> None:
    capture.state = state
    capture.lease_id = capture.lease_until = None
    capture.save(update_fields=["state", "lease_id", "lease_until", "image", "keep_until"])
