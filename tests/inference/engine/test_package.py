import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package
from tests.inference.engine.packages import random_model, write_random_package

GREY = {"width": 48, "height": 48, "channels": 1, "crop_margin": 0}


def test_a_package_loads_and_classifies(package_directory: Path) -> None:
    package = load_package(package_directory)
    assert hashlib.sha256(package.model).hexdigest() == package.sha256
    assert package.confusion.shape == (7, 7)
    assert package.reference_shares.sum() == pytest.approx(1, abs=1e-3)
    assert Classifier(package).package is package


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    write_random_package(tmp_path)
    with (tmp_path / "model.onnx").open("ab") as file:
        file.write(b"\0")
    assert "altered" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["model.onnx", "manifest.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write_random_package(tmp_path) / name).unlink()
    assert name in refusal(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff"])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (write_random_package(tmp_path) / "manifest.json").write_text(text, encoding="latin-1")
    assert "manifest" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"labels": ["happy"]}, "labels"),
        ({"name": ""}, "name"),
        ({"name": "m" * 61}, "name"),
        ({"version": "1 beta"}, "version"),
        ({"version": "1" * 21}, "version"),
        ({"input": {"width": 64, "height": 48, "channels": 1, "crop_margin": 0}}, "square"),
        ({"input": {"width": 64, "height": 64, "channels": 3, "crop_margin": 0}}, "channels"),
        ({"input": {**GREY, "colour": "green"}}, "colour"),
        ({"input": {**GREY, "layout": "HWC"}}, "layout"),
        ({"input": {**GREY, "mean": [1, 2]}}, "mean"),
        ({"input": {**GREY, "deviation": 0}}, "deviation"),
        ({"labels": [*EMOTIONS, "happy"]}, "labels"),
        ({"labels": [*EMOTIONS, "contempt"], "fold": {"disdain": "disgust"}}, "fold"),
        ({"labels": [*EMOTIONS, "contempt"], "fold": {"contempt": "scorn"}}, "fold"),
        ({"heads": {"emotions": "out", "kind": "votes"}}, "kind"),
        ({"heads": {"kind": "logits"}}, "emotions"),
        ({"input": {"width": 48, "height": 48, "channels": 1}}, "crop_margin"),
        ({"temperature": 0}, "temperature"),
        ({"temperature": "warm"}, "warm"),
        ({"abstain_below": 1.5}, "abstain_below"),
        ({"confusion": {"counts": [[1]]}}, "confusion"),
        ({"reference_shares": [float("nan")] * 7}, "reference_shares"),
        ({"file": "../model.onnx"}, "beside"),
        ({"input": None}, "manifest.json"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    assert says in refusal(write_random_package(tmp_path, **changes))


@pytest.mark.parametrize("model", [b"no model", random_model(input_name="images"), random_model(classes=8)])
def test_a_model_of_another_layout_is_refused(tmp_path: Path, model: bytes) -> None:
    write_random_package(tmp_path, sha256=hashlib.sha256(model).hexdigest())
    (tmp_path / "model.onnx").write_bytes(model)
    with pytest.raises(ModelPackageError) as refused:
        Classifier(load_package(tmp_path))
    assert "\n" not in str(refused.value)


def refusal(directory: Path) -> str:
    with pytest.raises(ModelPackageError) as refused:
        load_package(directory)
    text = str(refused.value)
    assert "\n" not in text
    json.dumps(text)
    return text
