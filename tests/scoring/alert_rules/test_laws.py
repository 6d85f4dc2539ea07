"""What holds of every rule, whoever the patient is."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.alert_rules import (
    BY_CODE,
    RULES,
    Finding,
    Memory,
    PatientFacts,
    Rule,
    RuleSettings,
    errors_of,
    findings,
    is_news,
    remembered,
    rule_named,
)
from tests.scoring.alert_rules.strategies import faces, patients

FACE_RULES = {"score_line", "sustained_emotion", "emotion_count", "happy_fall", "disagreement"}
NAMES = {name for rule in RULES for name in rule.names}
ALL_ON = {rule.code: RuleSettings(True, rule.severity, rule.defaults.values) for rule in RULES}


def test_the_registry_holds_each_rule_once() -> None:
    assert len(BY_CODE) == len(RULES) == 15


def test_silence_is_told_of_unless_a_clinic_says_otherwise() -> None:
    assert BY_CODE["no_check_in"].is_on
    assert BY_CODE["not_enough_data"].is_on


def test_face_rules_are_those_that_look_at_the_face() -> None:
    assert {rule.code for rule in RULES if rule.reads_face} == FACE_RULES
    assert {rule.code for rule in RULES if rule.lane == "face"} == FACE_RULES  # face-derived never pages


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_defaults_of_a_rule_are_allowed(rule: Rule) -> None:
    assert errors_of(rule.parameters, rule.defaults.values) == {}


@given(patients)
def test_the_same_facts_give_the_same_findings(facts: PatientFacts) -> None:
    assert findings(facts, ALL_ON) == findings(replace(facts), ALL_ON)


@given(patients)
def test_a_face_that_says_nothing_silences_the_face_rules_alone(facts: PatientFacts) -> None:
    informative, silent = (
        findings(replace(facts, is_face_informative=says), ALL_ON) for says in (True, False)
    )
    others = NAMES - FACE_RULES - {"not_enough_data"}  # which misses no face that says nothing
    assert not FACE_RULES & set(silent)
    assert {code: informative.get(code) for code in others} == {code: silent.get(code) for code in others}


@given(patients, st.none() | faces, st.lists(st.sampled_from(["happy", "neutral", "sad"]), max_size=9))
def test_no_face_changes_what_self_report_raises(
    facts: PatientFacts, face: object, emotions: list[str]
) -> None:
    """Decision 38: a face score never lowers, hides or averages away what the patient says."""
    other = replace(facts, face=face, seen=(), happy_weeks=())  # type: ignore[arg-type]
    by_words = NAMES - FACE_RULES - {"not_enough_data"}
    before, after = findings(facts, ALL_ON), findings(other, ALL_ON)
    assert {code: before.get(code) for code in by_words} == {code: after.get(code) for code in by_words}


@given(patients)
def test_nothing_is_judged_of_who_is_not_followed(facts: PatientFacts) -> None:
    assert findings(replace(facts, is_followed=False), ALL_ON) == {}


@given(patients)
def test_who_paused_the_analysis_is_judged_by_their_words_as_before(facts: PatientFacts) -> None:
    """Of the face nothing, of everything else all: exactly as of somebody whose face says nothing."""
    paused = findings(replace(facts, is_restricted=True, is_face_informative=True), ALL_ON)
    silent = findings(replace(facts, is_restricted=False, is_face_informative=False), ALL_ON)
    assert paused == silent
    assert not FACE_RULES & set(paused)


@given(patients)
def test_who_was_never_heard_of_is_told_of(facts: PatientFacts) -> None:
    silent = replace(
        facts, check_ins=(), last_check_in_at=None, since=facts.now - timedelta(days=30), seen=()
    )
    assert "no_check_in" in findings(silent, {})


@given(patients)
def test_a_rule_that_is_off_finds_nothing(facts: PatientFacts) -> None:
    off = {rule.code: rule.settings(is_on=False, severity=rule.severity, values={}) for rule in RULES}
    assert set(findings(facts, off)) <= {"call_wanted"}  # a patient's wish is never switched off


@given(patients)
def test_a_finding_is_named_by_its_rule(facts: PatientFacts) -> None:
    for name in findings(facts, ALL_ON):
        rule = rule_named(name)
        assert rule is not None
        assert name in rule.names


@given(patients)
def test_facts_of_a_finding_are_plain(facts: PatientFacts) -> None:
    for finding in findings(facts, ALL_ON).values():
        assert all(isinstance(value, int | float | str) for value in finding.facts.values())


found = st.none() | st.builds(Finding, episode=st.sampled_from(["", "a", "b"]))


@given(st.lists(found, max_size=12))
def test_nothing_is_told_twice_in_a_row(course: list[Finding | None]) -> None:
    memory = Memory()
    for finding in course:
        memory = remembered(memory, finding)
        assert not is_news(memory, finding)


@given(st.lists(st.none() | st.builds(Finding, episode=st.sampled_from(["a", "b"])), max_size=12))
def test_an_occurrence_that_goes_on_is_told_once(course: list[Finding | None]) -> None:
    """Even when its condition held no more for a while."""
    memory, told = Memory(), []
    for finding in course:
        if finding is not None and is_news(memory, finding):
            told.append(finding.episode)
        memory = remembered(memory, finding)
    assert all(one != other for one, other in pairwise(told))


@given(st.lists(found, max_size=12))
def test_what_begins_is_always_told(course: list[Finding | None]) -> None:
    """Entry of a condition that has no occurrence of its own is news whatever came before."""
    memory = Memory()
    for before, finding in zip([None, *course], course, strict=False):
        if before is None and finding is not None and not finding.episode:
            assert is_news(memory, finding)
        memory = remembered(memory, finding)
