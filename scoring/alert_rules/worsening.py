"""A questionnaire's total rose since the one before: PHQ-9 by 6, GAD-7 by 4."""

from datetime import timedelta

from scoring.alert_rules.facts import Closed, PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings

RISE = {"phq9": "phq_rise", "phq8": "phq_rise", "gad7": "gad7_rise"}


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    start = facts.now - timedelta(days=settings.number("days"))
    worse = [row for row in facts.questionnaires if start < row.at <= facts.now and _is_worse(row, settings)]
    if not worse:
        return None
    newest = max(worse, key=lambda row: (row.at, row.round_id))
    return Finding(
        {
            "questionnaire": newest.questionnaire,
            "total": newest.total,
            "before": newest.previous_total or 0,
        },
        episode=newest.round_id,
    )


def _is_worse(row: Closed, settings: RuleSettings) -> bool:
    name = RISE.get(row.questionnaire)
    if name is None or row.previous_total is None:
        return False
    return row.total - row.previous_total >= settings.number(name)


RULE = Rule(
    "worsening",
    judge,
    parts=tuple(RISE),
    parameters=(Number("phq_rise", 6, 1, 27), Number("gad7_rise", 4, 1, 21), Number("days", 14, 1, 28)),
)
