"""The score, as arithmetic: no Django, no database, no clock. Every array lists emotions in `EMOTIONS` order.

A period's readings become estimated shares (`estimate_shares`), shares and a matrix become a score with an
interval (`score_shares`), and a run of scores becomes crossings of the clinic's lines (`judge_lines`).
"""

from scoring.rules.confusion import Confusion, SingularConfusionError, confusion_of
from scoring.rules.estimate import READING_PRIOR, estimate_shares
from scoring.rules.estimators import ESTIMATORS
from scoring.rules.lines import (
    Band,
    LineEvent,
    LineJudgement,
    LineName,
    LinePolicy,
    LinesState,
    LineState,
    band_of,
    judge_lines,
)
from scoring.rules.matrix import (
    AGGREGATIONS,
    DEFAULT_MATRIX,
    Aggregation,
    Matrix,
    MatrixError,
    MatrixFieldError,
    matrix_errors,
)
from scoring.rules.periods import (
    PERIOD_KINDS,
    Period,
    PeriodKind,
    Window,
    WindowKind,
    period_named,
    period_of,
    periods_of,
    window_at,
)
from scoring.rules.readings import Readings, reading_likelihoods
from scoring.rules.score import (
    FLOORS,
    NEWEST_READING_AGE,
    FloorKind,
    Score,
    Scores,
    has_enough_readings,
    plain_score,
    score_one,
    score_shares,
)
from scoring.rules.shares import POPULATION, SHARE_PRIOR, Estimator, Shares, mean_from_sums, together

__all__ = [
    "AGGREGATIONS",
    "DEFAULT_MATRIX",
    "ESTIMATORS",
    "FLOORS",
    "NEWEST_READING_AGE",
    "PERIOD_KINDS",
    "POPULATION",
    "READING_PRIOR",
    "SHARE_PRIOR",
    "Aggregation",
    "Band",
    "Confusion",
    "Estimator",
    "FloorKind",
    "LineEvent",
    "LineJudgement",
    "LineName",
    "LinePolicy",
    "LineState",
    "LinesState",
    "Matrix",
    "MatrixError",
    "MatrixFieldError",
    "Period",
    "PeriodKind",
    "Readings",
    "Score",
    "Scores",
    "Shares",
    "SingularConfusionError",
    "Window",
    "WindowKind",
    "band_of",
    "confusion_of",
    "estimate_shares",
    "has_enough_readings",
    "judge_lines",
    "matrix_errors",
    "mean_from_sums",
    "period_named",
    "period_of",
    "periods_of",
    "plain_score",
    "reading_likelihoods",
    "score_one",
    "score_shares",
    "together",
    "window_at",
]
