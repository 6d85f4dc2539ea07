"""An emotion was the likeliest one n times in the last m scored check-ins: "sad three times in five"."""

from datetime import timedelta

from inference.emotions import EMOTIONS
from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Choice, Number, RuleSettings

MOST_CHECK_INS = 30


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Old readings drop out, so that a patient who stopped does not stay counted for ever."""
    start = facts.now - timedelta(days=settings.number("days"))
    newest = [row for row in facts.seen if start < row.at <= facts.now][-settings.whole("check_ins") :]
    emotion = settings.choice("emotion")
    times = sum(row.emotion == emotion for row in newest)
    if times < settings.whole("times"):
        return None
    return Finding({"emotion": emotion, "times": times, "check_ins": len(newest)})


RULE = Rule(
    "emotion_count",
    judge,
    lane="face",
    parameters=(
        Choice("emotion", "sad", tuple(EMOTIONS)),
        Number("times", 3, 1, MOST_CHECK_INS),
        Number("check_ins", 5, 1, MOST_CHECK_INS),
        Number("days", 14, 1, 28),
    ),
    is_on=False,
    reads_face=True,
)
