"""The patient's own mood is low: at most 2 twice in three days, or 3 below their own median."""

from datetime import timedelta

from scoring.alert_rules.facts import Answered, PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings

BASELINE_DAYS = 28


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """No face has a say here: what a person says of themselves stands for itself (decision 38).

    Each answer is judged at its own moment, once it is heard: one that comes late is not overheard.
    """
    said = [row for row in facts.heard_lately(settings.number("days")) if row.mood is not None]
    low = [row for row in said if _times_low(facts, row, settings) >= settings.whole("times")]
    fallen = [row for row in said if _is_fallen(facts, row, settings.number("drop"))]
    if not (low or fallen):
        return None
    newest = max([*low, *fallen], key=lambda row: (row.heard_at or row.at, row.at))
    return Finding(
        {
            "mood": newest.mood or 0,
            "times": _times_low(facts, newest, settings),
            "days": settings.whole("days"),
            "below": "line" if newest in low else "own",
        },
        episode=newest.at.isoformat(),
    )


def _times_low(facts: PatientFacts, row: Answered, settings: RuleSettings) -> int:
    """How often the mood was low in the days up to this answer, if it is low itself."""
    low, start = settings.number("low"), row.at - timedelta(days=settings.number("days"))
    if row.mood is None or row.mood > low:
        return 0
    before = [one for one in facts.check_ins if start < one.at <= row.at]
    return sum(one.mood is not None and one.mood <= low for one in before)


def _is_fallen(facts: PatientFacts, row: Answered, drop: float) -> bool:
    middle = facts.middle_mood_before(row.at, BASELINE_DAYS)
    return middle is not None and row.mood is not None and row.mood <= middle - drop


RULE = Rule(
    "low_mood",
    judge,
    parameters=(
        Number("low", 2, 0, 5),
        Number("times", 2, 1, 10),
        Number("days", 3, 1, 14),
        Number("drop", 3, 1, 10),
    ),
)
