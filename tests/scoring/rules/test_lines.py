"""Walks through the state machine of a patient's lines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules import (
    DEFAULT_MATRIX,
    LineEvent,
    LinePolicy,
    LinesState,
    LineState,
    Score,
    band_of,
    judge_lines,
)

DAY = date(2026, 11, 20)
NEVER_JUDGED = LinesState()
SECOND_DAY = LinePolicy(evidence=0.8, second_day=True)
CROSSED_WARNING = LineEvent("crossed", "warning")
CROSSED_INTERVENTION = LineEvent("crossed", "intervention")


def score(estimate: float, over_warning: float = 0.5, over_intervention: float = 0.0) -> Score:
    low, high = max(0.0, estimate - 1), min(9.0, estimate + 1)
    return Score(estimate, low, high, 0.8, over_warning, over_intervention)


def walk(
    *judgements: tuple[int, Score | None],
    state: LinesState = NEVER_JUDGED,
    policy: LinePolicy = SECOND_DAY,
) -> tuple[LinesState, list[LineEvent | None]]:
    """Judge scores on days counted from DAY; the state at the end and every event on the way."""
    events = []
    for days, judged in judgements:
        judgement = judge_lines(state, judged, DAY + timedelta(days=days), DEFAULT_MATRIX, policy)
        state = judgement.state
        events.append(judgement.event)
    return state, events


def test_enough_evidence_crosses_at_once() -> None:
    state, events = walk((0, score(3.6, over_warning=0.8)))
    assert events == [CROSSED_WARNING]
    assert state.band == "warning"


def test_by_default_evidence_alone_crosses_however_many_days_the_estimate_lies_over() -> None:
    days = [(day, score(3.4, over_warning=0.55)) for day in range(9)]
    state, events = walk(*days, policy=LinePolicy())
    assert (state, set(events)) == (NEVER_JUDGED, {None})


def test_an_estimate_over_the_line_on_two_separate_days_crosses() -> None:
    state, events = walk((0, score(3.1)), (0, score(3.2)), (1, score(3.1)))
    assert events == [None, None, CROSSED_WARNING]
    assert state.warning.is_over


def test_a_judgement_below_between_the_two_days_starts_again() -> None:
    state, events = walk((0, score(3.1)), (1, score(2.9)), (2, score(3.1)))
    assert events == [None, None, None]
    assert state.warning == LineState(first_day_over=DAY + timedelta(days=2))


def test_one_day_over_the_line_is_no_crossing() -> None:
    state, events = walk((0, score(3.1)), (0, score(3.4)))
    assert events == [None, None]
    assert state.band == "below"


def test_while_over_nothing_new_is_raised() -> None:
    state, events = walk((0, score(4, 0.9)), (1, score(4.5, 0.9)), (2, score(2.5, 0.3)), (3, score(4, 0.9)))
    assert events == [CROSSED_WARNING, None, None, None]
    assert state.band == "warning"


def test_the_line_re_arms_one_below_and_may_then_be_crossed_again() -> None:
    state, events = walk((0, score(4, 0.9)), (5, score(2.01, 0.1)), (6, score(2.0, 0.1)), (9, score(4, 0.9)))
    assert events == [CROSSED_WARNING, None, LineEvent("rearmed", "warning"), CROSSED_WARNING]
    assert state.warning.is_over


def test_not_enough_data_changes_nothing() -> None:
    over = LinesState(warning=LineState(is_over=True))
    waiting = LinesState(warning=LineState(first_day_over=DAY))
    for state in (LinesState(), over, waiting):
        judgement = judge_lines(state, None, DAY + timedelta(days=9), DEFAULT_MATRIX)
        assert judgement.state == state
        assert judgement.event is None
    assert walk((0, score(3.1)), (1, None), (2, score(3.1)))[1][-1] == CROSSED_WARNING


def test_crossing_both_lines_at_once_is_one_event_of_the_higher() -> None:
    state, events = walk((0, score(7, 0.99, 0.85)))
    assert events == [CROSSED_INTERVENTION]
    assert state.warning.is_over
    assert state.band == "intervention"


def test_the_intervention_line_implies_the_warning_line() -> None:
    judgement = judge_lines(LinesState(), score(6.5, 0.5, 0.8), DAY, DEFAULT_MATRIX)
    assert judgement.state.warning.is_over
    assert judgement.event == CROSSED_INTERVENTION


def test_rising_from_warning_to_intervention_is_a_new_event() -> None:
    _, events = walk((0, score(4, 0.9)), (3, score(6.2, 0.99, 0.5)), (4, score(6.3, 0.99, 0.5)))
    assert events == [CROSSED_WARNING, None, CROSSED_INTERVENTION]


def test_falling_re_arms_the_higher_line_first_and_both_at_once_as_the_lower() -> None:
    state, events = walk((0, score(7, 0.99, 0.85)), (4, score(4.9, 0.95, 0.1)))
    assert events[-1] == LineEvent("rearmed", "intervention")
    assert state.band == "warning"
    _, events = walk((0, score(7, 0.99, 0.85)), (9, score(1.0, 0.01, 0.0)))
    assert events[-1] == LineEvent("rearmed", "warning")


def test_a_clinic_chooses_its_evidence_and_margin() -> None:
    strict = LinePolicy(evidence=0.95, rearm_below=0.5)
    assert judge_lines(LinesState(), score(3.6, 0.9), DAY, DEFAULT_MATRIX, strict).event is None
    over = LinesState(warning=LineState(is_over=True))
    event = judge_lines(over, score(2.5, 0.2), DAY, DEFAULT_MATRIX, strict).event
    assert event == LineEvent("rearmed", "warning")


@pytest.mark.parametrize(("evidence", "rearm"), [(0.0, 1.0), (1.1, 1.0), (0.8, -0.1)])
def test_a_senseless_policy_is_refused(evidence: float, rearm: float) -> None:
    with pytest.raises(ValueError, match="evidence"):
        LinePolicy(evidence, rearm)


@pytest.mark.parametrize(
    ("estimate", "band"),
    [(0.3, "below"), (2.99, "below"), (3.0, "warning"), (5.9, "warning"), (6.0, "intervention")],
)
def test_bands(estimate: float, band: str) -> None:
    assert band_of(estimate, DEFAULT_MATRIX) == band


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 9), st.floats(0, 1)), max_size=30))
def test_whatever_comes_the_states_make_sense(steps: list[tuple[int, float, float]]) -> None:
    state, day = NEVER_JUDGED, 0
    for later, estimate, over in steps:
        day += later
        before = state
        state, (event,) = walk((day, score(estimate, over, over / 2)), state=before)
        assert state.warning.is_over or not state.intervention.is_over
        assert (event is None) == (before.band == state.band)
        for line in (state.warning, state.intervention):
            assert not (line.is_over and line.first_day_over)
