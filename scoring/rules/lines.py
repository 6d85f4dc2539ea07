"""When a score crosses a clinic's line, and when that line may speak again (decision 30).

A pure state machine: the caller stores a patient's `LinesState`, judges the rolling window at each reading
and acts on the event. Judge only the present: rescoring history under another matrix must not come through
here, for it never raises alerts for the past.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from scoring.rules.matrix import Matrix
from scoring.rules.score import Score

LineName = Literal["warning", "intervention"]
Band = Literal["below", "warning", "intervention"]


@dataclass(frozen=True)
class LinePolicy:
    """A clinic's settings. `evidence`, 0..1: the probability of being over a line that crosses it at once.
    `rearm_below`, at least 0: how far below the line the estimate must come before the line can be crossed
    again. `second_day`: whether an estimate over the line in two judgements on separate days crosses it too.
    The defaults come from `simulate_scores` (docs/score.md, "The lines").
    """

    evidence: float = 0.6
    rearm_below: float = 1.0
    second_day: bool = False

    def __post_init__(self) -> None:
        if not (0.0 < self.evidence <= 1.0 and self.rearm_below >= 0.0):
            raise ValueError("evidence must be in 0..1 and rearm_below at least 0")


@dataclass(frozen=True)
class LineState:
    """One line of one patient. `is_over`: it was crossed and has not re-armed. `first_day_over`: while armed,
    the local day of the first of an unbroken run of judgements whose estimate was over the line."""

    is_over: bool = False
    first_day_over: date | None = None


@dataclass(frozen=True)
class LinesState:
    """Both lines of one patient; the default is a patient never judged."""

    warning: LineState = LineState()
    intervention: LineState = LineState()

    @property
    def band(self) -> Band:
        """The highest line crossed and not re-armed: what an open alert stands for."""
        if self.intervention.is_over:
            return "intervention"
        return "warning" if self.warning.is_over else "below"


@dataclass(frozen=True)
class LineEvent:
    """What a judgement changed. Crossing both lines at once is one event, of the higher line; re-arming both
    at once is one event, of the lower."""

    kind: Literal["crossed", "rearmed"]
    line: LineName


@dataclass(frozen=True)
class LineJudgement:
    """The state to store, and the event to act on if there is one.

    No event while `state.band` is not "below" means: still over; update the open alert, raise no new one.
    """

    state: LinesState
    event: LineEvent | None


def judge_lines(
    state: LinesState, score: Score | None, day: date, matrix: Matrix, policy: LinePolicy = LinePolicy()
) -> LineJudgement:
    """Judge one window. `score` is None for "not enough data", which changes nothing.

    `day` is the local day of judging. A line is crossed when the probability of being over it reaches the
    evidence level, or, where the policy wants it so, the estimate is over it in two judgements on separate
    days with none below between them. The intervention line implies the warning line.
    """
    if score is None:
        return LineJudgement(state, None)
    warning = _judge_line(state.warning, score.estimate, score.over_warning, matrix.warning_line, day, policy)
    intervention = _judge_line(
        state.intervention, score.estimate, score.over_intervention, matrix.intervention_line, day, policy
    )
    if intervention.is_over and not warning.is_over:
        warning = LineState(is_over=True)
    after = LinesState(warning, intervention)
    return LineJudgement(after, _event(state, after))


def band_of(estimate: float, matrix: Matrix) -> Band:
    """Where an estimate lies, for colours and for guidance texts; not a crossing, which needs evidence."""
    if estimate >= matrix.intervention_line:
        return "intervention"
    return "warning" if estimate >= matrix.warning_line else "below"


def _judge_line(
    state: LineState, estimate: float, over: float, line: float, day: date, policy: LinePolicy
) -> LineState:
    if state.is_over:
        return LineState() if estimate <= line - policy.rearm_below else state
    if over >= policy.evidence:
        return LineState(is_over=True)
    if estimate < line or not policy.second_day:
        return LineState()
    if state.first_day_over not in (None, day):
        return LineState(is_over=True)
    return replace(state, first_day_over=day)


def _event(before: LinesState, after: LinesState) -> LineEvent | None:
    names: tuple[LineName, ...] = ("intervention", "warning")
    for name in names:
        if _is_over(after, name) and not _is_over(before, name):
            return LineEvent("crossed", name)
    for name in reversed(names):
        if _is_over(before, name) and not _is_over(after, name):
            return LineEvent("rearmed", name)
    return None


def _is_over(state: LinesState, name: LineName) -> bool:
    return state.intervention.is_over if name == "intervention" else state.warning.is_over
