"""`manage.py evaluate_classifier`: what it prints for whose data, and what it refuses; needs no database."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.inference.engine.packages import write_random_package
from tests.inference.training.small_data import small_arrays, write_archive, write_folder

CONTRACT = {
    "n",
    "accuracy",
    "macro_f1",
    "balanced_accuracy",
    "ece",
    "per_class",
    "confusion",
    "ferplus_accuracy",
}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_random_package(tmp_path / "weights")


def evaluate(data: Path, weights: Path, *options: str) -> dict[str, Any]:
    output, progress = io.StringIO(), io.StringIO()
    arguments = (str(data), "--weights", str(weights), *options)
    call_command("evaluate_classifier", *arguments, stdout=output, stderr=progress)
    assert "faces" in progress.getvalue()
    figures: dict[str, Any] = json.loads(output.getvalue())
    return figures


def test_one_object_with_every_figure(tmp_path: Path, weights: Path) -> None:
    figures = evaluate(write_folder(tmp_path / "packed", small_arrays()), weights, "--split", "PublicTest")
    assert figures.keys() >= CONTRACT
    assert figures["n"] == 70
    assert figures["per_class"]["fear"]["support"] == 10
    assert np.array(figures["confusion"]).sum(1).tolist() == [10] * 7
    assert figures["model"]["name"] == "random"


def test_strangers_archive_counts_every_row(tmp_path: Path, weights: Path) -> None:
    """Pixels and labels are all that a stranger's file need hold."""
    extra = ("usage", "ferplus_votes", "duplicate_group")
    data = write_archive(tmp_path / "faces.npz", small_arrays(35), without=extra)
    figures = evaluate(data, weights)
    assert figures["n"] == 35
    assert figures["ferplus_accuracy"] is None
    assert figures["ece_against"] == "label"
    assert evaluate(data, weights, "--split", "PrivateTest") == {**figures, "split": "PrivateTest"}


def test_votes_without_any_majority(tmp_path: Path, weights: Path) -> None:
    arrays = {**small_arrays(35), "ferplus_votes": np.ones((35, 10), np.int8)}
    figures = evaluate(write_archive(tmp_path / "faces.npz", arrays), weights)
    assert figures["ferplus_accuracy"] is None
    assert figures["per_class"]["sad"]["ferplus_recall"] is None


def test_emotion_that_does_not_occur(tmp_path: Path, weights: Path) -> None:
    arrays = small_arrays(35)
    kept = arrays["label"] != 1
    data = write_archive(tmp_path / "faces.npz", {name: rows[kept] for name, rows in arrays.items()})
    figures = evaluate(data, weights)
    assert figures["per_class"]["disgust"]["support"] == 0
    recalls = [one["recall"] for one in figures["per_class"].values() if one["support"]]
    assert figures["balanced_accuracy"] == pytest.approx(np.mean(recalls), abs=1e-4)


def test_probabilities_are_written_for_every_row(tmp_path: Path, weights: Path) -> None:
    data, out = write_archive(tmp_path / "faces.npz", small_arrays(35)), tmp_path / "answers.npz"
    figures = evaluate(data, weights, "--probabilities", str(out))
    with np.load(out) as answers:
        assert answers["probabilities"].shape == answers["label_probabilities"].shape == (35, 7)
        assert answers["probabilities"].sum(1) == pytest.approx(np.ones(35), abs=1e-5)
        hits = answers["label_probabilities"].argmax(1) == answers["label"]
        assert figures["accuracy"] == pytest.approx(hits.mean(), abs=1e-5)
        votes_hits = answers["probabilities"].argmax(1) == answers["label"]
        assert figures["ferplus_accuracy"] == pytest.approx(votes_hits.mean(), abs=1e-5)


def test_head_of_the_manifest_is_used(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(35))
    for head in ("label", "mean"):
        weights = write_random_package(tmp_path / head, evaluation={"accuracy_head": head})
        assert evaluate(data, weights)["accuracy_head"] == head
    weights = write_random_package(tmp_path / "other", evaluation={"accuracy_head": "best"})
    with pytest.raises(CommandError, match="accuracy_head is 'best'"):
        call_command("evaluate_classifier", str(data), "--weights", str(weights), stderr=io.StringIO())


def test_what_is_missing_is_said_in_one_line(tmp_path: Path, weights: Path) -> None:
    with pytest.raises(CommandError, match="there are no data at"):
        call_command("evaluate_classifier", str(tmp_path / "nowhere"), "--weights", str(weights))
    data = write_archive(tmp_path / "faces.npz", small_arrays(35))
    with pytest.raises(CommandError, match="manifest cannot be read"):
        call_command("evaluate_classifier", str(data), "--weights", str(tmp_path))
    unwritable = str(tmp_path / "no" / "folder.npz")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "evaluate_classifier",
            str(data),
            "--weights",
            str(weights),
            "--probabilities",
            unwritable,
            stderr=io.StringIO(),
        )
