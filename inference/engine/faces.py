"""What a detector finds, and what every detector promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Point = tuple[float, float]


@dataclass(frozen=True)
class Face:
    """A face as the square that frames it in FER-2013, whatever the detector: tight, brow to chin.

    Centre and side in pixels of the image searched; `tilt_degrees` of the line through the eyes, clockwise
    positive, -180..180; `confidence` only compares faces of one detector.
    """

    centre: Point
    side: float
    tilt_degrees: float
    confidence: float

    def scaled(self, factor: float) -> "Face":
        x, y = self.centre
        return Face((x * factor, y * factor), self.side * factor, self.tilt_degrees, self.confidence)

    def box(self, scale: float = 1.0) -> tuple[int, int, int, int]:
        """Left, top, width, height in whole pixels after scaling; the square as if upright."""
        side = round(self.side * scale)
        x, y = self.centre
        return round(x * scale - side / 2), round(y * scale - side / 2), side, side

    def distance(self, other: "Face") -> float:
        return hypot(self.centre[0] - other.centre[0], self.centre[1] - other.centre[1])


class Detector(Protocol):
    """Finds faces near upright in an RGB image, uint8 [height, width, 3].

    A face with less confidence than `sure` may be tilted more than it seems, or be none.
    """

    name: str
    sure: float

    def find(self, image: Image, *, smallest: float = 0.0) -> list[Face]:
        """Faces of at least `smallest` pixels a side, largest first."""
        ...


def turned(offset: Point, degrees: float) -> Point:
    """An offset turned clockwise in image coordinates (y grows downwards)."""
    angle = radians(degrees)
    x, y = offset
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


def without_doubles(faces: Sequence[Face]) -> list[Face]:
    """Largest first, without those whose centre lies within another's square."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda one: one.side, reverse=True):
        if all(face.distance(other) > other.side / 2 for other in kept):
            kept.append(face)
    return kept
