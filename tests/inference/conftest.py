"""The worker's tests read with a tiny random model: they care that it answers, not what."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from inference import registry
from tests.inference.engine.packages import write_random_package


@pytest.fixture(scope="session")
def tiny_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield write_random_package(tmp_path_factory.mktemp("weights") / "tiny")
    registry.close_engine()


@pytest.fixture
def tiny_model(tiny_package: Path, settings: Settings) -> Path:
    settings.WEIGHTS_DIR = tiny_package
    return tiny_package
