"""Every estimator behind the one interface: what all obey, and what each says of hard cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules import (
    DEFAULT_MATRIX,
    ESTIMATORS,
    POPULATION,
    Confusion,
    Estimator,
    Readings,
    SingularConfusionError,
    confusion_of,
    score_shares,
)
from scoring.rules.confusion import Floats
from tests.scoring.rules.strategies import REFERENCE, probabilities

HAPPY, SAD, NEUTRAL = 3, 4, 6
COUNTS = 200 * (0.8 * np.eye(7) + 0.2 * REFERENCE) * REFERENCE[:, None]
CONFUSION = confusion_of(COUNTS)
NAMES = list(ESTIMATORS)
each_estimator = pytest.mark.parametrize("estimate", ESTIMATORS.values(), ids=NAMES)


def sure_readings(*emotions: int, certainty: float = 0.7) -> Floats:
    """Readings of these emotions; what is left is spread as the model's own reference."""
    one = certainty * np.eye(7)[list(emotions)]
    readings: Floats = one + (1 - certainty) * CONFUSION.reference
    return readings


def of(rows: Floats, used: object = None, confusion: Confusion = CONFUSION) -> Readings:
    return Readings.of_one_model(rows, confusion, used)  # type: ignore[arg-type]


@each_estimator
@settings(deadline=None, max_examples=25)
@given(rows=probabilities(0, 10))
def test_shares_are_shares_and_the_score_lies_within_its_interval_and_bounds(
    estimate: Estimator, rows: Floats
) -> None:
    shares = estimate(of(rows))
    assert shares.mean.sum(axis=1) == pytest.approx(1)
    assert (shares.mean >= 0).all()
    assert shares.covariance == pytest.approx(shares.covariance.swapaxes(1, 2), abs=1e-9)
    assert np.linalg.eigvalsh(shares.covariance).min() > -1e-9
    score = score_shares(shares, DEFAULT_MATRIX).at(0)
    low, high = DEFAULT_MATRIX.bounds
    assert low <= score.low <= score.estimate <= score.high <= high


@each_estimator
@settings(deadline=None, max_examples=25)
@given(rows=probabilities(2, 8), random=st.randoms(use_true_random=False))
def test_the_order_of_readings_does_not_matter(estimate: Estimator, rows: Floats, random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, shuffled = estimate(of(rows)), estimate(of(rows[order]))
    assert shuffled.mean == pytest.approx(straight.mean, abs=1e-6)
    assert shuffled.covariance == pytest.approx(straight.covariance, abs=1e-6)


@each_estimator
def test_the_interval_narrows_with_more_readings_of_the_same_mix(estimate: Estimator) -> None:
    week = sure_readings(SAD, SAD, NEUTRAL, HAPPY, NEUTRAL)
    few, many = (score_shares(estimate(of(np.tile(week, (n, 1)))), DEFAULT_MATRIX).at(0) for n in (1, 6))
    assert many.high - many.low < few.high - few.low


@settings(max_examples=60)
@given(
    emotions=st.lists(st.integers(0, 6), min_size=2, max_size=6),
    certainty=st.floats(0.7, 0.98),
    times=st.integers(2, 8),
)
def test_the_products_interval_narrows_though_it_carries_the_doubt_of_the_confusion(
    emotions: list[int], certainty: float, times: int
) -> None:
    week = sure_readings(*emotions, certainty=certainty)
    few, many = (
        score_shares(ESTIMATORS["mixture"](of(np.tile(week, (n, 1)))), DEFAULT_MATRIX).at(0)
        for n in (1, times)
    )
    assert many.high - many.low <= few.high - few.low + 1e-9


@each_estimator
def test_zero_readings_and_all_abstained_are_the_population_and_count_none(estimate: Estimator) -> None:
    nothing = estimate(of(np.empty((2, 0, 7))))
    abstained = estimate(of(np.full((2, 5, 7), np.nan), np.zeros((2, 5))))
    for shares in (nothing, abstained):
        assert shares.readings.tolist() == [0, 0]
        assert shares.mean == pytest.approx(np.tile(POPULATION, (2, 1)))
        assert np.isfinite(score_shares(shares, DEFAULT_MATRIX).high).all()


@each_estimator
def test_one_reading_is_an_estimate(estimate: Estimator) -> None:
    shares = estimate(of(sure_readings(SAD, certainty=0.9)))
    assert shares.readings.tolist() == [1]
    assert score_shares(shares, DEFAULT_MATRIX).at(0).estimate > 5


def test_one_reading_leaves_the_product_in_doubt() -> None:
    score = score_shares(ESTIMATORS["mixture"](of(sure_readings(SAD))), DEFAULT_MATRIX).at(0)
    assert score.high - score.low > 3


@each_estimator
def test_masked_readings_count_for_nothing(estimate: Estimator) -> None:
    week = 0.05 + 0.65 * np.eye(7)[[SAD, NEUTRAL, 3]]
    padded = np.vstack([week, np.full((2, 7), np.nan)])
    alone, masked = estimate(of(week)), estimate(of(padded, np.arange(5) < 3))
    assert masked.mean == pytest.approx(alone.mean)
    assert masked.covariance == pytest.approx(alone.covariance)


def test_a_singular_confusion_is_refused_by_the_inverse_and_no_matter_to_the_others() -> None:
    alike = COUNTS.copy()
    alike[0] = alike[1]
    week = of((0.05 + 0.65 * np.eye(7)[[SAD, NEUTRAL, 0]]), confusion=confusion_of(alike))
    with pytest.raises(SingularConfusionError, match="read alike"):
        ESTIMATORS["inverse"](week)
    for name in ("mixture", "mean", "argmax", "em"):
        assert ESTIMATORS[name](week).mean.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["mixture", "em", "inverse"])
def test_the_confusion_corrects_what_the_mean_leaves_in_the_middle(name: str) -> None:
    """Readings as a model that mistakes four sad faces in ten for neutral gives of an all sad week."""
    counts = 100 * np.eye(7)
    counts[SAD, [SAD, NEUTRAL]] = 60, 40
    week = np.tile(REFERENCE, (20, 1)) * 0 + 0.001
    week[:12, SAD], week[12:, SAD], week[12:, NEUTRAL] = 0.99, 0.28, 0.71
    shares = {one: ESTIMATORS[one](of(week, confusion=confusion_of(counts))) for one in (name, "mean")}
    assert shares[name].mean[0, SAD] > shares["mean"].mean[0, SAD] + 0.05


def test_each_reading_is_judged_by_the_confusion_of_its_own_model() -> None:
    skewed = confusion_of(COUNTS[::-1, ::-1])
    rows = np.array([[0.05 + 0.65 * np.eye(7)[SAD], 0.05 + 0.65 * np.eye(7)[NEUTRAL]]])
    used = np.ones((1, 2), dtype=np.bool_)
    mixed = Readings(rows, used, (CONFUSION, skewed), np.array([[0, 1]]))
    swapped = Readings(rows[:, ::-1], used, (CONFUSION, skewed), np.array([[1, 0]]))
    likelihoods = mixed.likelihoods()[0]
    for place, confusion in enumerate((CONFUSION, skewed)):
        expected = rows[0, place] / confusion.reference
        assert likelihoods[place] == pytest.approx(expected / expected.max())
    for estimate in ESTIMATORS.values():
        assert estimate(mixed).mean == pytest.approx(estimate(swapped).mean)
        assert estimate(mixed).covariance == pytest.approx(estimate(swapped).covariance)
