"""The model in force: loaded once per process from settings.WEIGHTS_DIR, and nothing starts without it."""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from inference.engine.detector_file import check_detector
from inference.engine.package import ModelPackage, load_package

if TYPE_CHECKING:
    from inference.engine.reading import Engine

_engines: "dict[tuple[Path, Path, int], Engine]" = {}


def active_package() -> ModelPackage:
    """Raises ModelPackageError, with one line for the operator, when a file is missing or altered."""
    return _package(settings.WEIGHTS_DIR)


def check_model_opens() -> None:
    """Raises ModelPackageError where the file is the manifest's own but no network of our layout."""
    from inference.engine.classify import Classifier  # late: ONNX Runtime loads in workers only

    Classifier(active_package())


def check_detector_in_force() -> None:
    """Raises ModelPackageError, one line, when a detector was installed and is not the one we know."""
    if settings.DETECTOR_FILE.is_file():
        check_detector(settings.DETECTOR_FILE)


def engine() -> "Engine":
    """This process' engine, with a decoding child of its own. After a fork the child makes its own."""
    key = (settings.WEIGHTS_DIR, settings.DETECTOR_FILE, os.getpid())
    if key not in _engines:
        from inference.engine.reading import load_engine  # late: OpenCV and ONNX Runtime load in workers only

        close_engine()
        _engines[key] = load_engine(settings.WEIGHTS_DIR, settings.DETECTOR_FILE)
    return _engines[key]


def close_engine() -> None:
    """Ends the decoding child; one that belongs to the parent is left to it."""
    while _engines:
        _engines.popitem()[1].close()


@lru_cache(maxsize=1)
def _package(weights_dir: Path) -> ModelPackage:
    return load_package(weights_dir)
