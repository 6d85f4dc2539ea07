"""Half a year of simulated patients: how often a line speaks for nothing, and how soon it finds a change.

Each patient checks in so many times a week and is judged at each scored reading, as the product judges: on
the rolling window, with its floor, evidence, second-day rule and hysteresis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from scoring.rules import (
    FLOORS,
    Estimator,
    LinePolicy,
    Matrix,
    Readings,
    score_shares,
)
from scoring.rules.confusion import Bools, Floats
from scoring.rules.periods import ROLLING_DAYS
from scoring.simulation.crossings import Crossings, Judgements, judge_courses
from scoring.simulation.faces import PROFILES, Codes, Readout, draw_emotions, draw_faces

WEEKS = 26
ONSET_DAY = 70
ONSET_DAYS = 21
CHECK_INS = (2, 4, 7, 14)
EVIDENCE = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
ONSET = "onset"
COURSES = (*PROFILES, ONSET)
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class CourseSettings:
    """How courses are drawn and judged; `policy.evidence` is replaced by each level in turn."""

    estimator: Estimator
    matrix: Matrix
    policy: LinePolicy
    floor: int = FLOORS["window"]
    window_days: int = ROLLING_DAYS
    patients: int = 100
    seed: int = 1


class CourseFigures(TypedDict):
    """Of one course at one evidence level.

    `alerts_per_year`: lines crossed per patient-year; of a course with an onset, before it. `ever_alerted`:
    share of patients with any. `unjudged`: share of readings at which the window held too few. Only where
    there is an onset: `weeks_to_warning` and `weeks_to_intervention`, medians from the onset to the line,
    where who is never found counts as infinitely late, so that None means that half or more were missed;
    `missed`, the share whose warning line was not crossed in the 16 weeks after it.
    """

    alerts_per_year: float
    ever_alerted: float
    weeks_to_warning: float | None
    weeks_to_intervention: float | None
    missed: float | None
    unjudged: float


Table = dict[str, dict[str, dict[str, CourseFigures]]]
"""By check-ins a week, course and evidence level, each a string: the keys of JSON."""


def simulate_courses(
    readout: Readout,
    settings: CourseSettings,
    *,
    check_ins: Sequence[int] = CHECK_INS,
    evidence: Sequence[float] = EVIDENCE,
) -> Table:
    """Every course at every number of check-ins a week, judged at every evidence level on the same draws."""
    return {
        str(times): {
            name: _figures_of(name, judge_course(readout, settings, name, times, evidence), evidence)
            for name in COURSES
        }
        for times in check_ins
    }


def judge_course(
    readout: Readout, settings: CourseSettings, name: str, times: int, evidence: Sequence[float]
) -> tuple[Crossings, Judgements]:
    random = np.random.default_rng([settings.seed, COURSES.index(name), times])
    days = check_in_days(settings.patients, times, random)
    emotions = draw_emotions(course_shares(name, days), random)
    faces = draw_faces(readout.truth, emotions, random)
    judgements = _judgements(readout, settings, days, faces)
    return judge_courses(judgements, settings.matrix, settings.policy, evidence), judgements


def check_in_days(patients: int, times: int, random: np.random.Generator) -> Codes:
    """Days [patients, 26 * times] of check-ins, oldest first: up to seven a week fall on different days,
    drawn anew each week; fourteen are two a day."""
    rounds, rest = divmod(times, 7)
    weeks = random.permuted(np.broadcast_to(np.arange(7), (patients, WEEKS, 7)), axis=-1)[..., :rest]
    every = np.broadcast_to(np.tile(np.arange(7), rounds), (patients, WEEKS, 7 * rounds))
    inside = np.sort(np.concatenate([weeks, every], axis=-1), axis=-1)
    days: Codes = (inside + 7 * np.arange(WEEKS)[:, None]).reshape(patients, -1)
    return days


def course_shares(name: str, days: Codes) -> Floats:
    """Shares [..., 7] on each day: flat, or well until day 70 and then severe within three weeks."""
    if name != ONSET:
        return np.broadcast_to(np.array(PROFILES[name]), (*days.shape, 7))
    done = np.clip((days - ONSET_DAY) / ONSET_DAYS, 0.0, 1.0)[..., None]
    shares: Floats = (1 - done) * np.array(PROFILES["well"]) + done * np.array(PROFILES["severe"])
    return shares


def _judgements(readout: Readout, settings: CourseSettings, days: Codes, faces: Codes) -> Judgements:
    patients, times = days.shape
    scored = readout.probabilities[faces].max(axis=-1) >= readout.abstain_below
    back, inside = _windows(days, scored, settings.window_days, settings.floor)
    own = np.arange(patients)[:, None, None]
    enough = scored & (inside.sum(axis=-1) >= settings.floor)
    shown = readout.probabilities[faces[own, back][enough]]
    readings = Readings.of_one_model(shown, readout.confusion, inside[enough])
    scores = score_shares(settings.estimator(readings), settings.matrix)
    shape = (patients, times)
    estimate, warning, intervention = (np.zeros(shape) for _ in range(3))
    estimate[enough] = scores.estimate
    warning[enough], intervention[enough] = scores.over_warning, scores.over_intervention
    return Judgements(days, scored, enough, estimate, warning, intervention)


def _windows(days: Codes, scored: Bools, window_days: int, floor: int) -> tuple[Codes, Bools]:
    """Of each check-in the numbers of the newest ones up to it [P, T, W], and which are judged (`Window`)."""
    times = days.shape[1]
    width = 1
    while width < times and (days[:, width:] < days[:, :-width] + 2 * window_days).any():
        width += 1
    numbers = np.arange(times)[:, None] - np.arange(width)
    back = np.broadcast_to(np.maximum(numbers, 0), (len(days), times, width))
    own = np.arange(len(days))[:, None, None]
    taken = (numbers >= 0) & scored[own, back]
    age = days[..., None] - days[own, back]
    inside, reached = taken & (age < window_days), taken & (age < 2 * window_days)
    newest = reached & (reached.cumsum(axis=-1) <= floor)
    return back, np.where(inside.sum(axis=-1, keepdims=True) >= floor, inside, newest)


def _figures_of(
    name: str, judged: tuple[Crossings, Judgements], evidence: Sequence[float]
) -> dict[str, CourseFigures]:
    crossings, judgements = judged
    return {
        f"{level:g}": figures_of(name, crossings, judgements, place) for place, level in enumerate(evidence)
    }


def figures_of(name: str, crossings: Crossings, judgements: Judgements, place: int) -> CourseFigures:
    days = judgements.days
    counted = days < (ONSET_DAY if name == ONSET else 7 * WEEKS)
    alerts = (crossings.crossed[..., place] & counted).sum(axis=1)
    years = len(days) * (ONSET_DAY if name == ONSET else 7 * WEEKS) / DAYS_A_YEAR
    figures = CourseFigures(
        alerts_per_year=round(float(alerts.sum()) / years, 3),
        ever_alerted=round(float((alerts > 0).mean()), 4),
        weeks_to_warning=None,
        weeks_to_intervention=None,
        missed=None,
        unjudged=round(1.0 - float(judgements.enough.sum() / max(judgements.scored.sum(), 1)), 4),
    )
    if name == ONSET:
        warned = _weeks_until(crossings.over_warning[..., place], days)
        figures["weeks_to_warning"] = _median(warned)
        figures["weeks_to_intervention"] = _median(
            _weeks_until(crossings.over_intervention[..., place], days)
        )
        figures["missed"] = round(float(np.isinf(warned).mean()), 4)
    return figures


def _weeks_until(is_over: Bools, days: Codes) -> Floats:
    """Weeks from the onset to the first judgement that finds the line over; infinite where none does."""
    late = np.where(is_over & (days >= ONSET_DAY), days - ONSET_DAY, np.inf)
    weeks: Floats = late.min(axis=1) / 7.0
    return weeks


def _median(weeks: Floats) -> float | None:
    middle = float(np.quantile(weeks, 0.5, method="higher"))
    return None if np.isinf(middle) else round(middle, 2)
