"""Nothing was heard for n days. Silence is never calm (decision 38)."""

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Told again for every further n days of the same silence."""
    heard = facts.last_check_in_at
    start = max(heard, facts.since) if heard is not None else facts.since
    days, allowed = (facts.now - start).days, settings.whole("days")
    if days < allowed:
        return None
    return Finding(
        {"days": days, "ever": 0 if heard is None else 1},
        episode=f"{start.isoformat()}/{days // allowed}",
    )


RULE = Rule("no_check_in", judge, parameters=(Number("days", 7, 1, 60),))
