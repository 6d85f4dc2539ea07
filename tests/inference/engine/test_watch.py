"""A week counted: rates, confidence, drift."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.emotions import NOT_SCORED_REASONS
from inference.engine.watch import (
    PSI_NEEDS,
    UNTRIED,
    Answer,
    figures_of,
    population_stability,
)

EVEN = (1 / 7,) * 7
SAD = (0.05, 0.05, 0.05, 0.05, 0.7, 0.05, 0.05)


@st.composite
def shares(draw: st.DrawFn) -> tuple[float, ...]:
    parts = draw(st.lists(st.floats(0.001, 1), min_size=7, max_size=7))
    return tuple(part / sum(parts) for part in parts)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    patient = draw(st.integers(0, 30))
    if draw(st.booleans()):
        return Answer(patient, shares=draw(shares()), is_contested=draw(st.booleans()))
    return Answer(patient, reason=draw(st.sampled_from(NOT_SCORED_REASONS)))


def test_what_no_program_looked_at_is_in_no_rate() -> None:
    week = [Answer(1, shares=SAD), Answer(1, "blurred"), Answer(2, "consent_missing"), Answer(2, "closed")]
    figures = figures_of(week)
    assert (figures.tried, figures.scored, figures.not_scored_rate) == (2, 1, 0.5)
    assert figures.not_scored == {"blurred": 1}
    assert figures.untried == {"closed": 1, "consent_missing": 1}


def test_a_week_without_photos_has_no_rates() -> None:
    figures = figures_of([], EVEN)
    assert (figures.not_scored_rate, figures.contested_rate, figures.psi) == (None, None, None)
    assert (figures.confidence, figures.shares) == ({}, [])


def test_contested_counts_of_the_scored_alone() -> None:
    week = [Answer(1, shares=SAD, is_contested=True)] + [Answer(2, shares=SAD)] * 3 + [Answer(3, "dead")] * 4
    figures = figures_of(week)
    assert figures.contested_rate == 0.25
    assert figures.not_scored_rate == 0.5


def test_drift_is_stated_with_enough_photos_and_a_known_reference_only() -> None:
    week = [Answer(at % 10, shares=SAD) for at in range(PSI_NEEDS)]
    assert figures_of(week[1:], EVEN).psi is None
    assert figures_of(week).psi is None
    assert figures_of([Answer(at % 9, shares=SAD) for at in range(PSI_NEEDS)], EVEN).psi is None
    drifted = figures_of(week, EVEN).psi
    assert drifted is not None
    assert drifted > 0.25
    assert figures_of([Answer(at, shares=EVEN) for at in range(PSI_NEEDS)], EVEN).psi == 0


def test_the_index_of_a_worked_example() -> None:
    """(.6 - .5) ln(.6/.5) + (.4 - .5) ln(.4/.5)"""
    assert population_stability([0.6, 0.4], [0.5, 0.5]) == pytest.approx(0.0405465, abs=1e-6)


@pytest.mark.parametrize("wrong", [[], [0, 0], [-1, 2], [float("nan"), 1]])
def test_what_is_no_shares_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="shares"):
        population_stability(wrong, [0.5, 0.5])


def test_lists_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        population_stability([1, 1, 1], [0.5, 0.5])


@given(shares(), shares())
def test_the_index_is_symmetric_and_never_negative(one: tuple[float, ...], other: tuple[float, ...]) -> None:
    found = population_stability(one, other)
    assert found >= 0
    assert found == pytest.approx(population_stability(other, one), abs=1e-9)


@given(shares())
def test_the_index_of_alike_shares_is_zero(one: tuple[float, ...]) -> None:
    assert population_stability(one, one) == pytest.approx(0, abs=1e-12)


@given(st.lists(answers(), max_size=60), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(week: list[Answer], random: object) -> None:
    shuffled = list(week)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert figures_of(week, EVEN) == figures_of(shuffled, EVEN)


@given(st.lists(answers(), max_size=60))
def test_rates_and_confidence_are_within_bounds_and_nothing_is_counted_twice(week: list[Answer]) -> None:
    figures = figures_of(week)
    assert figures.tried == figures.scored + sum(figures.not_scored.values())
    assert figures.tried + sum(figures.untried.values()) == len(week)
    assert set(figures.untried) <= UNTRIED
    for rate in (figures.not_scored_rate, figures.contested_rate):
        assert rate is None or 0 <= rate <= 1
    if figures.scored:
        low, middle, high = (figures.confidence[name] for name in ("p10", "p50", "p90"))
        assert 1 / 7 - 1e-5 <= low <= middle <= high <= 1
        assert sum(figures.shares) == pytest.approx(1, abs=1e-4)
