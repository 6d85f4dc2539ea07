"""Simulated weeks: the score of each estimated week beside the score of the profile it was drawn from.

A profile is a patient whose days follow known emotion shares. Each check-in of a week draws an emotion from
the profile and a face of that emotion.
"""

from dataclasses import dataclass, replace
from typing import NotRequired, TypedDict

import numpy as np

from inference.emotions import EMOTIONS
from scoring.rules import (
    AGGREGATIONS,
    DEFAULT_MATRIX,
    ESTIMATORS,
    FLOORS,
    Confusion,
    Estimator,
    LinePolicy,
    Matrix,
    Readings,
    Shares,
    SingularConfusionError,
    has_enough_readings,
    plain_score,
    score_shares,
)
from scoring.rules.confusion import Bools, Floats
from scoring.simulation.faces import PROFILES, Codes, Readout, SimulationError, draw_emotions, draw_faces

CHECK_INS = 7
DEFAULT_ESTIMATOR = "mixture"
CERTAIN = Confusion(np.full(len(EMOTIONS), 1.0 / len(EMOTIONS)))
"""The confusion of true labels."""


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
    """`refused`: why there are no figures, where the estimator cannot work with the model's confusion."""

    profiles: dict[str, ProfileFigures]
    pooled_coverage: float | None
    refused: NotRequired[str]


class Settings(TypedDict):
    estimator: str
    aggregation: str
    scores: tuple[float, ...]
    weights: tuple[float, ...]
    lines: tuple[float, float]
    evidence: float
    rearm_below: float
    second_day: bool
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

    faces: Codes
    emotions: Codes


@dataclass(frozen=True)
class _Estimated:
    """Shares of the weeks of one profile that reach the floor, by readings and by true labels."""

    read: Shares
    labelled: Shares
    under_floor: float


@dataclass(frozen=True)
class _Judge:
    """What turns shares into figures."""

    matrix: Matrix
    policy: LinePolicy

    def profile(self, name: str, estimated: _Estimated) -> ProfileFigures:
        perfect = self.figures(name, estimated.labelled, 0.0)
        return ProfileFigures(**self.figures(name, estimated.read, estimated.under_floor), perfect=perfect)

    def figures(self, name: str, shares: Shares, under_floor: float) -> Figures:
        truth = float(plain_score(PROFILES[name], self.matrix))
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
            under_floor=under_floor,
        )


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

    Raises SimulationError when `weeks` is below 1 or an emotion that a profile needs has no face.
    """
    if weeks < 1:
        raise SimulationError("at least one week must be simulated")
    policy = policy or LinePolicy()
    drawn = _draw_profiles(readout, weeks, seed)
    reports: dict[str, EstimatorReport] = {}
    for name, estimator in ESTIMATORS.items():
        reports |= _reports(name, estimator, readout, drawn, matrix, policy, floor)
    return Report(
        profiles=reports[f"{DEFAULT_ESTIMATOR}/{matrix.aggregation}"]["profiles"],
        estimators=reports,
        settings=_settings(readout, weeks, seed, matrix, policy, floor),
    )


def report_estimator(
    estimator: Estimator, readout: Readout, *, weeks: int, seed: int, matrix: Matrix, policy: LinePolicy
) -> EstimatorReport:
    """The figures of one estimator that need not be among ESTIMATORS, on the draws of `simulate`."""
    drawn = _draw_profiles(readout, weeks, seed)
    estimated = {name: _estimate(estimator, readout, one, FLOORS["week"]) for name, one in drawn.items()}
    return _report(_Judge(matrix, policy), estimated)


def _draw_profiles(readout: Readout, weeks: int, seed: int) -> dict[str, _Weeks]:
    return {
        name: _draw(readout.truth, np.array(shares), weeks, np.random.default_rng([seed, number]))
        for number, (name, shares) in enumerate(PROFILES.items())
    }


def _draw(truth: Codes, shares: Floats, weeks: int, random: np.random.Generator) -> _Weeks:
    emotions = draw_emotions(np.broadcast_to(shares, (weeks, CHECK_INS, len(EMOTIONS))), random)
    return _Weeks(draw_faces(truth, emotions, random), emotions)


def _reports(
    name: str,
    estimator: Estimator,
    readout: Readout,
    drawn: dict[str, _Weeks],
    matrix: Matrix,
    policy: LinePolicy,
    floor: int,
) -> dict[str, EstimatorReport]:
    """One estimator under each aggregation, by "estimator/aggregation"."""
    try:
        estimated = {profile: _estimate(estimator, readout, weeks, floor) for profile, weeks in drawn.items()}
    except SingularConfusionError as error:
        nothing = EstimatorReport(profiles={}, pooled_coverage=None, refused=str(error))
        return {f"{name}/{aggregation}": nothing for aggregation in AGGREGATIONS}
    return {
        f"{name}/{aggregation}": _report(_Judge(replace(matrix, aggregation=aggregation), policy), estimated)
        for aggregation in AGGREGATIONS
    }


def _report(judge: _Judge, estimated: dict[str, _Estimated]) -> EstimatorReport:
    profiles = {name: judge.profile(name, one) for name, one in estimated.items()}
    covered = [figures["interval_coverage"] for figures in profiles.values()]
    known = [coverage for coverage in covered if coverage is not None]
    pooled = round(float(np.mean(known)), 4) if known else None
    return EstimatorReport(profiles=profiles, pooled_coverage=pooled)


def _estimate(estimator: Estimator, readout: Readout, weeks: _Weeks, floor: int) -> _Estimated:
    read = readout.probabilities[weeks.faces]
    scored = read.max(axis=-1) >= readout.abstain_below
    enough = np.array([has_enough_readings("week", int(n), floor=floor) for n in scored.sum(axis=1)])
    labels = np.eye(len(EMOTIONS))[weeks.emotions]
    return _Estimated(
        read=estimator(Readings.of_one_model(read[enough], readout.confusion, scored[enough])),
        labelled=estimator(Readings.of_one_model(labels, CERTAIN)),
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
        rearm_below=policy.rearm_below,
        second_day=policy.second_day,
        floor=floor,
        check_ins_per_week=CHECK_INS,
        weeks=weeks,
        seed=seed,
        faces=int(agreed.sum()),
        not_scored_share=round(float(unsure.mean()), 4),
    )
