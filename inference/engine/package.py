"""The model's files: a manifest, and an ONNX file whose SHA-256 the manifest names."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError

MANIFEST = "manifest.json"
INPUT_SIDE = 48


@dataclass(frozen=True, eq=False)
class ModelPackage:
    """A checked model package.

    `confusion`: counts [7, 7], rows the true FER+ majority, columns the argmax. `reference_shares`: [7], the
    class shares that the calibration assumes, sum 1. `temperature` divides `ferplus_logits`,
    `label_temperature` the `label_logits`. `abstain_below`: a reading whose top probability is lower is
    `uncertain`. `crop_margin`: widening of the face square on each side, as a share of its side; 0 frames a
    face as FER-2013 does.
    """

    name: str
    version: str
    sha256: str
    model: bytes
    temperature: float
    label_temperature: float
    abstain_below: float
    crop_margin: float
    flip_average: bool
    confusion: NDArray[np.float64]
    reference_shares: NDArray[np.float64]
    manifest: dict[str, Any]


def load_package(directory: Path) -> ModelPackage:
    """Read and check a package; raises `ModelPackageError`: one line, which file and what is wrong."""
    manifest = _read_manifest(directory / MANIFEST)
    try:
        return _checked(directory, manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelPackageError(f"{directory / MANIFEST}: {_named(error)}") from None


def _named(error: Exception) -> str:
    return f"the entry {error} is missing" if isinstance(error, KeyError) else str(error)


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelPackageError(f"{path}: the model's manifest cannot be read ({error.strerror})") from None
    except ValueError:
        raise ModelPackageError(f"{path}: the model's manifest is not JSON") from None
    if not isinstance(manifest, dict):
        raise ModelPackageError(f"{path}: the model's manifest is not a JSON object")
    return manifest


def _checked(directory: Path, manifest: dict[str, Any]) -> ModelPackage:
    shape = manifest["input"]
    if tuple(manifest["labels"]) != EMOTIONS:
        raise ValueError(f"labels must be {', '.join(EMOTIONS)}, in this order")
    if (shape["width"], shape["height"], shape["channels"]) != (INPUT_SIDE, INPUT_SIDE, 1):
        raise ValueError(f"the input must be {INPUT_SIDE} x {INPUT_SIDE} x 1")
    return ModelPackage(
        name=str(manifest["name"]),
        version=str(manifest["version"]),
        sha256=str(manifest["sha256"]),
        model=_read_model(directory, str(manifest["file"]), str(manifest["sha256"])),
        temperature=_within(manifest, "temperature", 0.01, 100),
        label_temperature=_within(manifest, "label_temperature", 0.01, 100),
        abstain_below=_within(manifest, "abstain_below", 0, 1),
        crop_margin=_within(shape, "crop_margin", -0.4, 2),
        flip_average=bool(manifest["flip_average"]),
        confusion=_array(manifest["confusion"]["counts"], (len(EMOTIONS), len(EMOTIONS)), "confusion"),
        reference_shares=_array(manifest["reference_shares"], (len(EMOTIONS),), "reference_shares"),
        manifest=manifest,
    )


def _within(entries: dict[str, Any], name: str, low: float, high: float) -> float:
    value = float(entries[name])
    if not low <= value <= high:
        raise ValueError(f"{name} must be between {low} and {high}, not {value}")
    return value


def _array(values: object, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name} must hold {' x '.join(map(str, shape))} numbers that are not negative")
    array.flags.writeable = False
    return array


def _read_model(directory: Path, name: str, sha256: str) -> bytes:
    path = directory / name
    if path.parent != directory:
        raise ValueError("the model's file must lie beside the manifest")
    try:
        model = path.read_bytes()
    except OSError as error:
        raise ModelPackageError(f"{path}: the model cannot be read ({error.strerror})") from None
    if hashlib.sha256(model).hexdigest() != sha256:
        raise ModelPackageError(f"{path}: the model was altered (its SHA-256 is not the manifest's)")
    return model
