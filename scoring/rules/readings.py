"""The readings of many periods at once, each with the confusion of its own model version."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.rules.confusion import Bools, Confusion, Floats, Ints, K

LEAST_PROBABILITY = 1e-4
"""Calibrated probabilities are floored here: no single reading may rule an emotion out for a whole period."""


@dataclass(frozen=True, eq=False)
class Readings:
    """Readings of B periods, padded to N each.

    `probabilities` [B, N, 7]: calibrated, 0..1. `used` [B, N]: False where a place is padding, not scored or
    contested. `confusions`: of each model version that occurs. `model` [B, N]: which of them a reading's is.
    """

    probabilities: Floats
    used: Bools
    confusions: tuple[Confusion, ...]
    model: Ints

    @classmethod
    def of_one_model(
        cls, probabilities: ArrayLike, confusion: Confusion, used: ArrayLike | None = None
    ) -> "Readings":
        """Of one model version: probabilities [B, N, 7], or [N, 7] of a single period. Raises ValueError on
        wrong shapes."""
        rows = np.asarray(probabilities, dtype=np.float64)
        if rows.ndim not in (2, 3) or rows.shape[-1] != K:
            raise ValueError(f"probabilities must be [N, {K}] or [B, N, {K}]")
        rows = rows[None] if rows.ndim == 2 else rows
        mask = np.ones(rows.shape[:2], dtype=np.bool_)
        if used is not None:
            mask = np.broadcast_to(np.asarray(used, dtype=np.bool_), mask.shape)
        return cls(rows, mask, (confusion,), np.zeros(mask.shape, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.probabilities)

    def rows(self, part: slice) -> "Readings":
        return Readings(self.probabilities[part], self.used[part], self.confusions, self.model[part])

    @property
    def counts(self) -> Ints:
        """How many readings each period has, [B]."""
        counts: Ints = self.used.sum(axis=1, dtype=np.int64)
        return counts

    @property
    def answers(self) -> Ints:
        """The first answer of each reading, [B, N]."""
        known = np.where(self.used[..., None], self.probabilities, 0.0)
        answers: Ints = known.argmax(axis=-1)
        return answers

    def likelihoods(self) -> Floats:
        """Of each reading under each emotion [B, N, 7]; 1 where a place is not used.

        Raises ValueError when a used reading is no probabilities.
        """
        references = np.array([confusion.reference for confusion in self.confusions]).reshape(-1, K)
        known = np.where(self.used[..., None], self.probabilities, 1.0)
        if len(references) == 1:
            return reading_likelihoods(known, references[0])
        return reading_likelihoods(known, references[self.model]) if known.size else known


def reading_likelihoods(probabilities: ArrayLike, reference: ArrayLike) -> Floats:
    """Likelihood of each reading under each emotion, scaled to a largest value of 1 per reading.

    `probabilities` [..., 7]: calibrated, 0..1. `reference` [7] or [..., 7]: the share of each emotion in the
    data the reading's own model was calibrated on, all above 0; a period whose readings come from several
    model versions passes one row per reading. Raises ValueError on wrong shapes, values that are not
    finite or negative, or a reference share of 0.
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
