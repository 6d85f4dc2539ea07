"""Calibration per emotion, what abstaining buys, and the plots that the card shows of both."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.training.metrics import expected_calibration_error
from inference.training.plots import reliability_diagram, risk_coverage_curve
from inference.training.reliability import reliability, reliability_bins, risk_coverage


def drawn(rows: int, seed: int, *, honest: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and a truth drawn from them; dishonest ones claim more than they know."""
    draw = np.random.default_rng(seed)
    probabilities = draw.dirichlet(np.full(7, 0.3), rows)
    truth = np.array([draw.choice(7, p=row) for row in probabilities])
    if honest:
        return probabilities, truth
    sharpened = probabilities**4
    return sharpened / sharpened.sum(1, keepdims=True), truth


def test_honest_probabilities_have_small_errors_in_every_emotion() -> None:
    found = reliability(*drawn(6000, 1))
    assert max(found["class_ece"].values()) < 0.03
    assert max(value or 0 for value in found["named_ece"].values()) < 0.08


def test_boasting_shows() -> None:
    honest, boasting = (reliability(*drawn(3000, 1, honest=one)) for one in (True, False))
    assert np.mean(list(boasting["class_ece"].values())) > 2 * np.mean(list(honest["class_ece"].values()))
    assert min(one["confidence"] - one["accuracy"] for one in boasting["bins"][3:-1]) > 0


def test_withholding_the_least_sure_wins_accuracy() -> None:
    probabilities, truth = drawn(4000, 2)
    curve = risk_coverage(probabilities, truth)
    accuracies = [point["accuracy"] for point in curve]
    assert accuracies == sorted(accuracies)
    assert curve[0]["accuracy"] == pytest.approx((probabilities.argmax(1) == truth).mean(), abs=1e-4)
    kept = probabilities.max(1) >= curve[2]["threshold"] - 1e-4
    assert kept.mean() == pytest.approx(0.9, abs=0.01)
    found = reliability(probabilities, truth)
    assert found["gain_at_90"] == pytest.approx(accuracies[2] - accuracies[0], abs=1e-4)


@given(st.integers(0, 50), st.integers(1, 60))
def test_bins_hold_every_reading_and_add_up_to_the_error(seed: int, rows: int) -> None:
    probabilities, truth = drawn(rows, seed)
    bins = reliability_bins(probabilities, truth)
    assert sum(one["n"] for one in bins) == rows
    error = sum(one["n"] * abs(one["confidence"] - one["accuracy"]) for one in bins) / rows
    assert error == pytest.approx(expected_calibration_error(probabilities, truth), abs=2e-4)


def test_emotion_that_no_reading_names_has_no_error_of_its_own() -> None:
    probabilities = np.tile([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], (3, 1))
    found = reliability(probabilities, np.array([0, 0, 1]))
    assert found["named_ece"]["sad"] is None
    assert found["named_ece"]["angry"] == pytest.approx(2 / 3 - 0.4, abs=1e-3)


def test_plots_are_drawings_with_a_title() -> None:
    found = reliability(*drawn(500, 3))
    for plot in (
        reliability_diagram(found["bins"], "model <1>"),
        risk_coverage_curve(found["risk_coverage"], "model <1>"),
    ):
        root = ElementTree.fromstring(plot)
        assert root.tag.endswith("svg")
        assert root[0].text == "model <1>"
        circles = [one for one in root.iter() if one.tag.endswith("circle")]
        assert circles
        assert all(0 <= float(one.get("cy", "-1")) <= 300 for one in circles)
