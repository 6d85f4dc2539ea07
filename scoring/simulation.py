"""Simulated patients drawn from labelled faces: how faithful a score is to the mood behind it.

A profile is a patient whose days follow known emotion shares. Each check-in of a week draws an emotion from
the profile and a face of that emotion; the score of the estimated week is compared with the profile's own.
"""

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from scoring.rules import (
    AGGREGATIONS,
    DEFAULT_MATRIX,
    ESTIMATORS,
    FLOORS,
    LinePolicy,
    Matrix,
    has_enough_readings,
    plain_score,
    score_shares,
)
from scoring.rules.estimate import Bools, Estimator, Floats

PROFILES: dict[str, tuple[float, ...]] = {
    "well": (0.01, 0.00, 0.01, 0.42, 0.02, 0.04, 0.50),
    "mild": (0.05, 0.01, 0.04, 0.25, 0.15, 0.05, 0.45),
    "low": (0.10, 0.02, 0.08, 0.10, 0.40, 0.02, 0.28),
    "severe": (0.08, 0.02, 0.15, 0.03, 0.62, 0.02, 0.08),
}
"""Daily shares in `EMOTIONS` order: well has 2 % sad faces, mild 15 %, low 40 %, severe 62 %."""

CHECK_INS = 7
DEFAULT_ESTIMATOR = "mixture"


class SimulationError(ValueError):
    """The data or the settings allow no simulation; the message says why in one line."""


@dataclass(frozen=True)
class Readout:
    """A classifier's answer to labelled faces: all the simulation needs of a model.

    `probabilities` [N, 7], calibrated; `truth` [N], the emotion 0..6, or -1 where people disagreed (never
    drawn); `reference` [7], the model's reference shares; a reading whose top probability is below
    `abstain_below` is not scored.
    """

    probabilities: Floats
    truth: NDArray[np.int64]
    reference: Floats
    abstain_below: float = 0.0


class Figures(TypedDict):
    """Over the weeks that reach the floor; None where none does. `mae` and `interval_coverage` are against
    the profile's own score. `over_*`: share of weeks whose estimate is on or over the line; `sure_*`: whose
    probability of being over it reaches the evidence level. `under_floor`: share of weeks left out."""

    true_score: float
    mean_score: float | None
    mae: float | None
    over_warning: float | None
    over_intervention: float | None
    sure_warning: float | None
    sure_intervention: float | None
    interval_coverage: float | None
    under_floor: float


class ProfileFigures(Figures):
    """The same weeks with the faces' true labels in place of the classifier's readings."""

    perfect: Figures


class EstimatorReport(TypedDict):
    profiles: dict[str, ProfileFigures]
    pooled_coverage: float | None


class Settings(TypedDict):
    estimator: str
    aggregation: str
    scores: tuple[float, ...]
    weights: tuple[float, ...]
    lines: tuple[float, float]
    evidence: float
    floor: int
    check_ins_per_week: int
    weeks: int
    seed: int
    faces: int
    not_scored_share: float


class Report(TypedDict):
    """`profiles`: the default estimator and aggregation; `estimators`: each, by "estimator/aggregation"."""

    profiles: dict[str, ProfileFigures]
    estimators: dict[str, EstimatorReport]
    settings: Settings


@dataclass(frozen=True)
class _Weeks:
    """The simulated weeks of one profile: row numbers of faces, and their true emotions, both [weeks, 7]."""

    faces: NDArray[np.int64]
    emotions: NDArray[np.int64]


def simulate(
    readout: Readout,
    *,
    weeks: int = 2000,
    seed: int = 1,
    matrix: Matrix = DEFAULT_MATRIX,
    policy: LinePolicy | None = None,
    floor: int = FLOORS["week"],
) -> Report:
    """Simulate every profile with every estimator and aggregation on the same draws.

    Raises SimulationError when `weeks` is below 1, a reference share is 0, or an emotion that a profile needs
    has no face.
    """
    if weeks < 1:
        raise SimulationError("at least one week must be simulated")
    if not (readout.reference > 0).all():
        raise SimulationError("the model's reference shares must all be above 0")
    policy = policy or LinePolicy()
    drawn = {
        name: _draw(readout.truth, np.array(shares), weeks, np.random.default_rng([seed, number]))
        for number, (name, shares) in enumerate(PROFILES.items())
    }
    reports: dict[str, EstimatorReport] = {}
    for name, estimator in ESTIMATORS.items():
        for aggregation in AGGREGATIONS:
            study = _Study(readout, estimator, replace(matrix, aggregation=aggregation), policy, floor)
            reports[f"{name}/{aggregation}"] = study.report(drawn)
    return Report(
        profiles=reports[f"{DEFAULT_ESTIMATOR}/{matrix.aggregation}"]["profiles"],
        estimators=reports,
        settings=_settings(readout, weeks, seed, matrix, policy, floor),
    )


def _draw(truth: NDArray[np.int64], shares: Floats, weeks: int, random: np.random.Generator) -> _Weeks:
    emotions = random.choice(len(EMOTIONS), size=(weeks, CHECK_INS), p=shares / shares.sum())
    faces = np.zeros_like(emotions)
    for number in np.flatnonzero(shares):
        pool = np.flatnonzero(truth == number)
        if not len(pool):
            raise SimulationError(f"the data hold no face that people agree is {EMOTIONS[number]}")
        places = emotions == number
        faces[places] = random.choice(pool, size=int(places.sum()))
    return _Weeks(faces, emotions)


@dataclass(frozen=True)
class _Study:
    """One estimator under one matrix."""

    readout: Readout
    estimator: Estimator
    matrix: Matrix
    policy: LinePolicy
    floor: int

    def report(self, drawn: dict[str, _Weeks]) -> EstimatorReport:
        profiles = {name: self._profile(PROFILES[name], weeks) for name, weeks in drawn.items()}
        covered = [figures["interval_coverage"] for figures in profiles.values()]
        known = [coverage for coverage in covered if coverage is not None]
        return EstimatorReport(
            profiles=profiles, pooled_coverage=round(float(np.mean(known)), 4) if known else None
        )

    def _profile(self, shares: tuple[float, ...], weeks: _Weeks) -> ProfileFigures:
        read = self.readout.probabilities[weeks.faces]
        scored = read.max(axis=-1) >= self.readout.abstain_below
        labels = np.eye(len(EMOTIONS))[weeks.emotions]
        even = np.full(len(EMOTIONS), 1.0 / len(EMOTIONS))
        perfect = self._figures(shares, labels, even, np.ones_like(scored))
        return ProfileFigures(**self._figures(shares, read, self.readout.reference, scored), perfect=perfect)

    def _figures(
        self, profile: tuple[float, ...], probabilities: Floats, reference: Floats, scored: Bools
    ) -> Figures:
        truth = float(plain_score(profile, self.matrix))
        enough = np.array([has_enough_readings("week", int(n), floor=self.floor) for n in scored.sum(axis=1)])
        shares = self.estimator(probabilities[enough], reference, scored[enough])
        scores = score_shares(shares, self.matrix)
        evidence = self.policy.evidence
        return Figures(
            true_score=round(truth, 4),
            mean_score=_mean(scores.estimate),
            mae=_mean(np.abs(scores.estimate - truth)),
            over_warning=_mean(scores.estimate >= self.matrix.warning_line),
            over_intervention=_mean(scores.estimate >= self.matrix.intervention_line),
            sure_warning=_mean(scores.over_warning >= evidence),
            sure_intervention=_mean(scores.over_intervention >= evidence),
            interval_coverage=_mean((scores.low <= truth) & (truth <= scores.high)),
            under_floor=round(1.0 - float(enough.mean()), 4),
        )


def _mean(values: Floats | Bools) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None


def _settings(
    readout: Readout, weeks: int, seed: int, matrix: Matrix, policy: LinePolicy, floor: int
) -> Settings:
    agreed = readout.truth >= 0
    unsure = readout.probabilities[agreed].max(axis=-1) < readout.abstain_below
    return Settings(
        estimator=DEFAULT_ESTIMATOR,
        aggregation=matrix.aggregation,
        scores=matrix.scores,
        weights=matrix.weights,
        lines=(matrix.warning_line, matrix.intervention_line),
        evidence=policy.evidence,
        floor=floor,
        check_ins_per_week=CHECK_INS,
        weeks=weeks,
        seed=seed,
        faces=int(agreed.sum()),
        not_scored_share=round(float(unsure.mean()), 4),
    )
