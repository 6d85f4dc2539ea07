"""The patient would like a call. Never off, never muted: the wish is the alert."""

from datetime import timedelta

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import RuleSettings

PREVIEWED = timedelta(days=1)


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Looked at by the preview alone: the alert is raised when the patient says so, and at once."""
    wish = facts.waits_since
    if wish is None or not facts.now - PREVIEWED < wish <= facts.now:
        return None
    return Finding(episode=wish.isoformat())


RULE = Rule(
    "call_wanted",
    judge,
    lane="call",
    severity="urgent",
    severities=(),
    may_be_off=False,
    by_event=True,
)
