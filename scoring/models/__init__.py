from scoring.models.alert_rules import AlertBudget, FaceSilence, RuleMemory, RuleSetting
from scoring.models.alerts import Alert, AlertEvent, AlertSequence
from scoring.models.notes import PatientNote
from scoring.models.profiles import ScoreProfile
from scoring.models.scores import ModelReference, PatientStanding, PeriodScore

__all__ = [
    "Alert",
    "AlertBudget",
    "AlertEvent",
    "AlertSequence",
    "FaceSilence",
    "ModelReference",
    "PatientNote",
    "PatientStanding",
    "PeriodScore",
    "RuleMemory",
    "RuleSetting",
    "ScoreProfile",
]
