"""Estimated emotion shares of periods, and what every estimator falls back to without readings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scoring.rules.confusion import Floats, Ints, K
from scoring.rules.readings import Readings

POPULATION: Floats = np.array([0.05, 0.01, 0.04, 0.27, 0.18, 0.05, 0.40])
"""Emotion shares [7] of the reference population, sum 1 (decision 28)."""
POPULATION.setflags(write=False)

SHARE_PRIOR: Floats = 0.1 * POPULATION
"""Dirichlet concentrations [7] that estimated shares shrink to: the population, with a
tenth of a reading's weight.

Chosen on held-out rows, never on PublicTest: docs/score.md, "How the estimator was chosen".
"""
SHARE_PRIOR.setflags(write=False)


@dataclass(frozen=True)
class Shares:
    """Estimated emotion shares of B periods: all a later rescoring under another matrix needs.

    `mean` [B, 7], 0..1, rows sum to 1; `covariance` [B, 7, 7], symmetric, rows sum to 0; `readings` [B], how
    many readings went in. The leading axis is absent when a single period was estimated. Without readings:
    the prior's own mean and covariance.
    """

    mean: Floats
    covariance: Floats
    readings: Ints


Estimator = Callable[[Readings], Shares]
"""The one interface of all estimators: readings [B, N] to shares [B]. A row never depends on another."""


def multinomial(mean: Floats) -> Floats:
    """diag(m) - mm', [..., 7, 7]: the covariance of one draw from shares m [..., 7]."""
    spread: Floats = mean[..., None] * np.eye(K) - mean[..., :, None] * mean[..., None, :]
    return spread


def together(parts: Shares, prior: Floats = SHARE_PRIOR) -> Shares:
    """One period whose readings were estimated in parts: each model version by its own confusion.

    `parts`: [B] parts of one period, every one estimated with `prior`. What each part counted of the emotions
    is added, and its doubt with it; the prior counts once. The parts knew nothing of each other, which is all
    that tells the result from an estimate of all readings at once.
    """
    total = (prior.sum() + parts.readings)[:, None]
    counts = total * parts.mean - prior
    doubt = ((total + 1.0)[..., None] * parts.covariance - multinomial(parts.mean)) * total[..., None]
    whole = float(prior.sum() + parts.readings.sum())
    mean: Floats = (prior + counts.sum(axis=0)) / whole
    covariance: Floats = (multinomial(mean) + doubt.sum(axis=0) / whole) / (whole + 1.0)
    return Shares(mean, covariance, np.asarray(parts.readings.sum(), dtype=np.int64))


def mean_from_sums(sums: Floats, readings: Ints) -> Shares:
    """The plain average from sums [B, 7] of probabilities: all that need be stored for it.

    Its covariance is that of as many certain readings, (diag(m) - mm') / (n + 1); it knows nothing of the
    model's confusions, so its interval is not calibrated. No readings give back the population.
    """
    n = readings[..., None]
    mean = np.where(n > 0, sums / np.maximum(n, 1), POPULATION)
    return Shares(mean, multinomial(mean) / (n + 1.0)[..., None], readings)
