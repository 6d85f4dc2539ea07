"""The Beta distribution from its mean and variance, in NumPy alone: many at once, tabulated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.rules.confusion import Floats

NODES = 129


@dataclass(frozen=True)
class BetaTable:
    """Cumulative probabilities [B, NODES] at log-odds `nodes` [B, NODES]."""

    nodes: Floats
    cumulative: Floats

    def quantile(self, probability: float) -> Floats:
        """Where the distribution has left `probability` behind, as a fraction 0..1."""
        after = np.minimum((self.cumulative < probability).sum(axis=-1), NODES - 1)
        y = _between(probability, after, self.cumulative, self.nodes)
        return _fraction(y)

    def above(self, fraction: float) -> Floats:
        """Probability of being on or over `fraction`; the ends themselves are 1 at 0 and 0 past 1."""
        if not 0.0 < fraction < 1.0:
            return np.full(self.nodes.shape[:-1], 1.0 if fraction <= 0.0 else 0.0)
        y = float(np.log(fraction) - np.log1p(-fraction))
        after = (self.nodes < y).sum(axis=-1)
        inside = _between(y, np.minimum(after, NODES - 1), self.nodes, self.cumulative)
        below = np.where(after == 0, 0.0, np.where(after == NODES, 1.0, inside))
        return np.clip(1.0 - below, 0.0, 1.0)


def beta_of(mean: Floats, variance: Floats) -> BetaTable:
    """The Beta distribution of given mean and variance on 0..1, tabulated over log-odds.

    In log-odds y its density is x^a (1-x)^b with x = 1 / (1 + e^-y): smooth and with a single top for every
    a, b > 0, so the trapezoid rule on a grid fitted to its width is accurate to about 1e-3 in probability.
    """
    m = np.clip(mean, 1e-6, 1.0 - 1e-6)
    most = m * (1.0 - m)
    concentration = most / np.clip(variance, 1e-8 * most, most * 0.95) - 1.0
    a, b = (m * concentration)[..., None], ((1.0 - m) * concentration)[..., None]
    top, width = np.log(a / b), np.sqrt(1.0 / a + 1.0 / b)
    reach = np.linspace(0.0, 1.0, NODES)
    left, right = top - 5.0 * width - 5.0 / a, top + 5.0 * width + 5.0 / b
    nodes = left + (right - left) * reach
    softplus = np.log1p(np.exp(-np.abs(nodes))) + np.maximum(nodes, 0.0)
    log_density = a * nodes - (a + b) * softplus
    density = np.exp(log_density - log_density.max(axis=-1, keepdims=True))
    steps = (density[..., 1:] + density[..., :-1]) / 2.0
    cumulative = np.concatenate([np.zeros_like(a), np.cumsum(steps, axis=-1)], axis=-1)
    return BetaTable(nodes, cumulative / cumulative[..., -1:])


def _between(x: float, after: NDArray[np.int64], xs: Floats, ys: Floats) -> Floats:
    """Linear interpolation of `ys` over increasing `xs` at `x`, whose right neighbour is at index `after`."""
    right = np.maximum(after, 1)[..., None]
    x0, x1 = (np.take_along_axis(xs, i, axis=-1)[..., 0] for i in (right - 1, right))
    y0, y1 = (np.take_along_axis(ys, i, axis=-1)[..., 0] for i in (right - 1, right))
    share = np.where(x1 > x0, (x - x0) / np.where(x1 > x0, x1 - x0, 1.0), 0.0)
    value: Floats = y0 + share * (y1 - y0)
    return value


def _fraction(log_odds: Floats) -> Floats:
    fraction: Floats = np.exp(-np.logaddexp(0.0, -log_odds))
    return fraction
