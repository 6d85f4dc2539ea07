"""What of this app belongs to a patient, and when nobody may be erased."""

import uuid

from patients.erasure import PurgeRule
from scoring.models import (
    Alert,
    AlertEvent,
    AlertSeen,
    AlertTimer,
    AlertWords,
    FaceSilence,
    PatientNote,
    PatientStanding,
    PeriodScore,
    RuleMemory,
)

RULES = (
    PurgeRule(RuleMemory),
    PurgeRule(FaceSilence, is_record=True),
    PurgeRule(PatientNote),
    PurgeRule(PeriodScore),
    PurgeRule(PatientStanding),
    PurgeRule(AlertTimer, path="alert__patient_id", is_record=True),
    PurgeRule(AlertSeen, path="alert__patient_id", is_record=True),
    PurgeRule(AlertWords, is_record=True),
    PurgeRule(AlertEvent, path="alert__patient_id", is_record=True, is_append_only=True),
    PurgeRule(Alert, is_record=True),
)


def open_alert(patient_id: uuid.UUID) -> str:
    """Never while an alert is open (decision 46): somebody still owes this person a look. One that was raised
    at a record that is erased but for what the law keeps could be seen and resolved by nobody."""
    waiting = Alert.objects.unresolved().filter(patient_id=patient_id, patient__kept_until=None)
    return "open_alert" if waiting.exists() else ""
