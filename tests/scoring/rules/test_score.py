"""Scores from shares: bounds, intervals, floors, and rescoring without readings."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules import (
    DEFAULT_MATRIX,
    Matrix,
    Shares,
    estimate_shares,
    has_enough_readings,
    plain_score,
    reading_likelihoods,
    score_one,
    score_shares,
)
from scoring.rules.beta import beta_of
from scoring.rules.confusion import Floats
from tests.scoring.rules.strategies import (
    REFERENCE,
    likelihoods,
    matrices,
    shares,
    sharp_likelihoods,
)

SAD, HAPPY = 4, 3


@settings(deadline=None)
@given(likelihoods(0, 10), matrices())
def test_score_and_interval_stay_within_bounds_and_hold_the_estimate(
    readings: Floats, matrix: Matrix
) -> None:
    score = score_one(estimate_shares(readings), matrix)
    low, high = matrix.bounds
    assert low <= score.low <= score.estimate <= score.high <= high
    assert 0 <= score.over_intervention <= score.over_warning <= 1
    assert score.standard_error >= 0


@given(shares(), matrices())
def test_more_of_the_heaviest_emotion_never_lowers_the_scaled_sum(p: Floats, matrix: Matrix) -> None:
    matrix = matrix if matrix.aggregation == "scaled_sum" else DEFAULT_MATRIX
    heaviest = int(np.argmax(matrix.coefficients))
    more = 0.9 * p + 0.1 * np.eye(7)[heaviest]
    assert plain_score(more, matrix) >= plain_score(p, matrix) - 1e-9


@given(shares(), matrices(), st.integers(0, 6), st.integers(0, 6), st.floats(0, 1))
def test_the_scaled_sum_is_monotone_in_each_shares_product(
    p: Floats, matrix: Matrix, one: int, other: int, part: float
) -> None:
    """Days that move from one emotion to another with a higher score x weight never lower the score."""
    matrix = matrix if matrix.aggregation == "scaled_sum" else DEFAULT_MATRIX
    lighter, heavier = sorted(
        (one, other), key=lambda emotion: matrix.scores[emotion] * matrix.weights[emotion]
    )
    moved = p.copy()
    moved[lighter] -= part * p[lighter]
    moved[heavier] += part * p[lighter]
    assert plain_score(moved, matrix) >= plain_score(p, matrix) - 1e-9


@given(shares(), matrices())
def test_more_of_an_emotion_moves_the_score_towards_that_emotion(p: Floats, matrix: Matrix) -> None:
    alone = plain_score(np.eye(7), matrix)
    before = plain_score(p, matrix)
    for emotion in range(7):
        after = plain_score(0.9 * p + 0.1 * np.eye(7)[emotion], matrix)
        assert abs(alone[emotion] - after) <= abs(alone[emotion] - before) + 1e-9


@given(sharp_likelihoods(2, 6))
def test_the_interval_narrows_with_more_readings_of_the_same_mix(readings: Floats) -> None:
    few = score_one(estimate_shares(readings), DEFAULT_MATRIX)
    tiled = np.tile(readings, (6, 1))
    many = score_one(estimate_shares(tiled), DEFAULT_MATRIX)
    assert many.high - many.low < few.high - few.low + 1e-9


def test_a_batch_scores_like_its_rows_and_rescoring_needs_only_the_stored_shares() -> None:
    weeks = reading_likelihoods(np.random.default_rng(1).dirichlet(np.ones(7), size=(5, 7)), REFERENCE)
    stored = estimate_shares(weeks)
    mean_matrix = replace(DEFAULT_MATRIX, aggregation="weighted_mean")
    for matrix in (DEFAULT_MATRIX, mean_matrix):
        batch = score_shares(stored, matrix)
        for row in range(5):
            alone = score_one(Shares(stored.mean[row], stored.covariance[row], stored.readings[row]), matrix)
            assert batch.at(row).estimate == pytest.approx(alone.estimate)
            assert batch.at(row).low == pytest.approx(alone.low)
    empty = score_shares(estimate_shares(np.empty((0, 7, 7))), DEFAULT_MATRIX)
    assert empty.estimate.shape == (0,)


def test_the_delta_method_agrees_with_a_small_step() -> None:
    matrix = replace(DEFAULT_MATRIX, aggregation="weighted_mean")
    stored = estimate_shares(reading_likelihoods(np.full((8, 7), 1 / 7) + 0.5 * np.eye(8, 7), REFERENCE))
    draws = np.random.default_rng(2).multivariate_normal(stored.mean, stored.covariance * 1e-4, size=40_000)
    spread = plain_score(draws, matrix).std() * 100
    assert score_one(stored, matrix).standard_error == pytest.approx(spread, rel=0.03)


def test_a_sad_fortnight_is_over_both_lines_and_a_happy_one_over_none() -> None:
    sad = np.full((14, 7), 0.02) + 0.86 * np.eye(7)[SAD]
    score = score_one(estimate_shares(reading_likelihoods(sad, REFERENCE)), DEFAULT_MATRIX)
    assert score.estimate > 8
    assert score.over_intervention > 0.95
    happy = np.full((14, 7), 0.02) + 0.86 * np.eye(7)[HAPPY]
    score = score_one(estimate_shares(reading_likelihoods(happy, REFERENCE)), DEFAULT_MATRIX)
    assert score.estimate < 1
    assert score.over_warning < 0.05


@pytest.mark.parametrize(
    ("a", "b", "tenth", "ninetieth", "above_half"),
    [  # scipy 1.17: beta.ppf, beta.sf
        (1.0, 1.0, 0.1, 0.9, 0.5),
        (2.0, 5.0, 0.0926, 0.5103, 0.1094),
        (0.5, 0.5, 0.0245, 0.9755, 0.5),
        (30.0, 10.0, 0.6603, 0.8342, 0.9995),
    ],
)
def test_the_beta_table_matches_the_books(
    a: float, b: float, tenth: float, ninetieth: float, above_half: float
) -> None:
    mean = a / (a + b)
    table = beta_of(np.array([mean]), np.array([mean * (1 - mean) / (a + b + 1)]))
    assert table.quantile(0.1)[0] == pytest.approx(tenth, abs=0.005)
    assert table.quantile(0.9)[0] == pytest.approx(ninetieth, abs=0.005)
    assert table.above(0.5)[0] == pytest.approx(above_half, abs=0.002)
    assert table.above(0.0)[0] == 1
    assert table.above(1.0)[0] == 0


@pytest.mark.parametrize(
    ("kind", "readings", "age_days", "enough"),
    [
        ("window", 5, 3, True),
        ("window", 4, 0, False),
        ("window", 5, 3.01, False),
        ("window", 5, None, False),
        ("week", 5, None, True),
        ("week", 4, None, False),
        ("month", 10, None, True),
        ("month", 9, None, False),
        ("quarter", 25, None, True),
        ("quarter", 24, None, False),
        ("quarter", 0, None, False),
    ],
)
def test_below_the_floor_there_is_not_enough_data(
    kind: str, readings: int, age_days: float | None, enough: bool
) -> None:
    age = None if age_days is None else timedelta(days=age_days)
    assert has_enough_readings(kind, readings, age) is enough  # type: ignore[arg-type]


def test_a_clinic_may_set_its_own_floor() -> None:
    assert has_enough_readings("week", 3, floor=3)
    assert not has_enough_readings("week", 5, floor=6)
