"""The last question of the PHQ-9: heard when its answer is saved, by any door and whatever else is wrong."""

import uuid
from datetime import datetime

from django.db import transaction

from clinics.access_log import Actor
from patients.models import Patient
from scoring.models import Alert, AlertEvent
from scoring.services.alerts import raise_alert
from scoring.services.moves import SCORING


@transaction.atomic
def answered(
    *,
    patient_id: uuid.UUID,
    round_id: uuid.UUID,
    answer_id: uuid.UUID,
    value: int,
    at: datetime,
    door: str,
    by: Actor | None = None,
) -> Alert | None:
    """Any answer above 0 is the same alert (1 to 3 alike): raised, or open again with its timer anew. A later
    0 is shown in its history and not obeyed. The same answer twice is heard once. What was answered is not
    kept here: answers are encrypted, and facts are not."""
    patient = Patient.objects.get(pk=patient_id)
    if _is_known(answer_id):
        return _open_of(patient)
    return raise_alert(
        patient=patient,
        rule=Alert.Rule.ITEM_9,
        lane=Alert.Lane.ITEM_9,
        severity=Alert.Severity.URGENT,
        facts={"answer": str(answer_id), "round": str(round_id), "at": at.isoformat(), "door": door},
        by=by or patient,
        is_change=value <= 0,
    )


@transaction.atomic
def left_open(*, patient_id: uuid.UUID, round_id: uuid.UUID) -> Alert | None:
    """A PHQ-9 was closed without its last answer: never imputed, a warning of its own."""
    return raise_alert(
        patient=Patient.objects.get(pk=patient_id),
        rule=Alert.Rule.ITEM_9_OPEN,
        lane=Alert.Lane.ROUTINE,
        severity=Alert.Severity.WARNING,
        facts={"round": str(round_id)},
        by=SCORING,
    )


def _is_known(answer_id: uuid.UUID) -> bool:
    events = AlertEvent.objects.filter(alert__rule=Alert.Rule.ITEM_9, facts__answer=str(answer_id))
    return events.exists()


def _open_of(patient: Patient) -> Alert | None:
    return Alert.objects.unresolved().filter(patient=patient, rule=Alert.Rule.ITEM_9).first()
