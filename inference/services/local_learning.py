"""Faces a program may learn from: kept photos, contested or labelled, of patients who agreed to just that."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from clinics import access_log, blind_index, keys
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.keys import OpenKey, Shredded, Tampered
from clinics.models import Clinic
from inference import registry
from inference.engine.errors import NotScored
from inference.models import Reading, ReadingLabel
from inference.training.clinic_faces import ClinicFace
from patients import allowances
from patients.models import Capture, Patient, Purpose

logger = logging.getLogger(__name__)
NEEDED = (Purpose.LOCAL_LEARNING, Purpose.FACIAL_ANALYSIS, Purpose.IMAGE_RETENTION)
HELD_OUT_OF = 5
SPLIT = "inference.local_learning.split"


def collect_faces(*, clinic: Clinic, by: Actor, export_id: uuid.UUID) -> list[ClinicFace]:
    """The aligned faces, in the clinic that was entered; one entry in the log for each patient.

    Raises DomainError where the clinic's policy forbids it.
    """
    readings = _readings(clinic)
    patients = {reading.patient_id: reading.patient for reading in readings}
    agreed = _who_agreed(clinic, patients.values())
    chosen = [reading for reading in readings if reading.patient_id in agreed]
    captures = {
        capture.check_in_id: capture
        for capture in Capture.objects.filter(
            check_in__in=[reading.check_in_id for reading in chosen], image__isnull=False
        )
    }
    keys.preload(capture.sealed_under() for capture in captures.values())
    seen = _seen(chosen)
    lot = blind_index.writing_key(clinic.pk)
    faces, taken = [], defaultdict(list)
    for reading in chosen:
        face = _face(reading, captures.get(reading.check_in_id), tuple(seen[reading.pk]), lot)
        if face is not None:
            faces.append(face)
            taken[reading.patient_id].append(reading.pk)
    for patient_id, reading_ids in taken.items():
        access_log.record(
            "faces.exported", by=by, patient_id=patient_id, objects=reading_ids, export=str(export_id)
        )
    return faces


def _readings(clinic: Clinic) -> list[Reading]:
    """Contested or labelled, and scored: what was refused has no face to learn from."""
    wanted = Q(is_contested=True) | Q(pk__in=ReadingLabel.objects.values("reading"))
    kept = Capture.objects.filter(image__isnull=False, state=Capture.State.READ).values("check_in")
    found = Reading.objects.filter(wanted, clinic=clinic, is_scored=True, is_synthetic=False)
    return list(found.filter(check_in__in=kept).select_related("patient").order_by("pk"))


def _who_agreed(clinic: Clinic, patients: Iterable[Patient]) -> set[uuid.UUID]:
    agreed = {patient.pk: patient for patient in patients}
    for purpose in NEEDED:
        refused = allowances.refusals(clinic.pk, agreed.values(), purpose)
        if allowances.Refusal.NOT_ALLOWED in refused.values():
            raise DomainError("not_allowed", f"The clinic's policy does not allow {purpose.value}.")
        agreed = {pk: patient for pk, patient in agreed.items() if pk not in refused}
    return {pk for pk, patient in agreed.items() if not patient.is_restricted}


def _seen(readings: list[Reading]) -> dict[uuid.UUID, list[str]]:
    seen: dict[uuid.UUID, list[str]] = defaultdict(list)
    labels = ReadingLabel.objects.filter(reading__in=[reading.pk for reading in readings])
    for reading_id, said in labels.values_list("reading", "seen"):
        seen[reading_id].append(said)
    return seen


def _face(
    reading: Reading, capture: Capture | None, seen: tuple[str, ...], lot: OpenKey
) -> ClinicFace | None:
    try:
        image = capture.image if capture is not None else None
        if image is None:
            return None
        pixels = registry.engine().face(bytes(image))
    except (NotScored, Shredded, Tampered) as error:
        logger.warning("The face of reading %s is left out: %s", reading.pk, type(error).__name__)
        return None
    return ClinicFace(pixels, seen, reading.label or "", _is_held_out(reading.patient_id, lot))


def _is_held_out(patient_id: uuid.UUID, lot: OpenKey) -> bool:
    """The same for every export, so that nobody is trained on today and judged on tomorrow."""
    return int(blind_index.digest(lot, SPLIT, str(patient_id)), 16) % HELD_OUT_OF == 0
