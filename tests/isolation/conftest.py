from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from inference import registry
from tests.inference.engine.packages import write_random_package
from tests.isolation.twins import Twin, make_twin


@pytest.fixture
def twins(db: None) -> tuple[Twin, Twin]:
    return make_twin("north"), make_twin("south")


@pytest.fixture
def tiny_model(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "weights")
    yield
    registry.close_engine()
