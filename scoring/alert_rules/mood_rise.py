"""The mood rises while the patient sleeps little: what a face cannot show, and what looks best (mania)."""

from scoring.alert_rules.facts import Answered, PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.low_mood import BASELINE_DAYS
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings

HIGHEST = 10


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    recent = facts.recent(settings.number("days"))
    short = {
        row.at.astimezone(facts.zone).date(): row.hours_slept
        for row in recent
        if row.hours_slept is not None and row.hours_slept <= settings.number("hours")
    }
    risen = [row for row in recent if _has_risen(facts, row, settings.number("rise"))]
    if not risen or len(short) < settings.whole("nights"):
        return None
    newest = risen[-1]
    return Finding(
        {"mood": newest.mood or 0, "nights": len(short), "hours": min(short.values())},
        episode=newest.at.isoformat(),
    )


def _has_risen(facts: PatientFacts, row: Answered, rise: float) -> bool:
    """Who usually says 8 cannot rise by 3: the top of the scale counts for them."""
    middle = facts.middle_mood_before(row.at, BASELINE_DAYS)
    if middle is None or row.mood is None:
        return False
    return middle < row.mood and row.mood >= min(middle + rise, HIGHEST)


RULE = Rule(
    "mood_rise",
    judge,
    parameters=(
        Number("rise", 3, 1, 10),
        Number("hours", 5, 0, 12, is_whole=False),
        Number("nights", 2, 1, 7),
        Number("days", 3, 1, 14),
    ),
)
