"""What every benchmark needs: interleaved repetitions and their quantiles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared"  # photos, faces and the peer; may be absent

Figures = dict[str, Any]


class BenchError(Exception):
    """A benchmark could not measure; the text is one line that says why."""


@dataclass(frozen=True)
class Benchmark:
    """`run(is_quick=True)` takes sizes that only show that it works."""

    name: str
    summary: str
    run: Callable[..., Figures]


def interleaved(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each action in each round; all take turns, so that noise disturbs all alike."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            started = perf_counter()
            action()
            times[name].append((perf_counter() - started) * 1000)
    return times


def median(values: Sequence[float]) -> float:
    return quantile(values, 50)


def quantile(values: Sequence[float], percent: float) -> float:
    """Rounded to a thousandth; raises BenchError when there is nothing to judge."""
    if not values:
        raise BenchError("nothing was measured")
    return round(float(np.percentile(values, percent)), 3)


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "min": round(min(values, default=0.0), 3),
        "p50": quantile(values, 50),
        "p95": quantile(values, 95),
    }


def ratio(value: float, peer: float) -> float | None:
    """How many times the peer's (or the limit's) figure; None where that is zero."""
    return round(value / peer, 3) if peer else None
