"""A period that several models read: its parts, estimated apart, are one estimate again."""

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.rules import DEFAULT_MATRIX, Shares, estimate_shares, score_one, together
from scoring.rules.confusion import Floats
from tests.scoring.rules.strategies import likelihoods


def parts_of(*readings: Floats) -> Shares:
    found = [estimate_shares(one) for one in readings]
    return Shares(
        np.stack([one.mean for one in found]),
        np.stack([one.covariance for one in found]),
        np.array([int(one.readings) for one in found]),
    )


@settings(deadline=None)
@given(likelihoods(1, 8))
def test_one_part_is_itself(readings: Floats) -> None:
    alone, whole = estimate_shares(readings), together(parts_of(readings))
    assert whole.mean == pytest.approx(alone.mean, abs=1e-9)
    assert whole.covariance == pytest.approx(alone.covariance, abs=1e-9)
    assert int(whole.readings) == len(readings)


@settings(deadline=None)
@given(likelihoods(1, 6), likelihoods(1, 6))
def test_shares_are_shares_whatever_the_order_and_the_score_keeps_its_laws(
    one: Floats, other: Floats
) -> None:
    whole, turned = together(parts_of(one, other)), together(parts_of(other, one))
    assert whole.mean.sum() == pytest.approx(1)
    assert (whole.mean > 0).all()
    assert np.linalg.eigvalsh(whole.covariance).min() > -1e-9
    assert turned.mean == pytest.approx(whole.mean)
    assert turned.covariance == pytest.approx(whole.covariance)
    score = score_one(whole, DEFAULT_MATRIX)
    low, high = DEFAULT_MATRIX.bounds
    assert low <= score.low <= score.estimate <= score.high <= high


def test_certain_readings_in_two_parts_are_as_in_one() -> None:
    certain = np.eye(7)[[4, 4, 6, 3, 6, 4, 0]] + 1e-12
    whole, parts = estimate_shares(certain), together(parts_of(certain[:2], certain[2:]))
    assert parts.mean == pytest.approx(whole.mean, abs=1e-6)
    assert parts.covariance == pytest.approx(whole.covariance, abs=1e-6)


def test_readings_in_two_parts_are_nearly_as_in_one() -> None:
    draws = np.random.default_rng(0)
    emotions = draws.choice(7, size=(60, 12), p=(0.08, 0.02, 0.1, 0.1, 0.4, 0.05, 0.25))
    sharp = draws.standard_gamma(5 * np.eye(7)[emotions] + 0.3) + 1e-6
    weeks = sharp / sharp.max(axis=-1, keepdims=True)
    apart = [score_one(together(parts_of(week[:5], week[5:])), DEFAULT_MATRIX) for week in weeks]
    at_once = [score_one(estimate_shares(week), DEFAULT_MATRIX) for week in weeks]
    far = np.array([one.estimate - other.estimate for one, other in zip(apart, at_once, strict=True)])
    widths = np.array([[one.high - one.low for one in scores] for scores in (apart, at_once)])
    assert np.abs(far).max() < 0.8
    assert np.abs(far).mean() < 0.2
    assert widths[0].mean() == pytest.approx(widths[1].mean(), rel=0.1)
