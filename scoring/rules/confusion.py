"""What is known of a model's mistakes, and how surely: the confusion counted on faces kept from training."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.emotions import EMOTIONS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

K = len(EMOTIONS)
JEFFREYS = 0.5
"""Added to each cell of a confusion: the Jeffreys prior of a row's shares."""

SINGULAR = 1e6
"""A confusion whose condition number is higher cannot be inverted to any purpose."""


class SingularConfusionError(ValueError):
    """Two emotions are read alike, so shares cannot be had by inverting the confusion."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """One model version's mistakes.

    `reference` [7], above 0, sum 1: the share of each emotion among the faces its probabilities were
    calibrated on. `counts` [7, 7]: how often a face of the row's emotion got the column's as first answer;
    None where only the reference is known: then nothing can be said about the doubt of it.
    """

    reference: Floats
    counts: Floats | None = None

    @cached_property
    def rates(self) -> Floats:
        """Posterior mean [7, 7] of P(first answer | emotion), rows sum to 1; certain where nothing is
        known."""
        if self.counts is None:
            return np.eye(K)
        smoothed = self.counts + JEFFREYS
        rates: Floats = smoothed / smoothed.sum(axis=1, keepdims=True)
        return rates

    @cached_property
    def cell_doubt(self) -> Floats:
        """[7, 7]; a row's log rates have the covariance diag(cell_doubt) - row_doubt (delta method)."""
        return np.zeros((K, K)) if self.counts is None else 1.0 / (self.counts + JEFFREYS)

    @cached_property
    def row_doubt(self) -> Floats:
        """[7]: 1 / (faces of that emotion), 0 where no counts are known."""
        return np.zeros(K) if self.counts is None else 1.0 / (self.counts + JEFFREYS).sum(axis=1)

    def refuse_singular(self) -> None:
        """Raises SingularConfusionError when `rates` cannot be inverted."""
        refuse_singular(self.rates)


def confusion_of(counts: ArrayLike) -> Confusion:
    """From counts [7, 7] on the rows the temperature was chosen on; their row sums are then the reference.

    Temperature scaling makes probabilities fit the shares of the very rows it was chosen on, so these shares,
    and not those of the training rows, are what a probability has to be divided by. One face spread over all
    emotions is added, so that an emotion without any face does not rule itself out. Raises ValueError on a
    wrong shape, on values that are not finite or negative, or when nothing was counted.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.shape != (K, K) or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"a confusion needs {K} x {K} counts that are not negative")
    if not table.any():
        raise ValueError("a confusion in which nothing was counted says nothing")
    rows = table.sum(axis=1) + 1.0 / K
    return Confusion(rows / rows.sum(), table)


def refuse_singular(rates: Floats) -> None:
    if np.any(np.linalg.cond(rates) > SINGULAR):
        raise SingularConfusionError("the confusion is singular: two emotions are read alike")
