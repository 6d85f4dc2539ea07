"""What a simulation draws from: labelled faces, and what a classifier answered to each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from scoring.rules import Confusion
from scoring.rules.confusion import Floats

PROFILES: dict[str, tuple[float, ...]] = {
    "well": (0.01, 0.00, 0.01, 0.42, 0.02, 0.04, 0.50),
    "mild": (0.05, 0.01, 0.04, 0.25, 0.15, 0.05, 0.45),
    "low": (0.10, 0.02, 0.08, 0.10, 0.40, 0.02, 0.28),
    "severe": (0.08, 0.02, 0.15, 0.03, 0.62, 0.02, 0.08),
}
"""Daily shares in `EMOTIONS` order: well has 2 % sad faces, mild 15 %, low 40 %, severe 62 %."""

Codes = NDArray[np.int64]


class SimulationError(ValueError):
    """The data or the settings allow no simulation; the message says why in one line."""


@dataclass(frozen=True)
class Readout:
    """A classifier's answer to labelled faces: all the simulation needs of a model.

    `probabilities` [N, 7], calibrated; `truth` [N], the emotion 0..6, or -1 where people disagreed (never
    drawn); `confusion`, what the model's manifest knows of its mistakes; a reading whose top probability is
    below `abstain_below` is not scored.
    """

    probabilities: Floats
    truth: Codes
    confusion: Confusion
    abstain_below: float = 0.0

    def __post_init__(self) -> None:
        if not (self.confusion.reference > 0).all():
            raise SimulationError("the model's reference shares must all be above 0")


def draw_emotions(shares: Floats, random: np.random.Generator) -> Codes:
    """One emotion [...] for each row of shares [..., 7]."""
    below = np.cumsum(shares, axis=-1) / shares.sum(axis=-1, keepdims=True)
    drawn: Codes = (random.random(shares.shape[:-1])[..., None] >= below[..., :-1]).sum(axis=-1)
    return drawn


def draw_faces(truth: Codes, emotions: Codes, random: np.random.Generator) -> Codes:
    """A face (row number) of each emotion, drawn with replacement. Raises SimulationError where none is."""
    faces = np.zeros_like(emotions)
    for number in np.unique(emotions):
        pool = np.flatnonzero(truth == number)
        if not len(pool):
            raise SimulationError(f"the data hold no face that people agree is {EMOTIONS[number]}")
        places = emotions == number
        faces[places] = random.choice(pool, size=int(places.sum()))
    return faces
