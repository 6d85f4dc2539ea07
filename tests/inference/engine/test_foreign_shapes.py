"""Files whose shapes are not those of the manifest, and models of other makers read a real photo."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from bench.peer import Peer
from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier
from inference.engine.decode import Decoder
from inference.engine.errors import ModelPackageError
from inference.engine.formats import read_input
from inference.engine.haar import HaarDetector
from inference.engine.package import load_unevaluated
from inference.engine.reading import Engine
from inference.training.dataset import load_faces
from tests.inference.engine.packages import mean_model, mini_xception_package, write_foreign_package
from tests.inference.engine.test_formats import BGR_112, FERPLUS, GREY_64, IMAGENET
from tests.shared_data import SHARED, london_face, needs_shared

FACES = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)


def with_file(directory: Path, model: bytes, **entries: Any) -> Path:
    """The foreign package with another file in it."""
    write_foreign_package(directory, EMOTIONS, input=GREY_64, **entries)
    (directory / "model.onnx").write_bytes(model)
    manifest = json.loads((directory / "manifest.json").read_text())
    manifest["sha256"] = hashlib.sha256(model).hexdigest()
    (directory / "manifest.json").write_text(json.dumps(manifest))
    return directory


def refusal(directory: Path) -> str:
    with pytest.raises(ModelPackageError) as refused:
        Classifier(load_unevaluated(directory)).probabilities(FACES)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("flips", [False, True])
def test_a_file_exported_for_one_face_reads_them_one_by_one(tmp_path: Path, flips: bool) -> None:
    free = write_foreign_package(tmp_path / "free", EMOTIONS, input=GREY_64, flip_average=flips)
    one = with_file(tmp_path / "one", mean_model(read_input(GREY_64), 7, batch=1), flip_average=flips)
    found, wanted = (Classifier(load_unevaluated(each)).probabilities(FACES) for each in (one, free))
    assert found == pytest.approx(wanted, abs=1e-6)
    assert Classifier(load_unevaluated(one)).probabilities(FACES[:0]).shape == (0, 7)


def test_a_file_for_another_number_of_faces_is_refused(tmp_path: Path) -> None:
    directory = with_file(tmp_path, mean_model(read_input(GREY_64), 7, batch=4))
    assert "takes 4 faces at a time" in refusal(directory)


def test_an_answer_of_another_shape_is_refused_with_what_was_found(tmp_path: Path) -> None:
    directory = with_file(tmp_path, mean_model(read_input(GREY_64), 7, keeps_places=True))
    assert "output scores is ['n', 1, 1, 7], the manifest says [N, 7]" in refusal(directory)


def test_a_missing_output_is_named_beside_those_there_are(tmp_path: Path) -> None:
    write_foreign_package(tmp_path, EMOTIONS, input=GREY_64, heads={"emotions": "logits"})
    assert "no output logits, only scores" in refusal(tmp_path)


def test_a_file_that_fails_while_it_computes_is_one_line(tmp_path: Path) -> None:
    """Exported for any number of faces, with one number built in: found out by a batch alone."""
    shape = numpy_helper.from_array(np.array([1, 64 * 64], dtype=np.int64), "shape")
    weights = numpy_helper.from_array(np.ones((64 * 64, 7), dtype=np.float32), "weights")
    graph = helper.make_graph(
        [
            helper.make_node("Reshape", ["pixels", "shape"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["scores"]),
        ],
        "built in",
        [helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, ["n", 1, 64, 64])],
        [helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["n", 7])],
        [shape, weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    assert "3 faces cannot be read" in refusal(with_file(tmp_path, model.SerializeToString()))


@pytest.mark.parametrize(
    ("entry", "labels"),
    [
        (GREY_64 | {"mean": 127.5, "deviation": 127.5}, EMOTIONS),
        (GREY_64 | {"deviation": 60.0}, FERPLUS),
        (IMAGENET, FERPLUS),
        (BGR_112 | {"layout": "NCHW", "deviation": 60.0}, EMOTIONS),
    ],
)
def test_a_photo_is_read_by_whichever_format_the_manifest_names(
    tmp_path: Path, entry: dict[str, Any], labels: tuple[str, ...]
) -> None:
    engine = Engine(
        load_unevaluated(write_foreign_package(tmp_path, labels, input=entry)), HaarDetector(), Decoder()
    )
    try:
        [reading, no_face] = engine.read([london_face(), b"no image"])
    finally:
        engine.close()
    assert reading.scored
    assert reading.probabilities is not None
    assert sum(reading.probabilities) == pytest.approx(1)
    assert no_face.reason == "unreadable"


def test_mini_xception_by_its_manifest_is_the_peer_and_mostly_right(tmp_path: Path) -> None:
    """Its published 66 %: a wrong scaling, order of labels or size would show."""
    needs_shared()
    faces = load_faces(SHARED / "data" / "fer2013").split("PublicTest")
    some = faces.rows(np.arange(0, len(faces), 6))
    package = load_unevaluated(mini_xception_package(tmp_path))
    shares = Classifier(package).probabilities(some.pixels)
    assert (shares.argmax(1) == some.labels).mean() > 0.6
    straight, mirrored = (Peer().probabilities(pixels) for pixels in (some.pixels, some.pixels[:, :, ::-1]))
    both = np.exp((np.log(straight + 1e-12) + np.log(mirrored + 1e-12)) / 2)
    assert shares == pytest.approx(both / both.sum(axis=1, keepdims=True), abs=0.02)
