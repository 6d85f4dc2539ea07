"""A clinic's emotion score and weight matrix: its shape, its default, and every reason to refuse one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from inference.emotions import EMOTIONS

Aggregation = Literal["scaled_sum", "weighted_mean"]
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)

SCALE_TOP = 9.0
"""Upper end of `scaled_sum`: the score of a period that is all the heaviest emotion."""


@dataclass(frozen=True)
class MatrixFieldError:
    """One reason to refuse a matrix. `field` is `score_<emotion>`, `weight_<emotion>`, `scores`, `weights`,
    `aggregation`, `warning_line` or `intervention_line`; `code` is stable, `message` is plain English."""

    field: str
    code: str
    message: str


class MatrixError(ValueError):
    """A matrix that breaks a rule; `errors` says which field and why."""

    def __init__(self, errors: tuple[MatrixFieldError, ...]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))


@dataclass(frozen=True)
class Matrix:
    """Seven scores (0..10) and seven weights (0..1) in `EMOTIONS` order, how they are joined, and two lines.

    Raises MatrixError when a rule of `matrix_errors` is broken, so a Matrix that exists is valid.
    """

    scores: tuple[float, ...]
    weights: tuple[float, ...]
    aggregation: Aggregation = "scaled_sum"
    warning_line: float = 3.0
    intervention_line: float = 6.0

    def __post_init__(self) -> None:
        errors = matrix_errors(
            self.scores, self.weights, self.aggregation, self.warning_line, self.intervention_line
        )
        if errors:
            raise MatrixError(errors)

    @property
    def coefficients(self) -> tuple[float, ...]:
        """c = 9 s w / max(s w), 0..9 each: the `scaled_sum` of shares P is P.c (design.md, "The score")."""
        return _coefficients(self.scores, self.weights)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest score any shares can reach under this matrix."""
        return _bounds(self.scores, self.weights, self.aggregation)


def matrix_errors(
    scores: Sequence[float],
    weights: Sequence[float],
    aggregation: str,
    warning_line: float,
    intervention_line: float,
) -> tuple[MatrixFieldError, ...]:
    """Every broken rule, field by field; empty for a valid matrix.

    Lines are checked against the range the score can reach only when scores and weights are sound: a line
    nobody can cross, or that everybody has always crossed, is refused.
    """
    errors = _range_errors("score", scores, 10.0) + _range_errors("weight", weights, 1.0)
    if aggregation not in AGGREGATIONS:
        errors.append(MatrixFieldError("aggregation", "unknown_aggregation", "is not a known aggregation"))
    if not errors:
        errors += _joint_errors(scores, weights, aggregation)
    reach = None if errors else _bounds(scores, weights, aggregation)
    return tuple(errors + _line_errors(warning_line, intervention_line, reach))


def _range_errors(kind: str, values: Sequence[float], top: float) -> list[MatrixFieldError]:
    if len(values) != len(EMOTIONS):
        return [MatrixFieldError(f"{kind}s", "wrong_length", f"needs {len(EMOTIONS)} numbers")]
    return [
        MatrixFieldError(f"{kind}_{emotion}", "out_of_range", f"must be a number from 0 to {top:g}")
        for emotion, value in zip(EMOTIONS, values, strict=True)
        if not 0.0 <= value <= top  # false for NaN, too; isfinite() overflows on huge integers
    ]


def _joint_errors(
    scores: Sequence[float], weights: Sequence[float], aggregation: str
) -> list[MatrixFieldError]:
    errors = []
    if not any(score * weight > 0 for score, weight in zip(scores, weights, strict=True)):
        errors.append(
            MatrixFieldError("weights", "all_products_zero", "at least one score x weight must be above 0")
        )
    if aggregation == "weighted_mean":  # a period of unweighted emotions alone would be 0 / 0 (decision 32)
        errors += [
            MatrixFieldError(f"weight_{emotion}", "weight_is_zero", "must be above 0 for a weighted mean")
            for emotion, weight in zip(EMOTIONS, weights, strict=True)
            if weight <= 0
        ]
    return errors


def _line_errors(
    warning: float, intervention: float, reach: tuple[float, float] | None
) -> list[MatrixFieldError]:
    low, high = reach or (0.0, 10.0)
    errors = [
        MatrixFieldError(field, "out_of_range", f"must be above {low:.3g} and at most {high:.3g}")
        for field, line in (("warning_line", warning), ("intervention_line", intervention))
        if not low < line <= high
    ]
    if warning >= intervention:
        errors.append(MatrixFieldError("intervention_line", "wrong_order", "must be above the warning line"))
    return errors


def _coefficients(scores: Sequence[float], weights: Sequence[float]) -> tuple[float, ...]:
    products = [score * weight for score, weight in zip(scores, weights, strict=True)]
    top = max(products)
    return tuple(SCALE_TOP * product / top for product in products)


def _bounds(scores: Sequence[float], weights: Sequence[float], aggregation: str) -> tuple[float, float]:
    ends = scores if aggregation == "weighted_mean" else _coefficients(scores, weights)
    return float(min(ends)), float(max(ends))


DEFAULT_MATRIX = Matrix(
    scores=(8.0, 6.0, 9.0, 1.0, 9.0, 2.0, 2.0),
    weights=(0.15, 0.10, 0.25, 0.05, 0.30, 0.10, 0.05),
)
"""The matrix of design.md, "The score": a period all neutral scores 0.33 of 9, one all sad scores 9."""
