"""`manage.py train_classifier` from data to package, in miniature."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from inference.engine.package import load_package
from inference.training.dataset import load_faces
from inference.training.errors import TrainingError
from inference.training.fit import Fitting, Plan
from inference.training.recipes import get_recipe
from tests.inference.training.small_data import small_arrays, write_archive


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def train(data: Path, out: Path, *options: str) -> dict[str, Any]:
    output = io.StringIO()
    paths = ("--data", str(data), "--out", str(out), "--recipe", "smoke")
    call_command("train_classifier", *paths, *options, stdout=output, stderr=io.StringIO())
    printed: dict[str, Any] = json.loads(output.getvalue())
    return printed


def test_package_is_complete_and_learned_something(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(630))
    printed = train(data, tmp_path / "out", "--epochs", "12")
    package = load_package(tmp_path / "out")
    assert printed["metrics"]["PublicTest"]["accuracy"] > 0.4
    assert len((tmp_path / "out" / "training.jsonl").read_text().splitlines()) == 12
    assert package.sha256 in (tmp_path / "out" / "card.md").read_text()
    figures = io.StringIO()
    call_command(
        "evaluate_classifier",
        str(data),
        "--split",
        "PublicTest",
        "--weights",
        str(tmp_path / "out"),
        stdout=figures,
        stderr=io.StringIO(),
    )
    found = json.loads(figures.getvalue())
    assert {name: found[name] for name in printed["metrics"]["PublicTest"]} == printed["metrics"][
        "PublicTest"
    ]


def test_resumed_run_ends_like_an_unbroken_one(tmp_path: Path) -> None:
    faces = load_faces(write_archive(tmp_path / "faces.npz", small_arrays(210)))
    plan = Plan(seed=1, epochs=2)

    def begun() -> Fitting:
        return Fitting(get_recipe("smoke"), faces, faces, plan)

    whole, first, second = begun(), begun(), begun()
    torch.manual_seed(5)
    whole.train_epoch()
    torch.manual_seed(6)
    whole.train_epoch()
    torch.manual_seed(5)
    first.train_epoch()
    torch.save(first.state(), tmp_path / "checkpoint.pt")
    second.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    torch.manual_seed(6)
    second.train_epoch()
    for one, other in zip(whole.network.state(), second.network.state(), strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_finished_run_resumes_into_the_same_model(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    train(data, tmp_path / "out")
    before = load_package(tmp_path / "out").sha256
    train(data, tmp_path / "out", "--resume")
    assert load_package(tmp_path / "out").sha256 == before
    with pytest.raises(CommandError, match="of another recipe or seed"):
        train(data, tmp_path / "out", "--resume", "--seed", "9")


def test_further_cycle_goes_on_from_a_finished_run(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    train(data, tmp_path / "first")
    train(data, tmp_path / "second", "--start", str(tmp_path / "first"), "--seed", "1")
    training = json.loads((tmp_path / "second" / "manifest.json").read_text())["training"]
    assert [cycle["epochs"] for cycle in training["cycles"]] == [1, 1]
    assert training["epochs"] == 2
    log = (tmp_path / "second" / "training.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in log] == [1, 2]
    with pytest.raises(CommandError, match="no finished epoch to start from"):
        train(data, tmp_path / "third", "--start", str(tmp_path / "nowhere"))


def test_limit_takes_few_rows(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(630))
    printed = train(data, tmp_path / "out", "--limit", "300")
    rows = json.loads((tmp_path / "out" / "manifest.json").read_text())["training"]["rows"]
    assert rows["fitted"] + rows["held_out"] + printed["metrics"]["PublicTest"]["n"] == 300


def test_a_model_of_ones_own_has_its_own_name(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "faces.npz", small_arrays(210))
    train(data, tmp_path / "out", "--named", "north-faces", "1")
    assert load_package(tmp_path / "out").label == "north-faces 1"
    assert (tmp_path / "out" / "card.md").read_text().startswith("# north-faces 1")
    with pytest.raises(CommandError, match="--named: version must have"):
        train(data, tmp_path / "out", "--named", "north-faces", "1 beta")


def test_data_without_votes_or_splits_train_too(tmp_path: Path) -> None:
    extra = ("usage", "ferplus_votes", "duplicate_group")
    data = write_archive(tmp_path / "faces.npz", small_arrays(210), without=extra)
    printed = train(data, tmp_path / "out")
    assert printed["metrics"]["held_out"]["ferplus_accuracy"] is None
    assert "PublicTest" not in printed["metrics"]


def test_bad_data_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there are no data at"):
        train(tmp_path / "nowhere", tmp_path / "out")
    arrays = small_arrays(210)
    kept = arrays["label"] != 2
    data = write_archive(tmp_path / "faces.npz", {name: rows[kept] for name, rows in arrays.items()})
    with pytest.raises(CommandError, match="no face labelled fear"):
        train(data, tmp_path / "out")
    with pytest.raises(CommandError, match="--epochs must be above 0"):
        train(data, tmp_path / "out", "--epochs", "0")
    with pytest.raises(CommandError, match="there is no recipe 'best'"):
        train(data, tmp_path / "out", "--recipe", "best")


def test_loss_that_is_no_number_stops_the_run(tmp_path: Path) -> None:
    faces = load_faces(write_archive(tmp_path / "faces.npz", small_arrays(210)))
    fitting = Fitting(get_recipe("smoke"), faces, faces, Plan(seed=0, epochs=1))
    with torch.no_grad():
        next(iter(fitting.network.modules.parameters())).fill_(np.nan)
    with pytest.raises(TrainingError, match="the loss became nan in epoch 1"):
        fitting.train_epoch()
