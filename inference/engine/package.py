"""The model's files: a manifest, and an ONNX file whose SHA-256 the manifest names."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.engine.formats import Heads, InputFormat, read_folding, read_heads, read_input

MANIFEST = "manifest.json"
LONGEST_NAME, LONGEST_VERSION = 60, 20
OWN_FOLDING = np.eye(len(EMOTIONS))
UNEVALUATED: dict[str, Any] = {
    "temperature": 1.0,
    "label_temperature": 1.0,
    "abstain_below": 0.0,
    "confusion": {"counts": np.zeros((len(EMOTIONS),) * 2).tolist()},
    "reference_shares": [1 / len(EMOTIONS)] * len(EMOTIONS),
}
EVALUATED = ("temperature", "abstain_below", "confusion", "reference_shares")


@dataclass(frozen=True, eq=False)
class ModelPackage:
    """A checked model package.

    `confusion`: counts [7, 7], rows the true FER+ majority, columns the argmax. `reference_shares`: [7], the
    class shares that the calibration assumes, sum 1. `temperature` divides the emotions' logits,
    `label_temperature` those of the head for original labels. `abstain_below`: a reading whose top
    probability is lower is `uncertain`. `folding` [classes, 7]: the model's own classes -> ours.
    """

    name: str
    version: str
    sha256: str
    model: bytes
    temperature: float
    label_temperature: float
    abstain_below: float
    flip_average: bool
    confusion: NDArray[np.float64]
    reference_shares: NDArray[np.float64]
    manifest: dict[str, Any]
    input: InputFormat = field(default_factory=InputFormat)
    heads: Heads = field(default_factory=Heads)
    folding: NDArray[np.float64] = field(default_factory=lambda: OWN_FOLDING)

    @property
    def label(self) -> str:
        """What stored readings call it."""
        return f"{self.name} {self.version}".strip()

    def uncalibrated(self) -> "ModelPackage":
        """The network as it comes, for an evaluation."""
        return replace(self, temperature=1.0, label_temperature=1.0, abstain_below=0.0)


def load_package(directory: Path) -> ModelPackage:
    """Read and check a package; raises `ModelPackageError`: one line, which file and what is wrong."""
    manifest = read_manifest(directory)
    if missing := [name for name in EVALUATED if name not in manifest]:
        names = ", ".join(missing)
        raise ModelPackageError(f"{directory / MANIFEST}: {names} missing: run calibrate_model first")
    return _load(directory, manifest)


def load_unevaluated(directory: Path) -> ModelPackage:
    """A package that may lack what an evaluation tells: uncalibrated, never abstaining, no confusion."""
    return _load(directory, UNEVALUATED | read_manifest(directory))


def _load(directory: Path, manifest: dict[str, Any]) -> ModelPackage:
    try:
        return _checked(directory, manifest)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelPackageError(f"{directory / MANIFEST}: {_named(error)}") from None


def _named(error: Exception) -> str:
    return f"the entry {error} is missing" if isinstance(error, KeyError) else str(error)


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest as it stands; raises `ModelPackageError` where it cannot be read or is no JSON object."""
    path = directory / MANIFEST
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
    return ModelPackage(
        name=as_name(manifest["name"]),
        version=as_version(manifest["version"]),
        sha256=str(manifest["sha256"]),
        model=_read_model(directory, str(manifest["file"]), str(manifest["sha256"])),
        temperature=_within(manifest, "temperature", 0.01, 100),
        label_temperature=_within(UNEVALUATED | manifest, "label_temperature", 0.01, 100),
        abstain_below=_within(manifest, "abstain_below", 0, 1),
        flip_average=bool(manifest.get("flip_average", False)),
        confusion=_array(manifest["confusion"]["counts"], (len(EMOTIONS), len(EMOTIONS)), "confusion"),
        reference_shares=_array(manifest["reference_shares"], (len(EMOTIONS),), "reference_shares"),
        manifest=manifest,
        input=read_input(manifest["input"]),
        heads=read_heads(manifest.get("heads")),
        folding=read_folding(manifest["labels"], manifest.get("fold", {})),
    )


def as_name(value: object) -> str:
    """As readings keep it; raises ValueError."""
    name = str(value).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(f"name must have 1 to {LONGEST_NAME} letters")
    return name


def as_version(value: object) -> str:
    """As readings keep it; without a space, since "NAME VERSION" names a model. Raises ValueError."""
    version = str(value).strip()
    if not 0 < len(version) <= LONGEST_VERSION or " " in version:
        raise ValueError(f"version must have 1 to {LONGEST_VERSION} letters and no space")
    return version


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
