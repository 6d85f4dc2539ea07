"""The grid of priors that the estimator's own were chosen from: on held-out rows, never on PublicTest."""

from collections.abc import Iterator
from functools import partial
from typing import TypedDict

import numpy as np

from scoring.rules import DEFAULT_MATRIX, POPULATION, LinePolicy, Readings, Shares, estimate_shares
from scoring.rules.confusion import Floats, K
from scoring.rules.doubt import ReadingDoubt
from scoring.simulation.faces import Readout
from scoring.simulation.weeks import EstimatorReport, report_estimator

EVEN = np.full(K, 1.0 / K)
SPREADS: dict[str, Floats] = {"population": POPULATION, "half": (POPULATION + EVEN) / 2, "even": EVEN}
READING_TOTALS = (1.0, 2.0, 3.0)
SHARE_TOTALS = (0.1, 0.25, 0.5, 1.0)


class PriorFigures(TypedDict):
    """`reading_spread` and `reading_total`: of the prior that decides what a reading shows; `share_total`: of
    the population that shares shrink to."""

    reading_spread: str
    reading_total: float
    share_total: float
    report: EstimatorReport


def compare_priors(readout: Readout, *, weeks: int = 2000, seed: int = 1) -> list[PriorFigures]:
    """Every pair of priors on the same draws, with the default matrix."""
    return [
        PriorFigures(
            reading_spread=spread,
            reading_total=reading_total,
            share_total=share_total,
            report=report_estimator(
                partial(_mixture, SPREADS[spread] * reading_total, POPULATION * share_total),
                readout,
                weeks=weeks,
                seed=seed,
                matrix=DEFAULT_MATRIX,
                policy=LinePolicy(),
            ),
        )
        for spread, reading_total, share_total in _grid()
    ]


def _grid() -> Iterator[tuple[str, float, float]]:
    for spread in SPREADS:
        for reading_total in READING_TOTALS:
            for share_total in SHARE_TOTALS:
                yield spread, reading_total, share_total


def _mixture(reading_prior: Floats, share_prior: Floats, readings: Readings) -> Shares:
    return estimate_shares(
        readings.likelihoods(),
        readings.used,
        prior=share_prior,
        reading_prior=reading_prior,
        doubt=ReadingDoubt.of(readings),
    )
