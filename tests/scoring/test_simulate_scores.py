"""`manage.py simulate_scores`: reads faces and a model, needs no database, answers bad data in one line."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.inference.engine.packages import write_random_package

VOTE_COLUMNS = (4, 5, 6, 1, 3, 2, 0)  # where FER+ keeps our seven emotions


def write_faces(path: Path, *, emotions: int = 7, with_votes: bool = True) -> Path:
    """An .npz of 70 noisy faces that ten people agree on, and one that they do not."""
    draws = np.random.default_rng(0)
    label = np.arange(71) % emotions
    votes = np.zeros((71, 10), dtype=np.int8)
    votes[np.arange(71), np.array(VOTE_COLUMNS)[label]] = 10
    votes[-1] = 1
    arrays: dict[str, Any] = {
        "pixels": draws.integers(0, 256, (71, 48, 48), dtype=np.uint8),
        "label": label.astype(np.int8),
        "usage": (np.arange(71) % 2).astype(np.int8),
    }
    if with_votes:
        arrays["ferplus_votes"] = votes
    np.savez(path, **arrays)
    return path


def run(data: Path, model: Path, *options: str) -> dict[str, object]:
    output = io.StringIO()
    call_command("simulate_scores", str(data), "--weights", str(model), *options, stdout=output)
    printed: dict[str, object] = json.loads(output.getvalue())
    return printed


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_random_package(tmp_path / "model")


def test_it_prints_the_report_with_the_model_and_the_split(tmp_path: Path, model: Path) -> None:
    faces = write_faces(tmp_path / "faces.npz")
    report = run(faces, model, "--weeks", "10", "--seed", "3", "--split", "PublicTest")
    assert set(report) == {"profiles", "estimators", "settings"}
    settings = report["settings"]
    assert isinstance(settings, dict)
    assert (settings["split"], settings["weeks"], settings["seed"]) == ("PublicTest", 10, 3)
    assert settings["faces"] == 35
    assert settings["model"]["name"] == "random"


def test_without_a_split_every_agreed_face_is_drawn_from(tmp_path: Path, model: Path) -> None:
    settings = run(write_faces(tmp_path / "faces.npz"), model, "--weeks", "2")["settings"]
    assert isinstance(settings, dict)
    assert (settings["faces"], settings["split"]) == (70, "all")


def test_bad_data_and_models_are_answered_in_one_line(tmp_path: Path, model: Path) -> None:
    faces = write_faces(tmp_path / "faces.npz")
    with pytest.raises(CommandError, match="there are no data"):
        run(tmp_path / "nowhere", model)
    with pytest.raises(CommandError, match="no FER\\+ votes"):
        run(write_faces(tmp_path / "voteless.npz", with_votes=False), model)
    with pytest.raises(CommandError, match="agree is sad"):
        run(write_faces(tmp_path / "cheerful.npz", emotions=4), model)
    with pytest.raises(CommandError, match="manifest cannot be read"):
        run(faces, tmp_path / "no-model")
    with pytest.raises(CommandError, match="at least one week"):
        run(faces, model, "--weeks", "0")
