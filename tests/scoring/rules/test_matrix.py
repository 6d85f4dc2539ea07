"""A clinic's matrix: the default, the formula by hand, and each refusal with its field."""

import math
from dataclasses import replace

import pytest

from inference.emotions import EMOTIONS
from scoring.rules import DEFAULT_MATRIX, Matrix, MatrixError, matrix_errors, plain_score


def share_of(**shares: float) -> list[float]:
    return [shares.get(emotion, 0.0) for emotion in EMOTIONS]


def refusals(**changes: object) -> set[tuple[str, str]]:
    with pytest.raises(MatrixError) as refused:
        replace(DEFAULT_MATRIX, **changes)  # type: ignore[arg-type]
    return {(error.field, error.code) for error in refused.value.errors}


def changed(values: tuple[float, ...], emotion: str, value: float) -> tuple[float, ...]:
    return tuple(value if name == emotion else old for name, old in zip(EMOTIONS, values, strict=True))


@pytest.mark.parametrize(
    ("shares", "scaled_sum", "weighted_mean"),
    [
        (share_of(neutral=1), 9 * 0.10 / 2.7, 2.0),
        (share_of(sad=1), 9.0, 9.0),
        (share_of(happy=1), 9 * 0.05 / 2.7, 1.0),
        (share_of(angry=1), 4.0, 8.0),
        (share_of(sad=0.5, neutral=0.5), (9 + 9 * 0.10 / 2.7) / 2, (2.7 + 0.1) / (0.3 + 0.05)),
        (share_of(sad=0.05, happy=0.95), 0.05 * 9 + 0.95 / 6, (0.05 * 2.7 + 0.95 * 0.05) / (0.015 + 0.0475)),
    ],
)
def test_both_aggregations_by_hand(shares: list[float], scaled_sum: float, weighted_mean: float) -> None:
    assert plain_score(shares, DEFAULT_MATRIX) == pytest.approx(scaled_sum)
    mean_matrix = replace(DEFAULT_MATRIX, aggregation="weighted_mean")
    assert plain_score(shares, mean_matrix) == pytest.approx(weighted_mean)


def test_an_all_neutral_period_looks_well_and_one_sad_day_in_twenty_crosses_only_the_mean() -> None:
    assert plain_score(share_of(neutral=1), DEFAULT_MATRIX) == pytest.approx(0.33, abs=0.01)
    mostly_neutral = share_of(sad=0.05, neutral=0.95)
    assert plain_score(mostly_neutral, DEFAULT_MATRIX) < 1
    assert plain_score(mostly_neutral, replace(DEFAULT_MATRIX, aggregation="weighted_mean")) > 3


def test_coefficients_and_bounds_of_the_default() -> None:
    expected = (4.0, 2.0, 7.5, 1 / 6, 9.0, 2 / 3, 1 / 3)
    assert DEFAULT_MATRIX.coefficients == pytest.approx(expected)
    assert DEFAULT_MATRIX.bounds == pytest.approx((1 / 6, 9.0))
    assert replace(DEFAULT_MATRIX, aggregation="weighted_mean").bounds == (1.0, 9.0)


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf])
def test_a_weight_outside_0_to_1_is_refused(value: float) -> None:
    weights = changed(DEFAULT_MATRIX.weights, "fear", value)
    assert refusals(weights=weights) == {("weight_fear", "out_of_range")}


@pytest.mark.parametrize("value", [-0.1, 10.1, math.nan])
def test_a_score_outside_0_to_10_is_refused(value: float) -> None:
    scores = changed(DEFAULT_MATRIX.scores, "happy", value)
    assert refusals(scores=scores) == {("score_happy", "out_of_range")}


def test_every_wrong_field_is_named_at_once() -> None:
    weights = changed(changed(DEFAULT_MATRIX.weights, "angry", -1), "sad", 2)
    scores = changed(DEFAULT_MATRIX.scores, "disgust", 11)
    assert refusals(weights=weights, scores=scores) == {
        ("weight_angry", "out_of_range"),
        ("weight_sad", "out_of_range"),
        ("score_disgust", "out_of_range"),
    }


def test_all_products_zero_is_refused() -> None:
    assert refusals(weights=(0.0,) * 7) == {("weights", "all_products_zero")}
    half = (0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    assert refusals(weights=half, scores=tuple(10 * (1 - w) for w in half)) == {
        ("weights", "all_products_zero")
    }


def test_lines_in_the_wrong_order_are_refused() -> None:
    wrong_order = {("intervention_line", "wrong_order")}
    assert refusals(warning_line=6.0, intervention_line=3.0) == wrong_order
    assert refusals(warning_line=4.0, intervention_line=4.0) == wrong_order


@pytest.mark.parametrize("line", [0.0, -1.0, 0.1])
def test_a_warning_line_below_every_possible_score_is_refused(line: float) -> None:
    assert refusals(warning_line=line) == {("warning_line", "out_of_range")}


@pytest.mark.parametrize("line", [9.1, math.inf])
def test_an_intervention_line_above_every_possible_score_is_refused(line: float) -> None:
    assert refusals(intervention_line=line) == {("intervention_line", "out_of_range")}


def test_a_line_that_is_no_number_is_refused() -> None:
    assert ("warning_line", "out_of_range") in refusals(warning_line=math.nan)


def test_a_weighted_mean_needs_every_weight() -> None:
    weights = changed(DEFAULT_MATRIX.weights, "disgust", 0.0)
    assert Matrix(DEFAULT_MATRIX.scores, weights).aggregation == "scaled_sum"
    assert refusals(weights=weights, aggregation="weighted_mean") == {("weight_disgust", "weight_is_zero")}


def test_an_unknown_aggregation_and_a_short_row_are_refused() -> None:
    assert refusals(aggregation="median") == {("aggregation", "unknown_aggregation")}
    assert refusals(scores=(1.0,)) == {("scores", "wrong_length")}


def test_the_same_rules_answer_a_form_without_raising() -> None:
    default = DEFAULT_MATRIX
    assert matrix_errors(default.scores, default.weights, "scaled_sum", 3, 6) == ()
    error = matrix_errors(default.scores, default.weights, "scaled_sum", 3, 2)[0]
    assert (error.field, error.message) == ("intervention_line", "must be above the warning line")
