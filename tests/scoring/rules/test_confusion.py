"""A confusion counted on few faces is in doubt itself, and the interval says so."""

import numpy as np
import pytest

from scoring.rules import (
    DEFAULT_MATRIX,
    ESTIMATORS,
    Confusion,
    Readings,
    confusion_of,
    estimate_shares,
    score_shares,
)
from scoring.rules.confusion import JEFFREYS, Floats
from scoring.rules.doubt import ReadingDoubt
from tests.scoring.rules.strategies import REFERENCE

COUNTS = (0.8 * np.eye(7) + 0.2 * REFERENCE) * REFERENCE[:, None]


def hard_weeks(count: int, readings: int) -> Floats:
    draws = np.random.default_rng(5)
    return draws.dirichlet(1.5 * REFERENCE, size=(count, readings))


def test_the_reference_is_the_share_of_each_row_and_never_zero() -> None:
    counts = np.diag([10, 0, 10, 30, 20, 10, 20]).astype(float)
    confusion = confusion_of(counts)
    assert confusion.reference.sum() == pytest.approx(1)
    assert confusion.reference[3] == pytest.approx(30 / 100, abs=0.005)
    assert 0 < confusion.reference[1] < 0.002
    assert np.isfinite(confusion.cell_doubt).all()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (np.ones((6, 7)), "7 x 7"),
        (-np.eye(7), "not negative"),
        (np.full((7, 7), np.nan), "not negative"),
        (np.zeros((7, 7)), "nothing was counted"),
    ],
)
def test_counts_that_cannot_be_are_refused(counts: Floats, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        confusion_of(counts)


def test_fewer_evaluated_faces_widen_the_interval_and_move_no_estimate() -> None:
    weeks = hard_weeks(30, 14)
    widths, estimates = [], []
    for faces in (10_000, 1_000, 100):
        confusion = confusion_of(faces * COUNTS)
        readings = Readings.of_one_model(weeks, Confusion(REFERENCE, confusion.counts))
        scores = score_shares(ESTIMATORS["mixture"](readings), DEFAULT_MATRIX)
        widths.append(scores.standard_error)
        estimates.append(scores.estimate)
    assert (widths[1] > widths[0]).all()
    assert (widths[2] > widths[1]).all()
    assert estimates[2] == pytest.approx(estimates[0])


def test_doubt_does_not_average_away_with_more_readings() -> None:
    confusion = Confusion(REFERENCE, 100 * COUNTS)
    share = []
    for copies in (1, 20):
        readings = Readings.of_one_model(np.tile(hard_weeks(10, 7), (1, copies, 1)), confusion)
        plain = estimate_shares(readings.likelihoods(), readings.used)
        doubted = ESTIMATORS["mixture"](readings)
        whole, of_draws = (np.trace(one.covariance, axis1=1, axis2=2) for one in (doubted, plain))
        share.append(float(np.median((whole - of_draws) / whole)))
    assert share[1] > 3 * share[0]


def test_the_delta_method_agrees_with_drawing_confusions_from_their_posterior() -> None:
    draws = np.random.default_rng(7)
    counts = 2_000 * COUNTS
    confusion = Confusion(REFERENCE, counts)
    week = Readings.of_one_model(hard_weeks(1, 12), confusion)
    likelihoods, answers = week.likelihoods()[0], week.answers[0]
    means = []
    for _ in range(400):
        rates = np.array([draws.dirichlet(row + JEFFREYS) for row in counts])
        means.append(estimate_shares(likelihoods * (rates / confusion.rates).T[answers]).mean)
    plain = estimate_shares(likelihoods).covariance
    doubted = estimate_shares(likelihoods[None], doubt=ReadingDoubt.of(week)).covariance[0]
    drawn, carried = np.std(means, axis=0), np.sqrt(np.diag(doubted - plain))
    large = drawn > 0.5 * drawn.max()
    assert carried[large] == pytest.approx(drawn[large], rel=0.3)


def test_without_counts_the_readings_are_judged_and_nothing_is_said_of_doubt() -> None:
    readings = Readings.of_one_model(hard_weeks(3, 7), Confusion(REFERENCE))
    plain = estimate_shares(readings.likelihoods(), readings.used)
    assert ESTIMATORS["mixture"](readings).covariance == pytest.approx(plain.covariance)
