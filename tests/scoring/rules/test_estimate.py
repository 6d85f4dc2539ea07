"""Shares from readings: close to the exact posterior, and lawful."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules import READING_PRIOR, SHARE_PRIOR, Shares, estimate_shares, reading_likelihoods
from scoring.rules.confusion import Floats
from tests.scoring.rules.exact_posterior import exact_posterior
from tests.scoring.rules.strategies import (
    REFERENCE,
    likelihoods,
    sharp_likelihoods,
)

SAD, NEUTRAL = 4, 6


def under_one_prior(readings: Floats) -> Shares:
    """With one prior for readings and shares it is the textbook posterior, which can be had exactly."""
    return estimate_shares(readings, prior=READING_PRIOR, reading_prior=READING_PRIOR)


def test_no_readings_give_back_the_prior() -> None:
    shares = estimate_shares(np.empty((0, 7)))
    total = SHARE_PRIOR.sum()
    mean = SHARE_PRIOR / total
    assert shares.readings == 0
    assert shares.mean == pytest.approx(mean)
    assert shares.covariance == pytest.approx((np.diag(mean) - np.outer(mean, mean)) / (total + 1))


@given(likelihoods(1, 1))
def test_one_reading_is_exact(readings: Floats) -> None:
    mean, covariance = exact_posterior(readings)
    shares = under_one_prior(readings)
    assert shares.mean == pytest.approx(mean)
    assert shares.covariance == pytest.approx(covariance)


def test_readings_that_say_nothing_leave_the_prior_as_it_was() -> None:
    shares = under_one_prior(np.ones((9, 7)))
    prior = under_one_prior(np.empty((0, 7)))
    assert shares.mean == pytest.approx(prior.mean)
    assert shares.covariance == pytest.approx(prior.covariance)


def test_certain_readings_are_the_dirichlet_posterior() -> None:
    shares = estimate_shares(np.eye(7)[[SAD, SAD, NEUTRAL]] + 1e-12)
    counts = np.array([0, 0, 0, 0, 2, 0, 1.0])
    total = SHARE_PRIOR.sum() + 3
    assert shares.mean == pytest.approx((SHARE_PRIOR + counts) / total, abs=1e-6)
    variance = shares.mean * (1 - shares.mean) / (total + 1)
    assert np.diag(shares.covariance) == pytest.approx(variance, abs=1e-6)


def test_it_is_close_to_the_exact_posterior_on_plausible_weeks() -> None:
    draws = np.random.default_rng(3)
    weeks = reading_likelihoods(draws.dirichlet(2.0 * REFERENCE, size=(40, 6)), REFERENCE)
    exact = [exact_posterior(week) for week in weeks]
    shares = estimate_shares(weeks, prior=READING_PRIOR, reading_prior=READING_PRIOR)
    of_sad = shares.mean[:, SAD] - [mean[SAD] for mean, _ in exact]
    assert np.abs(of_sad).mean() < 0.02
    ratio = np.sqrt(shares.covariance[:, SAD, SAD] / [covariance[SAD, SAD] for _, covariance in exact])
    assert np.median(ratio) == pytest.approx(1.0, abs=0.05)
    assert np.quantile(ratio, 0.05) > 0.7


@settings(deadline=None)
@given(likelihoods(0, 12))
def test_shares_are_shares_and_their_covariance_is_one(readings: Floats) -> None:
    shares = estimate_shares(readings)
    assert shares.mean.sum() == pytest.approx(1)
    assert (shares.mean > 0).all()
    assert shares.covariance == pytest.approx(shares.covariance.T)
    assert shares.covariance.sum(axis=1) == pytest.approx(np.zeros(7), abs=1e-9)
    assert np.linalg.eigvalsh(shares.covariance).min() > -1e-9


@settings(deadline=None)
@given(likelihoods(2, 10), st.randoms(use_true_random=False))
def test_the_order_of_readings_does_not_matter(readings: Floats, random: object) -> None:
    order = list(range(len(readings)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, shuffled = estimate_shares(readings), estimate_shares(readings[order])
    assert shuffled.mean == pytest.approx(straight.mean, abs=1e-6)
    assert shuffled.covariance == pytest.approx(straight.covariance, abs=1e-6)


@settings(deadline=None)
@given(likelihoods(1, 10))
def test_the_same_input_gives_the_same_output_alone_padded_or_in_a_batch(readings: Floats) -> None:
    alone = estimate_shares(readings)
    again = estimate_shares(readings)
    assert np.array_equal(alone.mean, again.mean)
    assert np.array_equal(alone.covariance, again.covariance)
    padded = np.concatenate([readings, np.ones((3, 7))])
    mask = np.arange(len(padded)) < len(readings)
    batch = estimate_shares(np.stack([padded, padded[::-1]]), np.stack([mask, mask[::-1]]))
    assert batch.readings.tolist() == [len(readings)] * 2
    for row in range(2):
        assert batch.mean[row] == pytest.approx(alone.mean, abs=1e-6)
        assert batch.covariance[row] == pytest.approx(alone.covariance, abs=1e-6)


@given(sharp_likelihoods(2, 6))
def test_more_readings_of_the_same_mix_leave_less_doubt(readings: Floats) -> None:
    few = estimate_shares(readings)
    many = estimate_shares(np.tile(readings, (4, 1)))
    assert np.trace(many.covariance) < np.trace(few.covariance)


def test_a_masked_reading_counts_for_nothing_even_when_it_is_not_a_number() -> None:
    readings = np.vstack([np.eye(7)[[SAD]] + 0.1, np.full((1, 7), np.nan)])
    with_it = estimate_shares(readings, np.array([True, False]))
    assert with_it.mean == pytest.approx(estimate_shares(readings[:1]).mean)


def test_each_reading_is_judged_by_its_own_model() -> None:
    p = np.tile(REFERENCE, (2, 1))
    skewed = np.roll(REFERENCE, 1)
    mixed = reading_likelihoods(p, np.stack([REFERENCE, skewed]))
    assert mixed[0] == pytest.approx(np.ones(7))
    assert mixed[1] == pytest.approx((REFERENCE / skewed) / (REFERENCE / skewed).max())


@pytest.mark.parametrize(
    ("p", "reference"),
    [
        (np.ones(6), REFERENCE),
        (np.full(7, np.nan), REFERENCE),
        (np.full(7, -0.1), REFERENCE),
        (np.ones(7), np.zeros(7)),
        (np.ones(7), np.ones(8)),
    ],
)
def test_likelihoods_refuse_what_cannot_be_probabilities(p: Floats, reference: Floats) -> None:
    with pytest.raises(ValueError, match=r"probabilities|reference"):
        reading_likelihoods(p, reference)


def test_estimation_refuses_wrong_shapes_and_values() -> None:
    for readings in (np.ones((2, 6)), np.ones(7), np.zeros((2, 7)), np.full((2, 7), np.nan)):
        with pytest.raises(ValueError, match=r"readings|likelihoods"):
            estimate_shares(readings)
    with pytest.raises(ValueError, match="mask"):
        estimate_shares(np.ones((2, 7)), np.ones(3))
    with pytest.raises(ValueError, match="prior"):
        estimate_shares(np.ones((2, 7)), prior=np.zeros(7))
