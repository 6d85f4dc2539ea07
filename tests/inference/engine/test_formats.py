"""Bring your own model: the manifest alone says how it is fed and what its answers mean."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier, softmax
from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package, load_unevaluated
from tests.inference.engine.packages import mini_xception_package, write_foreign_package

GREY_64 = {"width": 64, "height": 64, "channels": 1, "crop_margin": 0.0}
IMAGENET = {
    "width": 224,
    "height": 224,
    "channels": 3,
    "colour": "rgb",
    "mean": [123.675, 116.28, 103.53],
    "deviation": [58.395, 57.12, 57.375],
    "crop_margin": 0.2,
}
BGR_112 = {"width": 112, "height": 112, "channels": 3, "colour": "bgr", "layout": "NHWC", "crop_margin": 0.1}
FERPLUS = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt")


@pytest.mark.parametrize(
    ("entry", "channels"),
    [
        (GREY_64, [100.0]),
        (GREY_64 | {"mean": 127.5, "deviation": 127.5}, [100 / 127.5 - 1]),
        (IMAGENET, [(100 - 123.675) / 58.395, (100 - 116.28) / 57.12, (100 - 103.53) / 57.375]),
        (BGR_112, [100.0, 100.0, 100.0]),
    ],
)
def test_a_grey_face_is_sized_and_scaled_as_the_manifest_says(
    tmp_path: Path, entry: dict[str, Any], channels: list[float]
) -> None:
    package = load_unevaluated(write_foreign_package(tmp_path, FERPLUS, input=entry))
    tensor = package.input.tensor(np.full((2, 48, 48), 100, dtype=np.uint8))
    assert tensor.shape == (2, *package.input.shape)
    assert tensor.dtype == np.float32
    places = (0, 2, 3) if package.input.layout == "NCHW" else (0, 1, 2)
    assert tensor.mean(axis=places) == pytest.approx(np.array(channels), abs=1e-4)


def test_colours_come_in_the_order_the_model_wants(tmp_path: Path) -> None:
    red = np.zeros((1, 112, 112, 3), dtype=np.uint8)
    red[..., 0] = 200
    package = load_unevaluated(write_foreign_package(tmp_path, EMOTIONS, input=BGR_112))
    assert package.input.tensor(red)[0, 0, 0].tolist() == [0, 0, 200]


def test_answers_are_put_into_our_order(tmp_path: Path) -> None:
    faces = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)
    turned = tuple(reversed(EMOTIONS))
    entry = GREY_64 | {"deviation": 50.0}
    ours, theirs = (
        Classifier(load_unevaluated(write_foreign_package(tmp_path / name, labels, input=entry)))
        for name, labels in (("ours", EMOTIONS), ("theirs", turned))
    )
    assert theirs.probabilities(faces) == pytest.approx(ours.probabilities(faces)[:, ::-1])


def test_contempt_is_dropped_and_the_seven_keep_their_proportions(tmp_path: Path) -> None:
    classifier = eight_classes(tmp_path)
    faces = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)
    folded = classifier.folded(faces)
    assert (folded.sum(axis=1) < 1).all()
    assert classifier.probabilities(faces) == pytest.approx(folded / folded.sum(axis=1, keepdims=True))


def test_contempt_goes_where_the_manifest_sends_it(tmp_path: Path) -> None:
    faces = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)
    dropped = eight_classes(tmp_path / "dropped").folded(faces)
    folded = eight_classes(tmp_path / "folded", fold={"contempt": "disgust"}).folded(faces)
    disgust = EMOTIONS.index("disgust")
    assert folded.sum(axis=1) == pytest.approx(1)
    assert folded[:, disgust] == pytest.approx(dropped[:, disgust] + 1 - dropped.sum(axis=1))


def test_a_face_taken_for_another_class_is_as_likely_each_of_ours(tmp_path: Path) -> None:
    package = load_unevaluated(write_foreign_package(tmp_path, FERPLUS, input=GREY_64))
    logits = np.zeros((1, 8))
    logits[0, FERPLUS.index("contempt")] = 2000.0
    assert (softmax(logits) @ package.folding).sum() == 0


def test_a_package_without_its_own_confusion_is_refused_until_evaluated(tmp_path: Path) -> None:
    write_foreign_package(tmp_path, EMOTIONS, input=GREY_64)
    with pytest.raises(ModelPackageError, match=r"confusion.*calibrate_model"):
        load_package(tmp_path)


@pytest.mark.parametrize(
    "change", [{"input": GREY_64 | {"width": 48, "height": 48}}, {"heads": {"emotions": "other"}}]
)
def test_a_file_that_is_not_what_its_manifest_says_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    write_foreign_package(tmp_path, EMOTIONS, input=GREY_64)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | change))
    with pytest.raises(ModelPackageError) as refused:
        Classifier(load_unevaluated(tmp_path))
    assert "\n" not in str(refused.value)


def test_a_model_without_maps_says_so(tmp_path: Path) -> None:
    classifier = Classifier(load_unevaluated(write_foreign_package(tmp_path, EMOTIONS, input=GREY_64)))
    assert not classifier.has_maps
    with pytest.raises(ModelPackageError, match="no activation maps"):
        classifier.explain(np.zeros((64, 64), dtype=np.uint8))


def test_mini_xception_runs_by_its_manifest_alone(tmp_path: Path) -> None:
    classifier = Classifier(load_unevaluated(mini_xception_package(tmp_path)))
    faces = np.random.default_rng(0).integers(0, 256, (2, 48, 48), dtype=np.uint8)
    shares = classifier.probabilities(faces)
    assert shares.shape == (2, 7)
    assert shares.sum(axis=1) == pytest.approx(1)


def eight_classes(directory: Path, **entries: Any) -> Classifier:
    entry = GREY_64 | {"deviation": 100.0}
    return Classifier(load_unevaluated(write_foreign_package(directory, FERPLUS, input=entry, **entries)))
