"""Each question of the gate, asked of the model that should fail it and of the one that just passes."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from pytest_django import Settings

from clinics.access_log import System
from clinics.errors import DomainError
from inference import gate, promotion
from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier
from inference.engine.package import ModelPackage, load_package, load_unevaluated
from inference.models import RegisteredModel
from inference.training.dataset import Faces
from tests.inference.engine.packages import write_foreign_package, write_random_package
from tests.inference.engine.test_foreign_shapes import with_file

GREY_64 = {"width": 64, "height": 64, "channels": 1, "crop_margin": 0.0, "deviation": 60.0}
SAD = EMOTIONS.index("sad")


@pytest.fixture
def package(tmp_path: Path) -> ModelPackage:
    return load_package(write_random_package(tmp_path / "tiny"))


def faces(rows: int = 140, usage: NDArray[Any] | None = None) -> Faces:
    pixels = np.random.default_rng(0).integers(0, 256, (rows, 48, 48), dtype=np.uint8)
    return Faces(pixels, np.arange(rows) % 7, usage)


def compared(package: ModelPackage, *, missed: int, of: int = 100) -> gate.Comparison:
    """The active model is always right; the candidate takes so many sad faces for neutral."""
    truth = np.repeat(np.arange(7), of)
    answers = truth.copy()
    answers[np.flatnonzero(truth == SAD)[:missed]] = EMOTIONS.index("neutral")
    return gate.Comparison(package, package, truth, np.eye(7)[answers], np.eye(7)[truth])


@pytest.mark.parametrize(("missed", "passes"), [(0, True), (3, True), (4, False)])
def test_three_points_of_one_emotion_may_be_lost_and_no_more(
    package: ModelPackage, missed: int, passes: bool
) -> None:
    check = gate.no_class_worse(compared(package, missed=missed))
    assert check.passed is passes
    assert check.figures["loss_of_recall"]["sad"] == pytest.approx(missed / 100)


def test_what_is_won_elsewhere_makes_up_for_nothing(package: ModelPackage) -> None:
    one = compared(package, missed=10)
    worse_elsewhere = np.where((one.truth == 0)[:, None], np.eye(7)[1], one.active_shares)
    assert not gate.no_class_worse(dataclasses.replace(one, active_shares=worse_elsewhere)).passed


@pytest.mark.parametrize(("each", "passes"), [(10, True), (9, False)])
def test_each_emotion_must_occur_ten_times(package: ModelPackage, each: int, passes: bool) -> None:
    assert gate.whole_golden_set(compared(package, missed=0, of=each)).passed is passes


def test_a_model_that_reads_a_face_by_its_neighbours_is_found_out(tmp_path: Path) -> None:
    """As a network whose batch norms were left in training mode does."""
    model = leaning_on_the_batch()
    check = gate.batch_equals_single(Classifier(load_unevaluated(with_file(tmp_path, model))), faces())
    assert not check.passed
    assert check.figures["largest_difference"] > gate.BATCH_TOLERANCE


def test_a_model_that_reads_each_face_by_itself_passes(package: ModelPackage) -> None:
    assert gate.batch_equals_single(Classifier(package), faces()).passed


def test_labels_in_a_wrong_order_do_not_pass(tmp_path: Path) -> None:
    calibrated = {
        "temperature": 1.0,
        "abstain_below": 0.0,
        "confusion": {"counts": (np.eye(7) * 10).tolist()},
        "reference_shares": [1 / 7] * 7,
    }
    right, turned = (
        load_package(write_foreign_package(tmp_path / name, labels, input=GREY_64, **calibrated))
        for name, labels in (("right", EMOTIONS), ("turned", EMOTIONS[::-1]))
    )
    some = faces(280)
    golden = Faces(some.pixels, Classifier(right).probabilities(some.pixels).argmax(1))
    verdict = gate.judge(turned, right, golden)
    assert "no_class_worse" in [check.name for check in verdict.checks if not check.passed]


@pytest.mark.django_db
def test_a_golden_set_with_training_rows_is_refused(
    tmp_path: Path, settings: Settings, tiny_model: Path
) -> None:
    settings.MODELS_DIR = tmp_path / "registered"
    described = {"licence": "none", "data": "none", "intended_use": "tests", "metrics": {}}
    directory = write_random_package(tmp_path / "same", name="same", **described)
    model = promotion.register_model(directory, by=System("test"))
    with pytest.raises(DomainError, match="trained_on"):
        promotion.promote_model(model, golden=faces(usage=np.arange(140) % 2), by=System("test"))
    model.refresh_from_db()
    assert (model.state, model.gate) == (RegisteredModel.State.REGISTERED, None)


def leaning_on_the_batch() -> bytes:
    """Logits [N, 7] of each face's mean less the mean of all faces."""
    constants: dict[str, NDArray[Any]] = {
        "places": np.array([2, 3], dtype=np.int64),
        "rows": np.array([0], dtype=np.int64),
        "weights": np.linspace(-0.5, 0.5, 7, dtype=np.float32)[None],
    }
    nodes = [
        helper.make_node("ReduceMean", ["pixels", "places"], ["means"], keepdims=0),
        helper.make_node("ReduceMean", ["means", "rows"], ["usual"], keepdims=1),
        helper.make_node("Sub", ["means", "usual"], ["unusual"]),
        helper.make_node("MatMul", ["unusual", "weights"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "leaning",
        [helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, ["n", 1, 64, 64])],
        [helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["n", 7])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return bytes(model.SerializeToString())
