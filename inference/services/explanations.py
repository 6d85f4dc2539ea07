"""A reading explained on its kept photo: asked for at a page, drawn by a worker, gone with the photo."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, tenancy
from clinics.errors import DomainError
from clinics.keys import Shredded, Tampered
from clinics.models import Clinic, Membership
from inference import doorbell, registry
from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError, NotScored, Unreadable
from inference.models import Explanation, Reading, RegisteredModel
from patients import allowances
from patients.locks import lock_patients
from patients.models import Capture, Patient, Purpose
from patients.services import WORKER

logger = logging.getLogger(__name__)
BATCH = 4
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
MOST_WAITING = 20
"""In one clinic: drawing takes seconds of a worker that reads photos as well."""


@dataclass(frozen=True)
class Drawn:
    """A worker's answer: a PNG and its figures, or neither where the photo could not be explained."""

    picture: bytes | None = None
    figures: dict[str, object] | None = None


def ask_for_explanation(*, reading: Reading, method: str, by: Membership) -> Explanation:
    """Puts it in the queue, or finds it there; one that failed is tried again.

    Raises DomainError for who only reads, where the photo is not kept, nothing was read, or too many wait.
    """
    if not by.treats_patients:
        raise DomainError("may_not_ask", _("Your role reads only: a clinician can ask for this."))
    if not reading.is_scored:
        raise DomainError("not_scored", _("This photo gave nothing that could be explained."))
    capture = kept_capture(reading)
    if capture is None:
        raise DomainError("photo_gone", _("The photo is not kept: there is nothing left to explain it on."))
    if allowances.refusal(reading.patient, Purpose.FACIAL_ANALYSIS):
        raise DomainError("not_allowed", _("Photos of this patient may not be analysed at present."))
    _check_room(reading, method)
    explanation, is_new = Explanation.objects.get_or_create(
        clinic_id=reading.clinic_id,
        reading=reading,
        method=method,
        defaults={"capture": capture, "patient_id": reading.patient_id},
    )
    if not is_new and explanation.state == Explanation.State.FAILED:
        explanation.state, explanation.attempts = Explanation.State.WAITING, 0
        explanation.save(update_fields=["state", "attempts"])
    access_log.record(
        "reading.explained", by=by, patient_id=reading.patient_id, objects=[reading.pk], method=method
    )
    if explanation.state == Explanation.State.WAITING:
        doorbell.ring_after_commit(reading.clinic_id, doorbell.DRAW_EXPLANATIONS)
    return explanation


def kept_capture(reading: Reading) -> Capture | None:
    """The photo of a reading where it is there and its patient still agrees to its being kept: one that only
    a legal hold keeps stays unused. Its image is not loaded."""
    if allowances.refusal(reading.patient, Purpose.IMAGE_RETENTION):
        return None
    kept = Capture.objects.filter(
        image__isnull=False, state=Capture.State.READ, keep_until__gt=timezone.now()
    )
    return kept.filter(check_in=reading.check_in_id).defer("image").first()


def _check_room(reading: Reading, method: str) -> None:
    """What waits already may be asked for again."""
    waiting = Explanation.objects.filter(clinic_id=reading.clinic_id, state=Explanation.State.WAITING)
    others = waiting.exclude(reading=reading, method=method)
    if others.count() >= MOST_WAITING:
        raise DomainError(
            "too_many_waiting", _("Many are being drawn at the moment. Please ask again in a few minutes.")
        )


def draw_waiting(*, clinic: Clinic) -> int:
    """Draws a few waiting explanations; the number claimed. Call it outside of every transaction."""
    with tenancy.enter(clinic.pk):
        claimed = _claim()
    for explanation in claimed:
        with tenancy.enter(clinic.pk):
            image = _image(explanation)  # consent as it is now, not as it was when somebody asked
            model = _model_of(explanation.reading)
        drawn = _draw(explanation, image, model)
        with tenancy.enter(clinic.pk):
            _store(explanation, drawn)
    return len(claimed)


def remove_orphans(*, clinic: Clinic) -> int:
    """What explained a photo that is gone, in the clinic that was entered; the number removed."""
    return Explanation.objects.filter(clinic=clinic, capture__image__isnull=True).delete()[0]


def explanations_wait(*, older_than: timedelta) -> bool:
    """Whether the clinic that was entered has some that a lost doorbell left waiting."""
    waiting = Explanation.objects.filter(state=Explanation.State.WAITING)
    return waiting.filter(asked_at__lt=timezone.now() - older_than).exists()


def _claim() -> list[Explanation]:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = list(
        Explanation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(free, state=Explanation.State.WAITING)
        .order_by("asked_at")[:BATCH]
    )
    Explanation.objects.filter(pk__in=[row.pk for row in rows]).update(
        claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    return list(
        Explanation.objects.filter(pk__in=[row.pk for row in rows]).select_related(
            "capture", "reading", "patient"
        )
    )


def _image(explanation: Explanation) -> bytes | None:
    if not _may_be_analysed(explanation.patient) or kept_capture(explanation.reading) is None:
        return None
    keys.preload([explanation.capture.sealed_under()])
    try:
        image: bytes | None = explanation.capture.image
    except (Tampered, Shredded):
        logger.warning("The image of capture %s does not decrypt.", explanation.capture_id)
        return None
    return image


def _may_be_analysed(patient: Patient) -> bool:
    return allowances.refusal(patient, Purpose.FACIAL_ANALYSIS) is None


def _model_of(reading: Reading) -> RegisteredModel | None:
    """The model that read it: another one would explain another answer."""
    return RegisteredModel.objects.filter(sha256=reading.model_sha256).first()


def _draw(explanation: Explanation, image: bytes | None, model: RegisteredModel | None) -> Drawn:
    if image is None or explanation.attempts > MAX_ATTEMPTS:
        return Drawn()
    label = explanation.reading.label
    try:
        engine = registry.engine(model)
        if label is None or engine.package.sha256 != explanation.reading.model_sha256:
            return Drawn()
        found = engine.explained(image, explanation.method, EMOTIONS.index(label))
    except (ModelPackageError, NotScored, Unreadable) as error:
        logger.warning("Explanation %s could not be drawn: %s", explanation.pk, type(error).__name__)
        return Drawn()
    return Drawn(
        found.picture,
        {
            "regions": found.regions,
            "deletion": round(found.faithfulness.deletion, 4),
            "insertion": round(found.faithfulness.insertion, 4),
        },
    )


def _store(explanation: Explanation, drawn: Drawn) -> None:
    """Asked again, with the patient's record locked: of a photo that went meanwhile nothing is stored, nor of
    one that may not be analysed any more."""
    patient = lock_patients([explanation.patient_id])[explanation.patient_id]
    row = Explanation.objects.select_for_update(of=("self",)).filter(pk=explanation.pk).first()
    if row is None or row.state != Explanation.State.WAITING:
        return
    if kept_capture(row.reading) is None:
        row.delete()
        return
    if not _may_be_analysed(patient):
        drawn = Drawn()
    row.picture, row.figures, row.claimed_until = drawn.picture, drawn.figures, None
    row.state = Explanation.State.READY if drawn.picture else Explanation.State.FAILED
    row.save(update_fields=["picture", "figures", "claimed_until", "state"])
    access_log.record(
        "reading.drawn", by=WORKER, patient_id=row.patient_id, objects=[row.reading_id], method=row.method
    )
