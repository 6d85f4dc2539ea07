"""A questionnaire entered a high band. On entry only: who stays in it is known."""

from datetime import timedelta

from scoring.alert_rules.facts import Closed, PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import Number, RuleSettings

FROM = {"phq9": "phq9_from", "phq8": "phq8_from", "gad7": "gad7_from", "phq4": "phq4_from"}


def judge(facts: PatientFacts, settings: RuleSettings) -> Finding | None:
    start = facts.now - timedelta(days=settings.number("days"))
    entered = [row for row in facts.questionnaires if start < row.at <= facts.now and _enters(row, settings)]
    if not entered:
        return None
    newest = max(entered, key=lambda row: (row.at, row.round_id))
    return Finding(
        {"questionnaire": newest.questionnaire, "total": newest.total, "band": newest.band},
        episode=newest.round_id,
    )


def _enters(row: Closed, settings: RuleSettings) -> bool:
    """Into a band that begins at the line or above, from a lower band."""
    name = FROM.get(row.questionnaire)
    if name is None or row.total < settings.number(name):
        return False
    if row.previous_total is None or row.previous_total < settings.number(name):
        return True
    return row.previous_band is not None and row.band > row.previous_band


RULE = Rule(
    "band",
    judge,
    parts=tuple(FROM),
    parameters=(
        Number("phq9_from", 15, 1, 27),
        Number("phq8_from", 15, 1, 24),
        Number("gad7_from", 15, 1, 21),
        Number("phq4_from", 9, 1, 12),
        Number("days", 14, 1, 28),
    ),
)
