"""From estimated shares and a matrix to a score, its 80 % interval, and how surely it is over each line."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring.rules.beta import beta_of
from scoring.rules.confusion import Floats
from scoring.rules.matrix import Matrix
from scoring.rules.shares import Shares

FloorKind = Literal["window", "week", "month", "quarter"]

FLOORS: dict[FloorKind, int] = {"window": 5, "week": 5, "month": 10, "quarter": 25}
"""Fewest scored readings a score may rest on (product.md, "Numbers to start from"); a clinic may differ."""

NEWEST_READING_AGE = timedelta(days=3)
"""A window whose newest reading is older than this judges no line (decision 30)."""

TAIL = 0.1
"""Probability left out on each side of the 80 % interval."""

CHUNK = 2048


@dataclass(frozen=True)
class Score:
    """One period's score. `estimate`, `low`, `high` are on the matrix's scale, `low <= estimate <= high`;
    `over_warning` and `over_intervention` are the probabilities, 0..1, that the true score is on or over the
    line. `standard_error` is the posterior standard deviation."""

    estimate: float
    low: float
    high: float
    standard_error: float
    over_warning: float
    over_intervention: float


@dataclass(frozen=True)
class Scores:
    """The same for B periods at once, each field [B]."""

    estimate: Floats
    low: Floats
    high: Floats
    standard_error: Floats
    over_warning: Floats
    over_intervention: Floats

    def at(self, index: int) -> Score:
        """The score of one period of a batch."""
        return Score(
            estimate=float(self.estimate[index]),
            low=float(self.low[index]),
            high=float(self.high[index]),
            standard_error=float(self.standard_error[index]),
            over_warning=float(self.over_warning[index]),
            over_intervention=float(self.over_intervention[index]),
        )


def has_enough_readings(
    kind: FloorKind, readings: int, newest_age: timedelta | None = None, *, floor: int | None = None
) -> bool:
    """Whether a score may be shown, or a line judged; below it the answer is "not enough data".

    `floor` is the clinic's own (default: FLOORS). A window must also know its newest reading's age and
    refuses one older than NEWEST_READING_AGE; other periods ignore the age.
    """
    if readings < (FLOORS[kind] if floor is None else floor):
        return False
    return kind != "window" or (newest_age is not None and newest_age <= NEWEST_READING_AGE)


def plain_score(shares: ArrayLike, matrix: Matrix) -> Floats:
    """The aggregation formula itself on known shares [..., 7] that sum to 1: scores [...]."""
    p = np.asarray(shares, dtype=np.float64)
    if matrix.aggregation == "scaled_sum":
        scaled: Floats = p @ np.array(matrix.coefficients)
        return scaled
    weights = np.array(matrix.weights)
    mean: Floats = (p @ (weights * np.array(matrix.scores))) / (p @ weights)
    return mean


def score_shares(shares: Shares, matrix: Matrix) -> Scores:
    """Scores of B periods: arithmetic on stored shares, so a changed matrix needs no reading again.

    The estimate is the formula at the posterior mean; its variance is c'Cc for `scaled_sum` (exact, linear)
    and g'Cg with the gradient g_k = w_k (s_k - score) / (w.m) for `weighted_mean` (delta method). The
    interval and the probabilities come from the Beta distribution on the matrix's bounds with that mean and
    variance, so they respect the bounds and lean as the posterior does.
    """
    estimate = np.clip(plain_score(shares.mean, matrix), *matrix.bounds)
    gradient = _gradient(shares.mean, estimate, matrix)
    variance = (gradient[:, None, :] @ shares.covariance @ gradient[:, :, None])[:, 0, 0]
    variance = np.maximum(variance, 0.0)
    columns = [
        _interval(estimate[start : start + CHUNK], variance[start : start + CHUNK], matrix)
        for start in range(0, max(len(estimate), 1), CHUNK)
    ]
    low, high, over_warning, over_intervention = np.concatenate(columns, axis=1)
    return Scores(estimate, low, high, np.sqrt(variance), over_warning, over_intervention)


def score_one(shares: Shares, matrix: Matrix) -> Score:
    """The score of a single period: shares with `mean` [7]."""
    one = Shares(shares.mean[None], shares.covariance[None], np.atleast_1d(shares.readings))
    return score_shares(one, matrix).at(0)


def _gradient(mean: Floats, estimate: Floats, matrix: Matrix) -> Floats:
    if matrix.aggregation == "scaled_sum":
        return np.broadcast_to(np.array(matrix.coefficients), mean.shape)
    weights, scores = np.array(matrix.weights), np.array(matrix.scores)
    gradient: Floats = weights * (scores - estimate[..., None]) / (mean @ weights)[..., None]
    return gradient


def _interval(estimate: Floats, variance: Floats, matrix: Matrix) -> Floats:
    """Rows low, high, over_warning, over_intervention: [4, B]."""
    low_end, high_end = matrix.bounds
    span = high_end - low_end  # above 0: a valid matrix has two lines between its bounds
    lines = (matrix.warning_line, matrix.intervention_line)
    cdf = beta_of((estimate - low_end) / span, variance / span**2)
    return np.stack(
        [
            np.clip(low_end + span * cdf.quantile(TAIL), low_end, estimate),
            np.clip(low_end + span * cdf.quantile(1.0 - TAIL), estimate, high_end),
            *(cdf.above((line - low_end) / span) for line in lines),
        ]
    )
