"""*Happy* has fallen against the patient's own earlier weeks: loss of pleasure, seen on the face."""

from statistics import median

from inference.emotions import EMOTIONS
from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings

HAPPY = EMOTIONS.index("happy")
LEAST_BASELINE = 0.1
"""A person who hardly smiled before has nothing to fall from: the estimate's noise would do it."""


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    weeks, face = facts.happy_weeks, facts.face
    if face is None or not face.is_current or len(weeks) < settings.whole("weeks"):
        return None
    before = median(weeks)
    if before < LEAST_BASELINE:
        return None
    fall = 100 * (1 - face.shares[HAPPY] / before)
    if fall < settings.number("percent"):
        return None
    return Finding(
        {
            "percent": round(fall),
            "before": round(100 * before),
            "now": round(100 * face.shares[HAPPY]),
            "weeks": len(weeks),
        }
    )


RULE = Rule(
    "happy_fall",
    judge,
    lane="face",
    parameters=(Number("percent", 50, 20, 95), Number("weeks", 3, 2, 8)),
    severity="notice",
    is_on=False,
    reads_face=True,
)
