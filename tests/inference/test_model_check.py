"""A model that is missing or altered is told in one line before anything goes live."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from inference import registry
from inference.engine.errors import ModelPackageError
from tests.inference.engine.packages import write_random_package


def said_of_the_model() -> list[tuple[str | None, int]]:
    found = run_checks(tags=["model"], include_deployment_checks=True)
    return [(message.id, len(str(message.msg).splitlines())) for message in found]


def test_a_whole_model_passes(tiny_model: Path) -> None:
    assert said_of_the_model() == []


@pytest.mark.parametrize("file", ["model.onnx", "manifest.json"])
@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_harmed_model_is_refused(tmp_path: Path, settings: Settings, file: str, harm: str) -> None:
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "weights")
    victim = settings.WEIGHTS_DIR / file
    if harm == "altered":
        victim.write_bytes(victim.read_bytes() + b"}")
    else:
        victim.unlink()
    assert said_of_the_model() == [("inference.E001", 1)]
    with pytest.raises(ModelPackageError):
        registry.active_package()
