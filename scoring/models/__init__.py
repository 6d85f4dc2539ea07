from scoring.models.alerts import Alert, AlertEvent, AlertSequence
from scoring.models.notes import PatientNote
from scoring.models.profiles import ScoreProfile
from scoring.models.scores import ModelReference, PatientStanding, PeriodScore

__all__ = [
    "Alert",
    "AlertEvent",
    "AlertSequence",
    "ModelReference",
    "PatientNote",
    "PatientStanding",
    "PeriodScore",
    "ScoreProfile",
]
