"""The score crossed a line of the clinic: `scoring.rules.lines` judged it, this rule tells of it."""

from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding, Severity
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import RuleSettings

SEVERITY_OF_LINE: dict[str, Severity] = {"warning": "warning", "intervention": "intervention"}


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    """Each crossing is its own occurrence: the lines keep their own memory and re-arm below (decision 30)."""
    crossing = facts.crossing
    if crossing is None:
        return None
    return Finding(
        facts={"score": round(crossing.score, 2), "readings": crossing.readings},
        episode=f"{crossing.line}:{facts.now.isoformat()}",
        severity=SEVERITY_OF_LINE[crossing.line],
        line=crossing.line,
    )


RULE = Rule("score_line", judge, lane="face", severities=(), reads_face=True, by_event=True)
