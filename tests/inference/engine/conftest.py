"""An engine for these tests: the random package always, the committed one where it is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.engine.package import ModelPackage, load_package
from inference.engine.reading import Engine, load_engine
from tests.inference.engine.packages import COMMITTED, write_random_package
from tests.shared_data import SHARED, needs_shared

YUNET = SHARED / "models" / "face_detection_yunet_2023mar.onnx"
KINDS = ["random", "committed"] if COMMITTED.is_dir() else ["random"]


@pytest.fixture(scope="session", params=KINDS)
def package_directory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "committed":
        return COMMITTED
    return write_random_package(tmp_path_factory.mktemp("random"))


@pytest.fixture(scope="session")
def package(package_directory: Path) -> ModelPackage:
    return load_package(package_directory)


@pytest.fixture(scope="session", params=["haar", "yunet"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Both detectors, with the random package: what is judged before the classifier needs no trained one."""
    needs_shared()
    directory = write_random_package(tmp_path_factory.mktemp("engine"))
    loaded = load_engine(directory, YUNET if request.param == "yunet" else None)
    yield loaded
    loaded.close()
