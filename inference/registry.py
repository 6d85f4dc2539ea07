"""The model in force: loaded once per process from settings.WEIGHTS_DIR, and nothing starts without it."""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from inference.engine.package import ModelPackage, load_package

if TYPE_CHECKING:
    from inference.engine.reading import Engine


def active_package() -> ModelPackage:
    """Raises ModelPackageError, with one line for the operator, when a file is missing or altered."""
    return _package(settings.WEIGHTS_DIR)


def engine() -> "Engine":
    """This process' engine, with a decoding child of its own. After a fork the child makes its own."""
    return _engine(settings.WEIGHTS_DIR, settings.DETECTOR_FILE, os.getpid())


def close_engine() -> None:
    """Ends the decoding child."""
    if _engine.cache_info().currsize:
        engine().close()
        _engine.cache_clear()


@lru_cache(maxsize=1)
def _package(weights_dir: Path) -> ModelPackage:
    return load_package(weights_dir)


@lru_cache(maxsize=1)
def _engine(weights_dir: Path, detector_file: Path, process_id: int) -> "Engine":
    del process_id
    from inference.engine.reading import load_engine  # late: OpenCV and ONNX Runtime load in workers only

    return load_engine(weights_dir, detector_file)
