"""What scoring asks of a classifier before it is put in force: scores must not become worse."""

from typing import Final

from inference.engine.classify import Doubles
from inference.engine.package import ModelPackage
from inference.gate import Check, Comparison
from scoring.readings import known_confusion
from scoring.simulation import Readout, SimulationError, simulate
from scoring.simulation.weeks import Report

WEEKS: Final = 500
MAE_LOSS: Final = 0.1
COVERAGE_LOSS: Final = 0.05


def judge(comparison: Comparison) -> Check:
    """No profile's mean error more than 0.1 of 9 points larger, nor its interval 5 points less often right.

    Both models read the same simulated weeks, drawn from the golden set.
    """
    try:
        candidate, active = (
            simulate(_readout(comparison, package, shares), weeks=WEEKS)
            for package, shares in (
                (comparison.candidate, comparison.candidate_shares),
                (comparison.active, comparison.active_shares),
            )
        )
    except SimulationError as error:
        return Check("fidelity", False, {"why": str(error)})
    figures = {
        name: {
            "mae": [_of(report, name, "mae") for report in (candidate, active)],
            "interval_coverage": [_of(report, name, "interval_coverage") for report in (candidate, active)],
        }
        for name in candidate["profiles"]
    }
    passed = all(
        one["mae"][0] <= one["mae"][1] + MAE_LOSS
        and one["interval_coverage"][0] >= one["interval_coverage"][1] - COVERAGE_LOSS
        for one in figures.values()
    )
    return Check("fidelity", passed, {"candidate_and_active": figures})


def _readout(comparison: Comparison, package: ModelPackage, shares: Doubles) -> Readout:
    return Readout(
        probabilities=shares,
        truth=comparison.truth,
        confusion=known_confusion(package),
        abstain_below=package.abstain_below,
    )


def _of(report: Report, profile: str, figure: str) -> float:
    """A profile none of whose weeks reaches the floor is as wrong as can be."""
    value = report["profiles"][profile][figure]  # type: ignore[literal-required]
    if value is None:
        return 9.0 if figure == "mae" else 0.0
    return float(value)
