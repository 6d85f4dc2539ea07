"""What a foreign model must know of itself before it may be registered is measured, not believed."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package, load_unevaluated
from inference.management.commands import calibrate_model
from tests.inference.engine.packages import write_foreign_package

GREY_64 = {"width": 64, "height": 64, "channels": 1, "crop_margin": 0.0, "deviation": 100.0}


def labelled_faces(path: Path, rows: int = 210) -> Path:
    draw = np.random.default_rng(0)
    np.savez(
        path,
        pixels=draw.integers(0, 256, (rows, 48, 48), dtype=np.uint8),
        label=np.arange(rows) % 7,
        usage=np.where(np.arange(rows) < rows * 2 // 3, 0, 1),
    )
    return path


def test_the_manifest_learns_temperature_confusion_and_figures(tmp_path: Path) -> None:
    directory = write_foreign_package(tmp_path / "model", EMOTIONS, input=GREY_64)
    with pytest.raises(ModelPackageError):
        load_package(directory)
    call_command(
        "calibrate_model", directory, data=labelled_faces(tmp_path / "faces.npz"), split="PublicTest"
    )
    package = load_package(directory)
    assert package.confusion.sum() == 70
    assert package.reference_shares.sum() == pytest.approx(1, abs=1e-3)
    assert package.manifest["metrics"]["PublicTest"]["n"] == 70


def test_a_second_evaluation_does_not_build_on_the_first(tmp_path: Path) -> None:
    directory = write_foreign_package(tmp_path / "model", EMOTIONS, input=GREY_64)
    faces = labelled_faces(tmp_path / "faces.npz")
    manifests = []
    for _ in range(2):
        call_command("calibrate_model", directory, data=faces)
        manifests.append(json.loads((directory / "manifest.json").read_text()))
    assert manifests[0] == manifests[1]


def test_missing_data_are_one_line(tmp_path: Path) -> None:
    directory = write_foreign_package(tmp_path / "model", EMOTIONS, input=GREY_64)
    with pytest.raises(CommandError, match="there are no data"):
        call_command("calibrate_model", directory, data=tmp_path / "nowhere")


def test_a_full_disk_leaves_the_old_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    path.write_text("{}")

    def full(*args: object, **kwargs: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ModelPackageError, match="No space left"):
        calibrate_model.write_whole(path, "new")
    assert path.read_bytes() == b"{}"


def test_labels_in_a_wrong_order_are_refused_and_the_right_one_is_named(tmp_path: Path) -> None:
    right = write_foreign_package(tmp_path / "right", EMOTIONS, input=GREY_64)
    pixels = np.random.default_rng(0).integers(0, 256, (700, 48, 48), dtype=np.uint8)
    pixels = (pixels * np.linspace(0.1, 1, 700)[:, None, None]).astype(np.uint8)
    label = Classifier(load_unevaluated(right)).probabilities(pixels).argmax(1)
    every = np.concatenate([label, np.arange(7)])
    np.savez(tmp_path / "faces.npz", pixels=np.concatenate([pixels, pixels[:7] // 2 + 90]), label=every)
    turned = write_foreign_package(tmp_path / "turned", EMOTIONS[::-1], input=GREY_64)
    before = (turned / "manifest.json").read_bytes()
    with pytest.raises(CommandError, match="another order than the model's answers"):
        call_command("calibrate_model", turned, data=tmp_path / "faces.npz")
    assert (turned / "manifest.json").read_bytes() == before
    call_command("calibrate_model", right, data=tmp_path / "faces.npz")
