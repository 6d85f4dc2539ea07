from scoring.models.alerts import URGENT_LANES, Alert, AlertEvent, AlertSequence
from scoring.models.duty import AlertSeen, AlertTimer, AlertWords
from scoring.models.notes import PatientNote
from scoring.models.profiles import ScoreProfile
from scoring.models.scores import ModelReference, PatientStanding, PeriodScore

__all__ = [
    "URGENT_LANES",
    "Alert",
    "AlertEvent",
    "AlertSeen",
    "AlertSequence",
    "AlertTimer",
    "AlertWords",
    "ModelReference",
    "PatientNote",
    "PatientStanding",
    "PeriodScore",
    "ScoreProfile",
]
