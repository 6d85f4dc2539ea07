"""A classifier that would make scores worse does not pass the gate."""

import dataclasses

import numpy as np
import pytest

from inference import gate
from inference.engine.package import ModelPackage, load_package
from inference.training.dataset import Faces
from scoring import fidelity
from tests.inference.engine.packages import COMMITTED

FACES_EACH = 40


@pytest.fixture(scope="module")
def package() -> ModelPackage:
    return load_package(COMMITTED)


def comparison(package: ModelPackage, *, sharpness: float) -> gate.Comparison:
    """Both models answer as the confusion of the one in force says; the candidate's is blurred."""
    draw = np.random.default_rng(0)
    rates = package.confusion + 0.5
    rates = rates / rates.sum(axis=1, keepdims=True)
    truth = np.repeat(np.arange(7), FACES_EACH)
    answers = np.array([draw.choice(7, p=rates[emotion]) for emotion in truth])
    shares = 0.9 * np.eye(7)[answers] + 0.1 / 7
    blurred = shares**sharpness
    return gate.Comparison(
        candidate=dataclasses.replace(package, name="candidate"),
        active=package,
        truth=truth,
        candidate_shares=blurred / blurred.sum(axis=1, keepdims=True),
        active_shares=shares,
    )


def test_the_same_answers_pass(package: ModelPackage) -> None:
    check = fidelity.judge(comparison(package, sharpness=1.0))
    assert check.passed
    assert set(check.figures["candidate_and_active"]) == {"well", "mild", "low", "severe"}


def test_blurred_answers_do_not(package: ModelPackage) -> None:
    assert not fidelity.judge(comparison(package, sharpness=0.05)).passed


def test_a_golden_set_without_an_emotion_gives_no_figure(package: ModelPackage) -> None:
    whole = comparison(package, sharpness=1.0)
    kept = whole.truth != 4
    check = fidelity.judge(
        dataclasses.replace(
            whole,
            truth=whole.truth[kept],
            candidate_shares=whole.candidate_shares[kept],
            active_shares=whole.active_shares[kept],
        )
    )
    assert not check.passed
    assert "sad" in check.figures["why"]


def test_the_gate_asks_it(monkeypatch: pytest.MonkeyPatch, package: ModelPackage) -> None:
    """A model equal to the one in force passes all but it, once it says no."""
    assert fidelity.judge in gate._judges
    pixels = np.random.default_rng(0).integers(0, 256, (140, 48, 48), dtype=np.uint8)
    golden = Faces(pixels, np.arange(140) % 7)
    assert "fidelity" in {check.name for check in gate.judge(package, package, golden).checks}
    refuses = gate.Check("fidelity", False, {})
    monkeypatch.setattr(gate, "_judges", [lambda comparison: refuses])
    verdict = gate.judge(package, package, golden)
    assert [check.name for check in verdict.checks if not check.passed] == ["fidelity"]
    assert not verdict.passed
