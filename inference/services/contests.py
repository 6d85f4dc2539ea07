"""A patient's "this is not right": the reading is kept, shown as contested, and counts for no score."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from inference import signals
from inference.models import Reading, ReadingContest
from patients.locks import lock_patients
from patients.models import Patient

REASON_LIMIT = 2000


@transaction.atomic
def contest_reading(*, patient: Patient, reading_id: uuid.UUID, reason: str | None = None) -> Reading:
    """The patient says it is not right: it is kept and shown as contested, and counts for no score."""
    reason = (reason or "").strip() or None
    if reason is not None and len(reason) > REASON_LIMIT:
        raise DomainError("reason_too_long", _("Please keep it under 2,000 characters."), field="reason")
    reading = _lock_own_reading(patient, reading_id)
    if reading.is_contested:
        return reading
    if not reading.is_scored:
        raise DomainError("not_scored", _("This photo gave nothing that could be contested."))
    contest = ReadingContest(clinic_id=patient.clinic_id, reading=reading, patient=patient, reason=reason)
    contest.save(force_insert=True)
    return _mark_contested(reading, patient, is_contested=True)


@transaction.atomic
def withdraw_contest(*, patient: Patient, reading_id: uuid.UUID) -> Reading:
    """The patient takes it back: the reading counts again; that it was contested stays in the record."""
    reading = _lock_own_reading(patient, reading_id)
    if not reading.is_contested:
        return reading
    ReadingContest.objects.filter(reading=reading, withdrawn_at=None).update(withdrawn_at=timezone.now())
    return _mark_contested(reading, patient, is_contested=False)


def _lock_own_reading(patient: Patient, reading_id: uuid.UUID) -> Reading:
    lock_patients([patient.pk])
    reading = Reading.objects.filter(pk=reading_id, patient=patient).first()
    if reading is None:
        raise DomainError("no_such_reading", _("This reading does not exist."))
    return reading


def _mark_contested(reading: Reading, patient: Patient, *, is_contested: bool) -> Reading:
    reading.is_contested = is_contested
    reading.save(update_fields=["is_contested"])
    action = "reading.contested" if is_contested else "reading.contest_withdrawn"
    access_log.record(action, by=patient, patient_id=patient.pk, objects=[reading.pk])
    signals.readings_contested.send(
        sender=Reading, clinic_id=patient.clinic_id, patient_id=patient.pk, readings=[reading]
    )
    return reading
