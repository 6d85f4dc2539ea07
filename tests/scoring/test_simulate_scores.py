"""`manage.py simulate_scores`: reads faces and a model, needs no database, answers bad data in one line."""

import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from scoring.simulation import figures
from tests import shared_data
from tests.inference.engine.packages import COMMITTED, write_random_package

VOTE_COLUMNS = (4, 5, 6, 1, 3, 2, 0)  # where FER+ keeps our seven emotions


def write_faces(path: Path, *, emotions: int = 7, with_votes: bool = True, copies: int = 1) -> Path:
    """An .npz of 70 noisy faces, times `copies`, that ten people agree on, and one that they do not."""
    draws = np.random.default_rng(0)
    count = 70 * copies + 1
    label = np.arange(count) % emotions
    votes = np.zeros((count, 10), dtype=np.int8)
    votes[np.arange(count), np.array(VOTE_COLUMNS)[label]] = 10
    votes[-1] = 1
    arrays: dict[str, Any] = {
        "pixels": draws.integers(0, 256, (count, 48, 48), dtype=np.uint8),
        "label": label.astype(np.int8),
        "usage": (np.arange(count) % 2).astype(np.int8),
    }
    if with_votes:
        arrays["ferplus_votes"] = votes
    np.savez(path, **arrays)
    return path


def run(data: Path, model: Path, *options: str) -> dict[str, object]:
    output = io.StringIO()
    few = () if "--patients" in options else ("--patients", "0")
    streams = {"stdout": output, "stderr": io.StringIO()}
    call_command("simulate_scores", str(data), "--weights", str(model), *few, *options, **streams)
    assert "faces" in streams["stderr"].getvalue(), "progress is told beside the figures"
    printed: dict[str, object] = json.loads(output.getvalue())
    return printed


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_random_package(tmp_path / "model")


def test_it_prints_the_report_with_the_model_and_the_split(tmp_path: Path, model: Path) -> None:
    faces = write_faces(tmp_path / "faces.npz")
    report = run(faces, model, "--weeks", "10", "--seed", "3", "--split", "PublicTest")
    assert set(report) == {"profiles", "estimators", "settings", "courses"}
    assert report["courses"] == {}
    used = report["settings"]
    assert isinstance(used, dict)
    assert (used["split"], used["weeks"], used["seed"]) == ("PublicTest", 10, 3)
    assert used["faces"] == 35
    assert used["model"]["name"] == "random"


def test_without_a_split_every_agreed_face_is_drawn_from(tmp_path: Path, model: Path) -> None:
    used = run(write_faces(tmp_path / "faces.npz"), model, "--weeks", "2")["settings"]
    assert isinstance(used, dict)
    assert (used["faces"], used["split"]) == (70, "all")


def test_it_writes_tables_and_charts_between_the_marks_of_a_document(tmp_path: Path, model: Path) -> None:
    document = tmp_path / "score.md"
    document.write_text(f"before\n{figures.BEGIN}\nyesterday\n{figures.END}\nafter\n")
    faces = write_faces(tmp_path / "faces.npz")
    report = run(faces, model, "--weeks", "5", "--patients", "2", "--write", str(document))
    assert set(report["courses"]) == {"2", "4", "7", "14"}  # type: ignore[call-overload]
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "yesterday" not in text
    assert "| severe | 7.1" in text
    for name in re.findall(r"\]\((score/.+?\.svg)\)", text):
        root = ElementTree.fromstring((tmp_path / name).read_text())
        assert root.tag.endswith("svg")
    document.write_text("no marks")
    with pytest.raises(CommandError, match="no place for the figures"):
        run(faces, model, "--weeks", "5", "--patients", "1", "--write", str(document))


def test_priors_are_compared_on_the_rows_kept_from_training(tmp_path: Path, model: Path) -> None:
    faces = write_faces(tmp_path / "faces.npz", copies=12)
    output = io.StringIO()
    options = ("--weights", str(model), "--split", "HeldOut", "--priors", "--weeks", "3")
    call_command("simulate_scores", str(faces), *options, stdout=output, stderr=io.StringIO())
    grid = json.loads(output.getvalue())
    assert {row["reading_spread"] for row in grid} == {"population", "half", "even"}
    assert set(grid[0]["report"]["profiles"]) == {"well", "mild", "low", "severe"}


def test_the_figures_in_the_docs_are_of_the_committed_model() -> None:
    manifest = json.loads((settings.WEIGHTS_DIR / "manifest.json").read_text())
    said = (settings.BASE_DIR / "docs" / "score.md").read_text()
    assert f"`{manifest['name']} {manifest['version']}`, sha256 `{manifest['sha256'][:12]}`" in said, (
        "run: manage.py simulate_scores DATA --split PublicTest --patients 150 --write docs/score.md"
    )


def test_the_figures_in_the_docs_are_what_the_command_prints() -> None:
    """On another processor one face in a thousand may fall the other way."""
    shared_data.needs_shared()
    report = run(
        shared_data.SHARED / "data" / "fer2013", COMMITTED, "--split", "PublicTest", "--patients", "0"
    )
    said = (settings.BASE_DIR / "docs" / "score.md").read_text()
    for line in figures.weeks_table(report).splitlines()[2:]:  # type: ignore[arg-type]
        name, found = line.split("|")[1], numbers_of(line)
        there = next(one for one in said.splitlines() if one.startswith(f"|{name}|"))
        assert numbers_of(there) == pytest.approx(found, abs=1.0), name


def numbers_of(row: str) -> list[float]:
    return [float(one) for one in re.findall(r"[\d.]+", row)]


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


def test_a_document_that_cannot_take_the_figures_is_told_before_the_work(tmp_path: Path, model: Path) -> None:
    faces = write_faces(tmp_path / "faces.npz")
    with pytest.raises(CommandError, match=r"nowhere\.md cannot be read"):
        run(faces, model, "--write", str(tmp_path / "nowhere.md"))
    document = tmp_path / "score.md"
    document.write_text(f"{figures.BEGIN}\n{figures.END}\n")
    (tmp_path / "score").write_text("in the way of the charts")
    with pytest.raises(CommandError, match=r"score\.md cannot be written"):
        run(faces, model, "--weeks", "5", "--patients", "1", "--write", str(document))
    assert document.read_text() == f"{figures.BEGIN}\n{figures.END}\n"
