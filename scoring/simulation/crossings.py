"""The line rules of `scoring.rules.lines` for many patients and evidence levels at once.

Half a year of a few hundred patients is too much for `judge_lines`, one judgement at a time;
tests/scoring/rules/test_crossings.py holds both against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.rules import LinePolicy, Matrix
from scoring.rules.confusion import Bools, Floats, Ints

NO_DAY = -1


@dataclass(frozen=True)
class Judgements:
    """Of P patients at T check-ins each, oldest first, all [P, T]. `enough`: the window was judged."""

    days: Ints
    scored: Bools
    enough: Bools
    estimate: Floats
    over_warning: Floats
    over_intervention: Floats


@dataclass(frozen=True)
class Crossings:
    """[P, T, E] for E evidence levels: did a judgement cross a line, and where each line stands after it."""

    crossed: Bools
    over_warning: Bools
    over_intervention: Bools


@dataclass
class _Line:
    """One line of all patients [P, E]: crossed and not re-armed; first day of an unbroken run over it."""

    height: float
    is_over: Bools
    first_day: Ints


def judge_courses(
    judgements: Judgements, matrix: Matrix, policy: LinePolicy, evidence: Sequence[float]
) -> Crossings:
    """Every patient's course under every evidence level; `policy` gives the rest."""
    patients, times = judgements.days.shape
    shape = (patients, len(evidence))
    levels = np.array(evidence)
    warning, intervention = (
        _Line(height, np.zeros(shape, dtype=np.bool_), np.full(shape, NO_DAY))
        for height in (matrix.warning_line, matrix.intervention_line)
    )
    crossed, over_warning, over_intervention = (
        np.zeros((patients, times, len(levels)), dtype=np.bool_) for _ in range(3)
    )
    for now in range(times):
        before = warning.is_over.copy(), intervention.is_over.copy()
        _step(warning, judgements, judgements.over_warning, now, levels, policy)
        _step(intervention, judgements, judgements.over_intervention, now, levels, policy)
        warning.first_day[intervention.is_over & ~warning.is_over] = NO_DAY
        warning.is_over |= intervention.is_over
        crossed[:, now] = (warning.is_over & ~before[0]) | (intervention.is_over & ~before[1])
        over_warning[:, now], over_intervention[:, now] = warning.is_over, intervention.is_over
    return Crossings(crossed, over_warning, over_intervention)


def _step(
    line: _Line, judgements: Judgements, over: Floats, now: int, levels: Floats, policy: LinePolicy
) -> None:
    enough = judgements.enough[:, now, None]
    estimate, day = judgements.estimate[:, now, None], judgements.days[:, now, None]
    rearmed = line.is_over & enough & (estimate <= line.height - policy.rearm_below)
    armed = ~line.is_over & enough
    sure = armed & (over[:, now, None] >= levels)
    is_high = armed & ~sure & (estimate >= line.height)
    again = is_high & policy.second_day & (line.first_day != NO_DAY) & (line.first_day != day)
    first = is_high & ~again & policy.second_day
    line.first_day = np.where(
        first, np.broadcast_to(day, first.shape), np.where(armed, NO_DAY, line.first_day)
    )
    line.is_over = (line.is_over & ~rearmed) | sure | again
