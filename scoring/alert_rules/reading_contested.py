"""The patient said "this is not right" about a reading: what they say of themselves deserves a look."""

from datetime import timedelta

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """A word of the patient, so a face that says nothing does not silence it."""
    at = facts.contested_at
    if at is None or not facts.now - timedelta(days=settings.number("days")) < at <= facts.now:
        return None
    return Finding(episode=at.isoformat())


RULE = Rule(
    "reading_contested", judge, parameters=(Number("days", 7, 1, 28),), severity="notice", is_on=False
)
