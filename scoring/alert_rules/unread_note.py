"""A note of a check-in waits to be read for too long."""

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    note = facts.unread_note
    if note is None:
        return None
    hours = (facts.now - note.written_at).total_seconds() / 3600
    if hours < settings.number("hours"):
        return None
    return Finding({"hours": int(hours)}, episode=note.id)


RULE = Rule("unread_note", judge, parameters=(Number("hours", 24, 1, 168),), severity="notice")
