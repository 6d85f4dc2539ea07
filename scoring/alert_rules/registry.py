"""All rules, in the order in which an editor shows them."""

from collections.abc import Mapping

from scoring.alert_rules import (
    analysis_failed,
    band,
    call_wanted,
    disagreement,
    emotion_count,
    happy_fall,
    low_mood,
    mood_rise,
    no_check_in,
    not_enough_data,
    reading_contested,
    score_line,
    sustained_emotion,
    unread_note,
    worsening,
)
from scoring.alert_rules.facts import PatientFacts
from scoring.alert_rules.findings import Finding
from scoring.alert_rules.rule import Rule
from scoring.alert_rules.settings import RuleSettings

RULES: tuple[Rule, ...] = (
    call_wanted.RULE,
    low_mood.RULE,
    mood_rise.RULE,
    band.RULE,
    worsening.RULE,
    unread_note.RULE,
    no_check_in.RULE,
    not_enough_data.RULE,
    score_line.RULE,
    sustained_emotion.RULE,
    emotion_count.RULE,
    happy_fall.RULE,
    disagreement.RULE,
    analysis_failed.RULE,
    reading_contested.RULE,
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}

Choices = Mapping[str, RuleSettings]
"""By rule: what a clinic chose. A rule that is missing goes by its defaults."""


def findings(facts: PatientFacts, choices: Choices, rules: tuple[Rule, ...] = RULES) -> dict[str, Finding]:
    """By name: what holds of this patient now."""
    found: dict[str, Finding] = {}
    for rule in rules:
        found |= rule.find_all(facts, choices.get(rule.code, rule.defaults))
    return found


def rule_named(name: str) -> Rule | None:
    """The rule of an alert's name, which may carry a part; None for what is no rule of the registry."""
    return BY_CODE.get(name.partition(":")[0])
