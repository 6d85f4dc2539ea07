"""Simulated patients: the shape of the report, its figures on a known classifier, and each refusal."""

import json
from dataclasses import replace

import numpy as np
import pytest

from scoring.rules import ESTIMATORS, Confusion, LinePolicy, confusion_of
from scoring.rules.confusion import Floats
from scoring.simulation import PROFILES, Readout, Report, SimulationError, simulate

REFERENCE = np.array([0.10, 0.02, 0.05, 0.27, 0.13, 0.13, 0.30])
WEEKS = 300


def confusing_readout(sharpness: float = 2.2) -> Readout:
    """A classifier that sees each emotion through noise and answers with its exact posterior."""
    draws = np.random.default_rng(11)
    truth = draws.choice(7, size=4000, p=REFERENCE)
    evidence = sharpness * np.eye(7)
    seen = evidence[truth] + draws.normal(size=(len(truth), 7))
    powers = np.exp(seen @ evidence) * REFERENCE
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    counts = np.zeros((7, 7))
    np.add.at(counts, (truth, probabilities.argmax(axis=1)), 1)
    return Readout(probabilities, truth, confusion_of(counts))


@pytest.fixture(scope="module")
def report() -> Report:
    return simulate(confusing_readout(), weeks=WEEKS)


def test_the_report_has_the_agreed_shape_and_is_json(report: Report) -> None:
    assert set(report) == {"profiles", "estimators", "settings"}
    assert set(report["profiles"]) == set(PROFILES)
    agreed = {"true_score", "mean_score", "mae", "over_warning", "over_intervention", "interval_coverage"}
    for figures in report["profiles"].values():
        assert agreed <= set(figures)
        assert agreed <= set(figures["perfect"])
    assert set(report["estimators"]) == {
        f"{estimator}/{aggregation}"
        for estimator in ESTIMATORS
        for aggregation in ("scaled_sum", "weighted_mean")
    }
    assert report["estimators"]["mixture/scaled_sum"]["profiles"] == report["profiles"]
    assert json.loads(json.dumps(report))["settings"]["weeks"] == WEEKS


def test_the_mixture_is_nearer_the_truth_than_the_plain_mean(report: Report) -> None:
    def distance(estimator: str, profile: str) -> float:
        figures = report["estimators"][f"{estimator}/scaled_sum"]["profiles"][profile]
        assert figures["mean_score"] is not None
        return abs(figures["mean_score"] - figures["true_score"])

    assert distance("mixture", "severe") < distance("mean", "severe") - 0.4
    assert distance("mixture", "low") < distance("mean", "low")


def test_the_interval_covers_eighty_percent_pooled_and_two_thirds_of_each(report: Report) -> None:
    assert report["estimators"]["mixture/scaled_sum"]["pooled_coverage"] == pytest.approx(0.80, abs=0.05)
    for figures in report["profiles"].values():
        assert figures["interval_coverage"] is not None
        assert figures["interval_coverage"] >= 0.65


def test_true_labels_through_the_same_estimator_order_the_profiles(report: Report) -> None:
    perfect = {name: figures["perfect"] for name, figures in report["profiles"].items()}
    assert perfect["well"]["over_warning"] == pytest.approx(0, abs=0.02)
    assert perfect["severe"]["over_intervention"] == pytest.approx(0.80, abs=0.05)
    scores = [perfect[name]["mean_score"] or 0.0 for name in PROFILES]
    assert scores == sorted(scores)


def test_the_same_seed_gives_the_same_report_and_another_another() -> None:
    readout = confusing_readout()
    first = simulate(readout, weeks=20, seed=4)
    assert simulate(readout, weeks=20, seed=4) == first
    assert simulate(readout, weeks=20, seed=5)["profiles"] != first["profiles"]


def test_abstention_leaves_weeks_under_the_floor_out_and_says_so() -> None:
    readout = replace(confusing_readout(), abstain_below=0.9)
    report = simulate(readout, weeks=100)
    assert report["settings"]["not_scored_share"] > 0.2
    assert report["profiles"]["mild"]["under_floor"] > 0
    assert report["profiles"]["mild"]["perfect"]["under_floor"] == 0
    nothing = simulate(replace(readout, abstain_below=1.1), weeks=5)
    assert nothing["profiles"]["well"]["mean_score"] is None
    assert nothing["profiles"]["well"]["under_floor"] == 1
    assert nothing["estimators"]["mixture/scaled_sum"]["pooled_coverage"] is None


def test_more_evidence_is_reached_less_often() -> None:
    readout = confusing_readout()
    strict = simulate(readout, weeks=100, policy=LinePolicy(evidence=0.99))["profiles"]["low"]
    lenient = simulate(readout, weeks=100, policy=LinePolicy(evidence=0.6))["profiles"]["low"]
    assert (strict["sure_warning"] or 0) < (lenient["sure_warning"] or 0)


def only(readout: Readout, rows: Floats) -> Readout:
    return replace(readout, probabilities=readout.probabilities[rows], truth=readout.truth[rows])


def test_refusals() -> None:
    readout = confusing_readout()
    with pytest.raises(SimulationError, match="at least one week"):
        simulate(readout, weeks=0)
    with pytest.raises(SimulationError, match="no face that people agree is sad"):
        simulate(only(readout, readout.truth != 4), weeks=5)
    with pytest.raises(SimulationError, match="reference shares"):
        replace(readout, confusion=Confusion(np.zeros(7)))
