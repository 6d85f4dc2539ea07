from scoring.models.alert_rules import AlertBudget, FaceSilence, RuleMemory, RuleSetting
from scoring.models.alerts import URGENT_LANES, Alert, AlertEvent, AlertSequence
from scoring.models.duty import AlertSeen, AlertTimer, AlertWords
from scoring.models.notes import PatientNote
from scoring.models.profiles import ScoreProfile
from scoring.models.scores import ModelReference, PatientStanding, PeriodScore

__all__ = [
    "URGENT_LANES",
    "Alert",
    "AlertBudget",
    "AlertEvent",
    "AlertSeen",
    "AlertSequence",
    "AlertTimer",
    "AlertWords",
    "FaceSilence",
    "ModelReference",
    "PatientNote",
    "PatientStanding",
    "PeriodScore",
    "RuleMemory",
    "RuleSetting",
    "ScoreProfile",
]
