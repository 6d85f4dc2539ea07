"""Figures on examples worked by hand."""

import numpy as np
import pytest

from inference.training import metrics


def test_confusion_and_what_follows_from_it() -> None:
    truth, predicted = np.array([0, 0, 0, 0, 3, 3]), np.array([0, 0, 3, 6, 3, 3])
    counts = metrics.confusion_counts(truth, predicted)
    assert counts[0].tolist() == [2, 0, 0, 1, 0, 0, 1]
    assert metrics.accuracy(counts) == pytest.approx(4 / 6)
    assert metrics.balanced_accuracy(counts) == pytest.approx((2 / 4 + 1) / 2)
    happy = metrics.class_figures(counts)["happy"]
    assert happy == {
        "precision": pytest.approx(2 / 3),
        "recall": 1.0,
        "f1": pytest.approx(0.8),
        "support": 2,
    }
    # angry 2*2/(4+2), happy 0.8, neutral was said once and never true; the other four do not occur
    assert metrics.macro_f1(counts) == pytest.approx((2 / 3 + 0.8 + 0) / 3)


def rows(*confidences: float) -> np.ndarray:
    """Each row favours angry with the given probability, the rest goes to the others evenly."""
    return np.array([[confidence, *[(1 - confidence) / 6] * 6] for confidence in confidences])


def test_calibration_error_by_hand() -> None:
    # 0.9 and 0.9, one right: confidence .9, accuracy .5; 0.5, right: .5 against 1
    probabilities = rows(0.9, 0.9, 0.5)
    assert metrics.expected_calibration_error(probabilities, np.array([0, 1, 0])) == pytest.approx(
        2 / 3 * 0.4 + 1 / 3 * 0.5
    )


def test_calibration_error_of_certainty() -> None:
    sure = rows(1.0, 1.0)
    assert metrics.expected_calibration_error(sure, np.array([0, 0])) == 0
    assert metrics.expected_calibration_error(sure, np.array([1, 1])) == 1


def test_best_temperature_undoes_a_scale() -> None:
    draw = np.random.default_rng(0)
    logits = draw.normal(0, 2, (4000, 7))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = np.array([draw.choice(7, p=row) for row in chances])
    assert metrics.best_temperature(logits * 2, truth) == pytest.approx(2, rel=0.1)
    assert metrics.best_temperature(logits / 2, truth) == pytest.approx(0.5, rel=0.1)
