"""The score, as arithmetic: no Django, no database, no clock. Every array lists emotions in `EMOTIONS` order.

A period's readings become estimated shares (`estimate_shares`), shares and a matrix become a score with an
interval (`score_shares`), and a run of scores becomes crossings of the clinic's lines (`judge_lines`).
"""

from scoring.rules.estimate import (
    DEFAULT_PRIOR,
    ESTIMATORS,
    Shares,
    estimate_shares,
    mean_shares,
    reading_likelihoods,
)
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

__all__ = [
    "AGGREGATIONS",
    "DEFAULT_MATRIX",
    "DEFAULT_PRIOR",
    "ESTIMATORS",
    "FLOORS",
    "NEWEST_READING_AGE",
    "PERIOD_KINDS",
    "Aggregation",
    "Band",
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
    "Score",
    "Scores",
    "Shares",
    "Window",
    "WindowKind",
    "band_of",
    "estimate_shares",
    "has_enough_readings",
    "judge_lines",
    "matrix_errors",
    "mean_shares",
    "period_named",
    "period_of",
    "periods_of",
    "plain_score",
    "reading_likelihoods",
    "score_one",
    "score_shares",
    "window_at",
]
