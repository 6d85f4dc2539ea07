"""`manage.py train_classifier` where PyTorch is not installed, and what it refuses before it needs it."""

import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def train(tmp_path: Path, *options: str, recipe: str = "smoke") -> None:
    paths = ("--data", str(tmp_path), "--out", str(tmp_path / "out"))
    call_command("train_classifier", *paths, "--recipe", recipe, *options)


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def test_without_pytorch_one_line_says_how_to_get_it(tmp_path: Path, no_torch: None) -> None:
    with pytest.raises(CommandError, match=r"training needs torch: .*pip install torch"):
        train(tmp_path)


def test_product_needs_no_pytorch(no_torch: None) -> None:
    """Everything but the four modules that say so imports without it."""
    from inference.training import calibration, evaluation, layers, onnx_export, packaging, splits

    assert all((calibration, evaluation, layers, onnx_export, packaging, splits))
