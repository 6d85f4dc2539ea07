"""A photo could not be analysed: somebody must look themselves."""

from datetime import timedelta

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import RuleSettings

PREVIEWED = timedelta(days=1)


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Looked at by the preview alone: the alert is raised when a reading dies."""
    failed = facts.failed_at
    if failed is None or not facts.now - PREVIEWED < failed <= facts.now:
        return None
    return Finding(episode=failed.isoformat())


RULE = Rule("analysis_failed", judge, severity="notice", by_event=True)
