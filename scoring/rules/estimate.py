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

There are two priors, because one for both jobs served neither on held-out faces (docs/score.md). *Which
emotion a reading shows* wants the stronger and flatter one: people's weeks are mixed, so a doubtful reading
must not simply join the majority of its week. *What the shares are*, given those emotions, wants a weak one:
it pulls a severe week towards the population.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring.rules.confusion import Bools, Floats, K
from scoring.rules.doubt import ReadingDoubt, doubt_covariance
from scoring.rules.shares import SHARE_PRIOR, Shares, multinomial

READING_PRIOR: Floats = np.full(K, 3.0 / K)
"""Dirichlet concentrations [7] with which a reading's emotion is decided: an even spread, three readings'
weight in all. Chosen on held-out rows like SHARE_PRIOR."""
READING_PRIOR.setflags(write=False)

CHUNK = 1024
ROUNDS, STEPS_PER_ROUND, TOLERANCE = 60, 5, 1e-5


def estimate_shares(
    likelihoods: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    prior: ArrayLike = SHARE_PRIOR,
    reading_prior: ArrayLike = READING_PRIOR,
    doubt: ReadingDoubt | None = None,
) -> Shares:
    """Posterior mean and covariance of the shares of one period [N, 7] or of many [B, N, 7].

    `likelihoods`: from `reading_likelihoods`, above 0. `mask` [N] or [B, N]: False where a row is padding,
    not scored or contested. `prior` [7], `reading_prior` [7]: Dirichlet concentrations above 0. `doubt`: how
    far the likelihoods are in doubt themselves; it widens the covariance and moves no mean. No readings give
    back the prior. A row's result does not depend on the other rows of the batch. Raises ValueError on wrong
    shapes or values.
    """
    rows, used, single = _batched(likelihoods, mask)
    alpha, beta = _concentrations(prior), _concentrations(reading_prior)
    if not (np.isfinite(rows[used]).all() and (rows[used] > 0).all()):
        raise ValueError("likelihoods must be finite and above 0")
    mean, covariance = np.empty((len(rows), K)), np.empty((len(rows), K, K))
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        of_part = None if doubt is None else doubt.rows(part)
        mean[part], covariance[part] = _posterior(rows[part], used[part], alpha, beta, of_part)
    readings = used.sum(axis=1, dtype=np.int64)
    return Shares(mean[0], covariance[0], readings[0]) if single else Shares(mean, covariance, readings)


def _concentrations(prior: ArrayLike) -> Floats:
    alpha = np.asarray(prior, dtype=np.float64)
    if alpha.shape != (K,) or not (np.isfinite(alpha).all() and (alpha > 0).all()):
        raise ValueError(f"prior needs {K} concentrations above 0")
    return alpha


def _batched(values: ArrayLike, mask: ArrayLike | None) -> tuple[Floats, Bools, bool]:
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim not in (2, 3) or rows.shape[-1] != K:
        raise ValueError(f"readings must be [N, {K}] or [B, N, {K}]")
    used = np.ones(rows.shape[:-1], dtype=np.bool_) if mask is None else np.asarray(mask, dtype=np.bool_)
    if used.shape != rows.shape[:-1]:
        raise ValueError("the mask must have one entry per reading")
    single = rows.ndim == 2
    return (rows[None], used[None], True) if single else (rows, used, False)


def _posterior(
    rows: Floats, used: Bools, alpha: Floats, beta: Floats, doubt: ReadingDoubt | None
) -> tuple[Floats, Floats]:
    r = _responsibilities(np.where(used[..., None], rows, 0.0), used, beta)
    counts = r.sum(axis=1)
    total = (alpha.sum() + used.sum(axis=1))[:, None]
    mean = (alpha + counts) / total
    of_counts, moved_by = count_response(r, counts, beta)
    within = total[..., None]
    # Law of total covariance: the shares given the counts are Dirichlet(alpha + counts).
    covariance = (multinomial(mean) + of_counts / within) / (within + 1.0)
    if doubt is not None:
        of_doubt = doubt_covariance(r, counts, beta, moved_by, doubt) / within**2
        covariance = covariance + at_most(of_doubt, multinomial(mean))
    return mean, covariance


def at_most(covariance: Floats, most: Floats) -> Floats:
    """Scaled down where its trace is larger than that of `most`: the delta method knows no bounds, but shares
    cannot vary more than a single draw from them."""
    trace, limit = (np.trace(one, axis1=1, axis2=2) for one in (covariance, most))
    scale = np.minimum(1.0, limit / np.maximum(trace, np.finfo(np.float64).tiny))
    scaled: Floats = covariance * scale[:, None, None]
    return scaled


def _responsibilities(rows: Floats, used: Bools, beta: Floats) -> Floats:
    """Fixed point of r_i(k) ~ L_i(k) (beta_k + sum of the other readings' r(k)), [B, N, 7]; padding stays
    0."""
    result = normalised(rows * beta)
    active = np.flatnonzero(used.sum(axis=1) > 1)
    r, likelihood = result[active], rows[active]
    for _ in range(ROUNDS):
        if not len(active):
            break
        for _ in range(STEPS_PER_ROUND):
            before = r
            r = likelihood * (beta + (before.sum(axis=1, keepdims=True) - before))
            r /= np.maximum(r.sum(axis=-1, keepdims=True), np.finfo(np.float64).tiny)
        result[active] = r
        moves = np.abs(r - before).max(axis=(1, 2)) > TOLERANCE
        active, r, likelihood = active[moves], r[moves], likelihood[moves]
    return result


def normalised(weights: Floats) -> Floats:
    """Rows that sum to 1, or to 0 where all weights are 0."""
    total = weights.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return shares


def count_response(r: Floats, counts: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Covariance [B, 7, 7] of the class counts, readings' mutual influence included; and that influence.

    A small push h on the log likelihoods moves every r_i by M_i (h + G dn) with G = diag(1 / (beta + n)) and
    M_i = diag(e) - ee' / sum(e), e = r_i / (1 + r_i G); hence dn = (I - sum M_i G)^-1 (sum M_i) h, and the
    derivative of the mean counts by h is their covariance. The second result is (I - sum M_i G)^-1.
    """
    pull = 1.0 / (beta + counts)[:, None, :]
    e = r / (1.0 + r * pull)
    own = normalised(e).swapaxes(1, 2)
    moved = e.sum(axis=1)[..., None] * np.eye(K) - own @ e
    influence = np.linalg.inv(np.eye(K) - moved * pull)
    covariance: Floats = influence @ moved
    return (covariance + covariance.swapaxes(1, 2)) / 2.0, influence
