"""Readings of chosen emotions, judged as the worker would have them judged."""

from datetime import datetime, timedelta

from django.utils import timezone

from clinics import tenancy
from clinics.models import Membership
from inference.emotions import EMOTIONS
from inference.models import Reading
from inference.signals import readings_stored
from patients.models import Patient
from scoring.models import Alert, AlertEvent, FaceSilence, PatientNote
from scoring.services.moves import next_number
from tests.inference.factories import make_reading

CERTAINTY = 0.94


def probabilities(emotion: str, certainty: float = CERTAINTY) -> dict[str, float]:
    rest = (1 - certainty) / (len(EMOTIONS) - 1)
    return {name: certainty if name == emotion else rest for name in EMOTIONS}


def add_reading(patient: Patient, emotion: str, at: datetime | None = None) -> Reading:
    """Stored, and nobody told."""
    moment = at or timezone.now()
    return make_reading(
        patient, captured_at=moment, model_name="test", model_version="1", **probabilities(emotion)
    )


def store_reading(patient: Patient, emotion: str, at: datetime | None = None) -> Reading:
    """Stored and judged in one transaction, through the pipeline's signal."""
    with tenancy.enter(patient.clinic_id):
        reading = add_reading(patient, emotion, at)
        readings_stored.send(
            sender=Reading,
            clinic_id=patient.clinic_id,
            readings=[reading],
            patient_ids=[patient.pk],
        )
    return reading


def add_days_of(patient: Patient, emotion: str, days: int) -> None:
    """One reading a day, yesterday last, and nobody told."""
    for day in range(days, 0, -1):
        add_reading(patient, emotion, timezone.now() - timedelta(days=day))


def make_closed_alert(patient: Patient, by: Membership, closed_at: datetime) -> Alert:
    """Raised and resolved at that moment: its history cannot be made older afterwards."""
    with tenancy.enter(patient.clinic_id):
        own = {"clinic_id": patient.clinic_id, "at": closed_at}
        alert = Alert(
            clinic_id=patient.clinic_id,
            patient=patient,
            rule=Alert.Rule.CALL_WANTED,
            state=Alert.State.RESOLVED,
            seq=next_number(patient.clinic_id),
            opened_at=closed_at,
            resolved_by=by,
            resolved_at=closed_at,
            note="Called.",
            outcome=Alert.Outcome.NOTED,
        )
        alert.save(force_insert=True)
        AlertEvent.objects.create(alert=alert, seq=alert.seq, kind=AlertEvent.Kind.OPENED, **own)
        seq = next_number(patient.clinic_id)
        AlertEvent.objects.create(alert=alert, seq=seq, kind=AlertEvent.Kind.RESOLVED, by=by, **own)
        PatientNote.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            alert=alert,
            words=PatientNote.Words.HARDER,
            visible_from=closed_at,
        )
    return alert


def make_lifted_silence(patient: Patient, by: Membership, lifted_at: datetime) -> FaceSilence:
    """A face that was set aside for a day, until that moment."""
    with tenancy.enter(patient.clinic_id):
        silence = FaceSilence(
            clinic_id=patient.clinic_id,
            patient=patient,
            reason=FaceSilence.Reason.MANIA,
            set_by=by,
            set_at=lifted_at - timedelta(days=1),
            lifted_by=by,
            lifted_at=lifted_at,
        )
        silence.save(force_insert=True)
    return silence
