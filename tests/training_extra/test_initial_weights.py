"""`train_classifier --initial-weights`: a released package goes on learning as the function that it is."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from django.core.management import CommandError, call_command

from inference.engine.package import load_package
from inference.training.augment import pair_up
from inference.training.blending import SHARES, best_blend, blended
from inference.training.dataset import Faces, load_faces
from inference.training.fit import predict
from inference.training.initial_weights import load_package_into
from inference.training.network import Network
from inference.training.recipes import get_recipe
from inference.training.soft_targets import ask_teacher, targets_of, taught, unreadable
from tests.inference.training.small_data import small_arrays, write_archive

RELEASED = Path("inference/weights")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("data") / "faces.npz", small_arrays(210))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    out = tmp_path_factory.mktemp("released")
    train(data, out, "smoke", "--epochs", "8")
    return out


def train(data: Path, out: Path, recipe: str, *options: str) -> dict[str, Any]:
    output = io.StringIO()
    paths = ("--data", str(data), "--out", str(out), "--recipe", recipe)
    call_command("train_classifier", *paths, *options, stdout=output, stderr=io.StringIO())
    printed: dict[str, Any] = json.loads(output.getvalue())
    return printed


def agreement(package: Path, recipe: str, faces: Faces) -> float:
    """Share of faces of which the loaded network and the package's file name the same emotion."""
    network = Network(get_recipe(recipe).architecture, 0.0)
    load_package_into(network, package, torch.from_numpy(faces.pixels)[:, None].float())
    ours, _ = predict(network, faces)
    session = onnxruntime.InferenceSession(load_package(package).model, providers=["CPUExecutionProvider"])
    [theirs] = session.run(["ferplus_logits"], {"faces": faces.pixels[:, None].astype(np.float32)})
    return float((ours.argmax(1) == theirs.argmax(1)).mean())


def test_loaded_network_answers_as_the_package(data: Path, released: Path) -> None:
    assert agreement(released, "smoke", load_faces(data)) > 0.985


def test_released_package_of_the_repository_loads() -> None:
    [package] = sorted(path for path in RELEASED.iterdir() if path.is_dir())
    faces = load_faces_of_noise()
    assert agreement(package, "resnet-2.7m", faces) > 0.9


def load_faces_of_noise() -> Faces:
    pixels = np.random.default_rng(0).integers(0, 256, (48, 6, 6), dtype=np.uint8)
    return Faces(np.kron(pixels, np.ones((1, 8, 8), dtype=np.uint8)), np.arange(48) % 7)


def test_norms_hold_the_statistics_of_the_faces(data: Path, released: Path) -> None:
    network = Network(get_recipe("smoke").architecture, 0.0)
    views = torch.from_numpy(load_faces(data).pixels)[:, None].float()
    load_package_into(network, released, views)
    with torch.no_grad():
        as_measured = network(views)[0]
        network.modules.train()
        in_training = network(views)[0]
    torch.testing.assert_close(as_measured, in_training, rtol=0.02, atol=0.05)


def test_fine_tuning_goes_on_from_the_package(data: Path, released: Path, tmp_path: Path) -> None:
    train(data, tmp_path / "out", "smoke-refine", "--initial-weights", str(released), "--epochs", "2")
    before, after = (json.loads((one / "manifest.json").read_text()) for one in (released, tmp_path / "out"))
    assert [cycle["recipe"] for cycle in after["training"]["cycles"]] == ["smoke", "smoke-refine"]
    assert after["sha256"] != before["sha256"]
    assert after["training"]["share_of_the_way"] in SHARES
    assert "of the way from the package" in (tmp_path / "out" / "card.md").read_text()
    log = [json.loads(line) for line in (tmp_path / "out" / "training.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in log] == list(range(1, after["training"]["epochs"] + 1))
    assert log[8]["held_out_accuracy"] > before["metrics"]["held_out"]["accuracy"] - 0.2


def test_resumed_run_asks_the_teacher_no_second_time(data: Path, released: Path) -> None:
    faces, package = load_faces(data), load_package(released)
    said: list[str] = []
    first = ask_teacher(released, faces, released / "run", said.append)
    again = ask_teacher(released, faces, released / "run", said.append)
    assert [line for line in said if line.startswith("asking")] == [
        f"asking {package.name} {package.version} about the training faces"
    ]
    assert np.array_equal(first["labels"], again["labels"])
    untaught = targets_of(faces)
    blended = taught(untaught, first, 0.25)
    assert torch.allclose(blended.labels, 0.75 * untaught.labels + 0.25 * torch.from_numpy(first["labels"]))
    assert torch.allclose(blended.shares.sum(1), untaught.weights)


def test_faces_of_ones_own_are_trained_on_beside_the_others(
    data: Path, released: Path, tmp_path: Path
) -> None:
    more = write_archive(tmp_path / "own.npz", small_arrays(14, seed=9), without=("usage", "ferplus_votes"))
    options = ("--initial-weights", str(released), "--more-data", str(more), "--epochs", "1")
    train(data, tmp_path / "out", "smoke-refine", *options)
    rows = [
        json.loads((one / "manifest.json").read_text())["training"]["rows"]
        for one in (released, tmp_path / "out")
    ]
    assert rows[1]["fitted"] == rows[0]["fitted"] + 14
    assert rows[1]["held_out"] == rows[0]["held_out"]


def test_two_processes_share_a_run(data: Path, tmp_path: Path) -> None:
    """They meet at every step: both halves of a batch move the same weights."""
    train(data, tmp_path / "out", "smoke", "--workers", "2", "--epochs", "2")
    log = (tmp_path / "out" / "training.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in log] == [1, 2]


def test_blend_of_equal_weights_is_the_network_itself(data: Path, released: Path) -> None:
    recipe, faces = get_recipe("smoke"), load_faces(data)
    views = torch.from_numpy(faces.pixels)[:, None].float()
    network = Network(recipe.architecture, 0.0)
    load_package_into(network, released, views)
    state = network.modules.state_dict()
    expected, _ = predict(network, faces)
    for share in (1.0, 0.5):
        found, _ = predict(blended(recipe, state, state, share, views), faces)
        assert float((found.argmax(1) == expected.argmax(1)).mean()) > 0.98
    said: list[str] = []
    _, share = best_blend(recipe, state, state, views, faces, said.append)
    assert share in SHARES
    assert len(said) == len(SHARES)


def test_package_that_does_not_fit_is_refused(data: Path, released: Path, tmp_path: Path) -> None:
    refusals = {
        "is of another architecture": ("resnet-1.5m", "--initial-weights", str(released)),
        "manifest cannot be read": ("smoke", "--initial-weights", str(tmp_path)),
        "exclude each other": ("smoke", "--initial-weights", str(released), "--start", str(tmp_path)),
    }
    for message, (recipe, *options) in refusals.items():
        with pytest.raises(CommandError, match=message):
            train(data, tmp_path / "out", recipe, *options)


def test_mixed_faces_keep_the_share_of_their_targets(data: Path) -> None:
    targets = targets_of(load_faces(data)).rows(torch.arange(32))
    faces = torch.rand(32, 1, 48, 48) * 255
    for seed in range(6):
        mixed, partners, share = pair_up(faces, torch.Generator().manual_seed(seed))
        blended = targets.blend(targets.rows(partners), share)
        assert 0 <= share <= 1
        assert mixed.min() >= 0
        torch.testing.assert_close(blended.labels.sum(1), torch.ones(32))
        expected = targets.labels * share + targets.labels[partners] * (1 - share)
        torch.testing.assert_close(blended.labels, expected)


def test_unreadable_pictures_favour_no_emotion(data: Path) -> None:
    pixels, targets = unreadable(load_faces(data), get_recipe("smoke-refine"), seed=0)
    assert len(pixels) == len(targets.labels) == 6 * 2 + 4 + 12
    assert float(targets.shares.std()) == 0
