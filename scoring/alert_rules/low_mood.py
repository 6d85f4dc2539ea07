"""The patient's own mood is low: at most 2 twice in three days, or 3 below their own median."""

from scoring.alert_rules.facts import Answered, PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings

BASELINE_DAYS = 28


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """No face has a say here: what a person says of themselves stands for itself (decision 38)."""
    said = [row for row in facts.recent(settings.number("days")) if row.mood is not None]
    low = [row for row in said if row.mood is not None and row.mood <= settings.number("low")]
    fallen = [row for row in said if _is_fallen(facts, row, settings.number("drop"))]
    telling = [*(low if len(low) >= settings.whole("times") else []), *fallen]
    if not telling:
        return None
    newest = max(telling, key=lambda row: row.at)
    return Finding(
        {
            "mood": newest.mood or 0,
            "times": len(low),
            "days": settings.whole("days"),
            "below": "own" if newest in fallen and len(low) < settings.whole("times") else "line",
        },
        episode=newest.at.isoformat(),
    )


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
