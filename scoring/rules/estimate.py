"""From a period's readings to estimated emotion shares with their covariance (decisions 27 and 28).

The classifier's mistakes pull a plain average towards the middle, and more check-ins do not cure that. Here
each reading is only a witness: with calibrated probabilities p and the model's reference shares pi, its
likelihood under emotion k is p(k) / pi(k). The period's shares have a Dirichlet prior, and each reading's
emotion is drawn from the shares. We want the posterior mean m and covariance C of the shares.

Exact sums over all assignments explode with the number of readings, and sampling would make a score depend on
a seed. We use collapsed variational Bayes, zeroth order (Asuncion et al. 2009, "On smoothing and inference
for topic models"), for m, and linear response at its fixed point for C (Giordano et al. 2015, "Linear
response methods for accurate covariance estimates from mean field variational Bayes"). It is deterministic,
does not depend on the order of readings, and is exact for one reading and for readings that say nothing;
tests/scoring/rules/test_estimate.py compares it with the exact posterior in between.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.emotions import EMOTIONS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

K = len(EMOTIONS)
LEAST_PROBABILITY = 1e-4
"""Calibrated probabilities are floored here: no single reading may rule an emotion out for a whole period."""

DEFAULT_PRIOR: Floats = np.array([0.05, 0.01, 0.04, 0.27, 0.18, 0.05, 0.40])
"""Dirichlet concentrations [7]: the reference population, total 1 (decision 28)."""
DEFAULT_PRIOR.setflags(write=False)

CHUNK = 4096
ROUNDS, STEPS_PER_ROUND, TOLERANCE = 30, 10, 1e-6


@dataclass(frozen=True)
class Shares:
    """Estimated emotion shares of B periods: all a later rescoring under another matrix needs.

    `mean` [B, 7], 0..1, rows sum to 1; `covariance` [B, 7, 7], symmetric, rows sum to 0; `readings` [B], how
    many readings went in. The leading axis is absent when a single period was estimated.
    """

    mean: Floats
    covariance: Floats
    readings: NDArray[np.int64]


def reading_likelihoods(probabilities: ArrayLike, reference: ArrayLike) -> Floats:
    """Likelihood of each reading under each emotion, scaled to a largest value of 1 per reading.

    `probabilities` [..., 7]: calibrated, 0..1. `reference` [7] or [..., 7]: the share of each emotion in the
    data the reading's own model was calibrated on (`reference_shares` in its manifest), all above 0; a period
    whose readings come from several model versions passes one row per reading. Raises ValueError on wrong
    shapes, values that are not finite or negative, or a reference share of 0.
    """
    p, pi = np.asarray(probabilities, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if p.shape[-1:] != (K,) or pi.shape[-1:] != (K,):
        raise ValueError(f"probabilities and reference need {K} columns")
    if not (np.isfinite(p).all() and (p >= 0).all()):
        raise ValueError("probabilities must be finite and not negative")
    if not (np.isfinite(pi).all() and (pi > 0).all()):
        raise ValueError("reference shares must be finite and above 0")
    likelihood: Floats = np.maximum(p, LEAST_PROBABILITY) / pi
    scaled: Floats = likelihood / likelihood.max(axis=-1, keepdims=True)
    return scaled


def estimate_shares(
    likelihoods: ArrayLike, mask: ArrayLike | None = None, *, prior: ArrayLike = DEFAULT_PRIOR
) -> Shares:
    """Posterior mean and covariance of the shares of one period [N, 7] or of many [B, N, 7].

    `likelihoods`: from `reading_likelihoods`, above 0. `mask` [N] or [B, N]: False where a row is padding,
    not scored or contested. `prior` [7]: Dirichlet concentrations above 0. No readings give back the prior. A
    row's result does not depend on the other rows of the batch. Raises ValueError on wrong shapes or values.
    """
    rows, used, single = _batched(likelihoods, mask)
    alpha = np.asarray(prior, dtype=np.float64)
    if alpha.shape != (K,) or not (np.isfinite(alpha).all() and (alpha > 0).all()):
        raise ValueError(f"prior needs {K} concentrations above 0")
    if not (np.isfinite(rows[used]).all() and (rows[used] > 0).all()):
        raise ValueError("likelihoods must be finite and above 0")
    mean, covariance = np.empty((len(rows), K)), np.empty((len(rows), K, K))
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        mean[part], covariance[part] = _posterior(rows[part], used[part], alpha)
    return _shares(mean, covariance, used, single)


def mean_shares(probabilities: ArrayLike, mask: ArrayLike | None = None) -> Shares:
    """The plain average of the readings' probabilities, [N, 7] or [B, N, 7]: for comparison and charts.

    Its covariance is that of as many certain readings, (diag(m) - mm') / (n + 1); it knows nothing of the
    model's confusions, so its interval is not calibrated. No readings give back the default prior's mean.
    """
    rows, used, single = _batched(probabilities, mask)
    n = used.sum(axis=1)[:, None]
    total = np.where(used[..., None], rows, 0.0).sum(axis=1)
    mean = np.where(n > 0, total / np.maximum(n, 1), DEFAULT_PRIOR / DEFAULT_PRIOR.sum())
    return _shares(mean, _multinomial(mean) / (n + 1.0)[..., None], used, single)


Estimator = Callable[[Floats, Floats, Bools], Shares]

ESTIMATORS: dict[str, Estimator] = {
    "mixture": lambda probabilities, reference, mask: estimate_shares(
        reading_likelihoods(probabilities, reference), mask
    ),
    "mean": lambda probabilities, reference, mask: mean_shares(probabilities, mask),
}
"""By name: (probabilities [B, N, 7], reference [7], mask [B, N]) to Shares. "mixture" is the product's."""


def _batched(values: ArrayLike, mask: ArrayLike | None) -> tuple[Floats, Bools, bool]:
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim not in (2, 3) or rows.shape[-1] != K:
        raise ValueError(f"readings must be [N, {K}] or [B, N, {K}]")
    used = np.ones(rows.shape[:-1], dtype=np.bool_) if mask is None else np.asarray(mask, dtype=np.bool_)
    if used.shape != rows.shape[:-1]:
        raise ValueError("the mask must have one entry per reading")
    single = rows.ndim == 2
    return (rows[None], used[None], True) if single else (rows, used, False)


def _shares(mean: Floats, covariance: Floats, used: Bools, single: bool) -> Shares:
    readings = used.sum(axis=1, dtype=np.int64)
    return Shares(mean[0], covariance[0], readings[0]) if single else Shares(mean, covariance, readings)


def _multinomial(mean: Floats) -> Floats:
    """diag(m) - mm', [..., 7, 7]: the covariance of one draw."""
    spread: Floats = mean[..., None] * np.eye(K) - mean[..., :, None] * mean[..., None, :]
    return spread


def _posterior(rows: Floats, used: Bools, alpha: Floats) -> tuple[Floats, Floats]:
    responsibilities = _responsibilities(np.where(used[..., None], rows, 0.0), used, alpha)
    counts = responsibilities.sum(axis=1)
    total = (alpha.sum() + used.sum(axis=1))[:, None]
    mean = (alpha + counts) / total
    of_counts = _count_covariance(responsibilities, counts, alpha)
    # Law of total covariance: the shares given the counts are Dirichlet(alpha + counts).
    within = total[..., None]
    return mean, (_multinomial(mean) + of_counts / within) / (within + 1.0)


def _responsibilities(rows: Floats, used: Bools, alpha: Floats) -> Floats:
    """Fixed point of r_i(k) ~ L_i(k) (alpha_k + sum of the other readings' r(k)), [B, N, 7]; padding stays
    0."""
    r = _normalised(rows * alpha)
    result = r.copy()
    active = np.flatnonzero(used.sum(axis=1) > 1)
    for _ in range(ROUNDS):
        if not len(active):
            break
        r, likelihood = result[active], rows[active]
        for _ in range(STEPS_PER_ROUND):
            before = r
            r = _normalised(likelihood * (alpha + (before.sum(axis=1, keepdims=True) - before)))
        result[active] = r
        active = active[np.abs(r - before).max(axis=(1, 2)) > TOLERANCE]
    return result


def _normalised(weights: Floats) -> Floats:
    total = weights.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return shares


def _count_covariance(r: Floats, counts: Floats, alpha: Floats) -> Floats:
    """Covariance [B, 7, 7] of the class counts, readings' mutual influence included.

    A small push h on the log likelihoods moves every r_i by M_i (h + G dn) with G = diag(1 / (alpha + n)) and
    M_i = diag(e) - ee' / sum(e), e = r_i / (1 + r_i G); hence dn = (I - sum M_i G)^-1 (sum M_i) h, and the
    derivative of the mean counts by h is their covariance.
    """
    pull = 1.0 / (alpha + counts)[:, None, :]
    e = r / (1.0 + r * pull)
    own = _normalised(e).swapaxes(1, 2)
    moved = e.sum(axis=1)[..., None] * np.eye(K) - own @ e
    fed_back = np.eye(K) - moved * pull
    covariance: Floats = np.linalg.solve(fed_back, moved)
    return (covariance + covariance.swapaxes(1, 2)) / 2.0
