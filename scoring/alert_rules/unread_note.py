"""A note of a check-in waits to be read for too long."""

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Each note that waits too long is news of its own, also while an older one stays unread."""
    waits = [
        (hours, note.id)
        for note in facts.unread_notes
        if (hours := (facts.now - note.written_at).total_seconds() / 3600) >= settings.number("hours")
    ]
    if not waits:
        return None
    return Finding({"hours": int(waits[0][0])}, episode=waits[-1][1])


RULE = Rule("unread_note", judge, parameters=(Number("hours", 24, 1, 168),), severity="notice")
