"""Which model reads for a clinic: its pin, else the active one, else the one that was shipped.

Packages are loaded once per process and checked against what was registered.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from inference.engine.detector_file import check_detector
from inference.engine.errors import ModelPackageError
from inference.engine.package import MANIFEST, ModelPackage, load_package
from inference.models import ModelPin, RegisteredModel

if TYPE_CHECKING:
    from inference.engine.reading import Engine

_engines: "dict[tuple[Path, Path, int], Engine]" = {}


@dataclass(frozen=True)
class InForce:
    """What reads a clinic's photos (None: the shipped model), and what reads beside it on trial, if any."""

    active: RegisteredModel | None
    shadow: RegisteredModel | None


def active_package() -> ModelPackage:
    """The shipped model; raises ModelPackageError, one line, when a file is missing or altered."""
    return _package(settings.WEIGHTS_DIR)


def models_in_force() -> InForce:
    """Of the clinic that was entered."""
    states = RegisteredModel.State
    rows = {
        row.state: row for row in RegisteredModel.objects.filter(state__in=[states.ACTIVE, states.SHADOW])
    }
    pin = ModelPin.objects.select_related("model").first()
    active = pin.model if pin is not None else rows.get(states.ACTIVE)
    shadow = rows.get(states.SHADOW)
    return InForce(active, None if shadow is not None and shadow == active else shadow)


def package_in_force() -> ModelPackage:
    """The package that reads in the clinic that was entered; raises ModelPackageError."""
    return package_of(models_in_force().active)


def package_of(model: RegisteredModel | None) -> ModelPackage:
    """Raises ModelPackageError where the files are not those that were registered."""
    if model is None:
        return active_package()
    directory = folder_of(model)
    package = _package(directory)
    if (package.sha256, manifest_sha256(directory)) != (model.sha256, model.manifest_sha256):
        raise ModelPackageError(f"{directory}: the files are not those that were registered as {model}")
    return package


def folder_of(model: RegisteredModel) -> Path:
    return Path(settings.MODELS_DIR) / model.folder


@lru_cache(maxsize=16)
def manifest_sha256(directory: Path) -> str:
    try:
        return hashlib.sha256((directory / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise ModelPackageError(f"{directory / MANIFEST}: cannot be read ({error.strerror})") from None


def check_model_opens() -> None:
    """Raises ModelPackageError where the file is the manifest's own but no network of our layout."""
    from inference.engine.classify import Classifier  # late: ONNX Runtime loads in workers only

    Classifier(active_package())


def check_detector_in_force() -> None:
    """Raises ModelPackageError, one line, when a detector was installed and is not the one we know."""
    if settings.DETECTOR_FILE.is_file():
        check_detector(settings.DETECTOR_FILE)


def engine(model: RegisteredModel | None = None) -> "Engine":
    """This process' engine for a model (None: the shipped one), all with one decoding child.

    After a fork the child makes its own. Raises ModelPackageError.
    """
    from inference.engine.reading import (
        Engine,
        load_engine,
    )  # late: OpenCV and ONNX Runtime load in workers only

    base_key = (settings.WEIGHTS_DIR, settings.DETECTOR_FILE, os.getpid())
    if base_key not in _engines:
        close_engine()
        _engines[base_key] = load_engine(settings.WEIGHTS_DIR, settings.DETECTOR_FILE)
    base = _engines[base_key]
    if model is None:
        return base
    key = (folder_of(model), settings.DETECTOR_FILE, os.getpid())
    package = package_of(model)
    if key not in _engines:
        _engines[key] = Engine(package, base.detector, base.decoder)
    return _engines[key]


def close_engine() -> None:
    """Ends the decoding child; one that belongs to the parent is left to it."""
    while _engines:
        _engines.popitem()[1].close()


@lru_cache(maxsize=16)
def _package(weights_dir: Path) -> ModelPackage:
    return load_package(weights_dir)
