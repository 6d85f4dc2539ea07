"""A package that cannot be written whole is none, and one line says why."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package
from inference.training.errors import TrainingError
from inference.training.packaging import write_files
from tests.inference.engine.packages import COMMITTED, write_random_package
from tests.inference.training.small_data import small_arrays, write_archive


@pytest.fixture
def manifest() -> dict[str, Any]:
    entries: dict[str, Any] = json.loads((COMMITTED / "manifest.json").read_text())
    return entries


def test_files_of_a_package_are_written_together(tmp_path: Path, manifest: dict[str, Any]) -> None:
    write_files(tmp_path, (COMMITTED / "model.onnx").read_bytes(), manifest)
    assert load_package(tmp_path).sha256 == manifest["sha256"]
    assert {"card.md", "reliability.svg", "risk-coverage.svg"} <= {one.name for one in tmp_path.iterdir()}
    for name in ("card.md", "reliability.svg", "risk-coverage.svg"):
        assert (tmp_path / name).read_text() == (COMMITTED / name).read_text()


@pytest.mark.parametrize("name", ["model.onnx", "card.md"])
def test_full_disk_leaves_no_package(tmp_path: Path, manifest: dict[str, Any], name: str) -> None:
    (tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(TrainingError, match=r"cannot be written to .*No space left on device"):
        write_files(tmp_path, b"weights", manifest)
    with pytest.raises(ModelPackageError, match="manifest cannot be read"):
        load_package(tmp_path)


def test_full_disk_is_told_by_the_evaluation(tmp_path: Path) -> None:
    (tmp_path / "out.npz").symlink_to("/dev/full")
    data = write_archive(tmp_path / "faces.npz", small_arrays(21))
    weights = write_random_package(tmp_path / "tiny")
    options = ("--weights", str(weights), "--probabilities", str(tmp_path / "out.npz"))
    with pytest.raises(CommandError, match="No space left on device"):
        call_command("evaluate_classifier", str(data), *options)
