"""Where the totals of one questionnaire lie on a small chart: plain geometry for an SVG of the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 480, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 24


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    total: int
    at: datetime


@dataclass(frozen=True)
class Grid:
    """A line at the lowest total of a band."""

    y: float
    total: int


@dataclass(frozen=True)
class Chart:
    points: tuple[Point, ...]
    grid: tuple[Grid, ...]
    path: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def chart(totals: Sequence[tuple[datetime, int]], *, most: int, steps: Sequence[int]) -> Chart | None:
    """Totals oldest first, from 0 to `most`; a line at each of `steps`. None: nothing to draw."""
    if not totals:
        return None
    first, last = totals[0][0], totals[-1][0]
    span = (last - first).total_seconds()

    def x(at: datetime) -> float:
        share = (at - first).total_seconds() / span if span else 0.5
        return round(LEFT + 8 + share * (WIDTH - LEFT - RIGHT - 16), 1)

    def y(total: int) -> float:
        return round(HEIGHT - BOTTOM - total / most * (HEIGHT - TOP - BOTTOM), 1)

    points = tuple(Point(x(at), y(total), total, at) for at, total in totals)
    path = " ".join(f"{'M' if not place else 'L'}{one.x} {one.y}" for place, one in enumerate(points))
    return Chart(points, tuple(Grid(y(step), step) for step in (*steps, most)), path)
