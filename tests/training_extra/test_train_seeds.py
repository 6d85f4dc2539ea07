"""`manage.py train_classifier --recipe NAME` for recipes of the source documents, in miniature."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from inference.training.seeds.keras_weights import shapes_of
from inference.training.seeds.recipes import SEED_RECIPES
from tests.inference.training.small_data import small_arrays, write_archive


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def train(data: Path, out: Path, *options: str, recipe: str = "baseline_cnn") -> dict[str, Any]:
    paths = ("--data", str(data), "--out", str(out), "--recipe", recipe)
    call_command("train_classifier", *paths, *options, stdout=io.StringIO(), stderr=io.StringIO())
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    return report


def test_report_has_the_figures_and_what_they_are_of(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(630))
    report = train(data, tmp_path / "out", "--epochs", "6", "--views", "none", "--head", "svm")
    assert report["parameters"] == 1_199_495
    assert report["metrics"]["PublicTest"]["accuracy"] > 0.5
    assert report["svm"]["accuracy"]["PublicTest"] > 0.5
    assert set(report["metrics"]["PublicTest"]["auc"]) == {
        *("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    }
    assert report["recipe"]["source"] == "002"
    assert len((tmp_path / "out" / "run" / "training.jsonl").read_text().splitlines()) == 6


def test_resumed_run_goes_on_and_another_choice_is_refused(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    train(data, tmp_path / "out", "--epochs", "1")
    report = train(data, tmp_path / "out", "--epochs", "2", "--resume")
    assert report["epochs"] == 2
    with pytest.raises(CommandError, match="of another recipe, seed or choice of options"):
        train(data, tmp_path / "out", "--epochs", "3", "--resume", "--optimiser", "sgd")


def test_ten_folds_judge_every_training_row_once(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(420))
    report = train(data, tmp_path / "out", "--folds", "10", "--epochs", "1", "--views", "none")
    assert sum(one["n"] for one in report["each_fold"]) == report["rows"] == 280
    assert len(report["each_fold"]) == 10
    assert set(report["metrics"]["per_class"]["disgust"]) == {"auc", "precision", "recall", "f1"}
    again = ("--folds", "10", "--views", "none", "--resume", "--epochs")
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("fold_*.json")}
    assert len(kept) == 10
    train(data, tmp_path / "out", *again, "1")
    assert kept == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("fold_*.json")}
    with pytest.raises(CommandError, match="is of another recipe, seed or choice of options"):
        train(data, tmp_path / "out", *again, "2")


def test_every_choice_of_a_source_can_be_made(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    choices = ("--mixup", "0.2", "--class-weights", "balanced", "--optimiser", "nadam", "--rate", "0.002")
    report = train(data, tmp_path / "out", *choices, "--batch", "16", "--epochs", "1")
    chosen = report["recipe"]
    assert (chosen["mixup"], chosen["balanced"], chosen["optimiser"]) == (0.2, True, "nadam")
    assert (chosen["rate"], chosen["batch"]) == (0.002, 16)


def test_backbone_is_put_in_and_stays_frozen(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    architecture = SEED_RECIPES["vgg16_transfer"].architecture
    arrays: dict[str, Any] = {
        f"{layer.name}/{part}": np.full(wanted, 0.001, dtype=np.float32)
        for layer, shape in architecture.named()
        if layer.name in architecture.backbone
        for part, wanted in shapes_of(layer, shape).items()
    }
    np.savez(tmp_path / "vgg16.npz", **arrays)
    options = ("--pretrained", str(tmp_path / "vgg16.npz"), "--epochs", "1", "--limit", "60")
    report = train(data, tmp_path / "out", *options, recipe="vgg16_transfer")
    assert (report["initial_weights"], report["trainable_parameters"]) == ("vgg16.npz", 3_591)
    kept = torch.load(tmp_path / "out" / "run" / "best.pt", weights_only=True)
    assert (kept["block3_conv2.weight"] == 0.001).all()


def test_backbone_without_a_file_needs_a_word(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="starts from weights that were trained on ImageNet"):
        train(tmp_path, tmp_path / "out", recipe="resnet50_transfer")
    with pytest.raises(CommandError, match="there are no data at"):
        train(tmp_path / "nowhere", tmp_path / "out", "--from-scratch", recipe="resnet50_transfer")


def test_counts_are_told_first_and_splits_that_are_each_other_are_refused(tmp_path: Path) -> None:
    arrays = small_arrays(210)
    data = write_archive(tmp_path / "faces.npz", arrays)
    said = io.StringIO()
    paths = ("--data", str(data), "--out", str(tmp_path / "out"), "--recipe", "baseline_cnn")
    call_command("train_classifier", *paths, "--epochs", "1", stdout=io.StringIO(), stderr=said)
    assert "Training: 140 rows; angry 20" in said.getvalue()
    extra = ("duplicate_group", "ferplus_votes")
    twice = {name: np.concatenate([rows, rows]) for name, rows in arrays.items()}
    twice["usage"] = np.repeat(np.array([0, 1], dtype=np.int8), 210)
    with pytest.raises(CommandError, match="the splits overlap: 210 of 210 rows"):
        train(write_archive(tmp_path / "twice.npz", twice, without=extra), tmp_path / "other")


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(CommandError, match="cannot be written"):
        train(data, tmp_path / "out", "--epochs", "1")
