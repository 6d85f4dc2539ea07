"""What hypothesis may draw: readings, shares and matrices that a clinic could really have."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.rules import AGGREGATIONS, DEFAULT_MATRIX, Matrix, reading_likelihoods
from scoring.rules.confusion import Floats

REFERENCE = np.array([0.09, 0.02, 0.04, 0.27, 0.13, 0.13, 0.32])


def _normalised(weights: Floats) -> Floats:
    shares: Floats = (weights + 1e-6) / (weights + 1e-6).sum(axis=-1, keepdims=True)
    return shares


def probabilities(fewest: int = 1, most: int = 12) -> st.SearchStrategy[Floats]:
    """Calibrated probabilities [N, 7]."""
    rows = st.integers(fewest, most).flatmap(
        lambda n: arrays(np.float64, (n, 7), elements=st.floats(0, 1, width=32))
    )
    return rows.map(_normalised)


def sharp_likelihoods(fewest: int = 1, most: int = 6) -> st.SearchStrategy[Floats]:
    """Readings that speak clearly: twenty times likelier under their emotion than under any other."""
    winners = st.lists(st.integers(0, 6), min_size=fewest, max_size=most)
    return winners.map(lambda labels: np.eye(7)[labels] * 0.95 + 0.05)


def likelihoods(fewest: int = 1, most: int = 12) -> st.SearchStrategy[Floats]:
    return probabilities(fewest, most).map(lambda p: reading_likelihoods(p, REFERENCE))


def shares() -> st.SearchStrategy[Floats]:
    """Shares [7] that sum to 1."""
    return arrays(np.float64, 7, elements=st.floats(0, 1, width=32)).map(_normalised)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """Valid matrices of both aggregations; the lines cut the reachable range in three."""
    scores = tuple(draw(st.lists(st.floats(0, 10, width=32), min_size=7, max_size=7)))
    weights = tuple(draw(st.lists(st.floats(0.125, 1, width=32), min_size=7, max_size=7)))
    if max(scores) - min(scores) < 0.5:
        scores = DEFAULT_MATRIX.scores
    aggregation = draw(st.sampled_from(AGGREGATIONS))
    products = [score * weight for score, weight in zip(scores, weights, strict=True)]
    ends = [9 * product / max(products) for product in products] if aggregation == "scaled_sum" else scores
    low, high = min(ends), max(ends)
    if high - low < 0.5:
        return DEFAULT_MATRIX
    return Matrix(scores, weights, aggregation, low + (high - low) / 3, low + 2 * (high - low) / 3)
