"""Every rule and every number has its words; every finding becomes a sentence."""

import pytest
from hypothesis import given

from scoring import rule_wording
from scoring.alert_rules import RULES, PatientFacts, Rule, RuleSettings, findings
from tests.scoring.alert_rules.strategies import patients

ALL_ON = {rule.code: RuleSettings(True, rule.severity, rule.defaults.values) for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_its_words(rule: Rule) -> None:
    assert rule_wording.TITLES[rule.code]
    assert rule_wording.ABOUT[rule.code]
    for parameter in rule.parameters:
        assert rule_wording.PARAMETERS[f"{rule.code}.{parameter.name}"]


@given(patients)
def test_every_finding_is_a_sentence(facts: PatientFacts) -> None:
    for name, finding in findings(facts, ALL_ON).items():
        sentence = rule_wording.sentence_of(name, finding.facts)
        assert bool(sentence) == (name.partition(":")[0] in rule_wording.SENTENCES)
        assert "%(" not in sentence


def test_facts_of_an_older_rule_leave_the_title() -> None:
    assert rule_wording.sentence_of("low_mood", {}) == ""
    assert rule_wording.title_of("worsening:gad7") == "Questionnaire clearly worse: GAD-7"
