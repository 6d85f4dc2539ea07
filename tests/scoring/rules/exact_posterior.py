"""The mixture posterior by brute force: every assignment of emotions to readings. Slow; the yardstick."""

from collections import defaultdict
from math import exp, lgamma

import numpy as np

from scoring.rules import READING_PRIOR
from scoring.rules.confusion import Floats, K


def exact_posterior(likelihoods: Floats, prior: Floats = READING_PRIOR) -> tuple[Floats, Floats]:
    """Posterior mean [7] and covariance [7, 7] of the shares, for likelihoods [N, 7], N up to about 8."""
    weights: dict[tuple[int, ...], float] = {(0,) * K: 1.0}
    for reading in likelihoods:
        grown: dict[tuple[int, ...], float] = defaultdict(float)
        for counts, weight in weights.items():
            for k in range(K):
                grown[(*counts[:k], counts[k] + 1, *counts[k + 1 :])] += weight * float(reading[k])
        weights = grown
    states = np.array(list(weights), dtype=np.float64) + prior
    mass = np.array(list(weights.values())) * [exp(sum(lgamma(x) for x in state)) for state in states]
    mass /= mass.sum()
    total = prior.sum() + len(likelihoods)
    centres = states / total
    mean = mass @ centres
    second = np.einsum("s,sk,sl->kl", mass, centres, centres)
    within = (np.diag(mean) - second) / (total + 1)
    return mean, within + second - np.outer(mean, mean)
