"""Weights of a backbone from Keras's own file, read by the names of its layers, without Keras.

`.h5`: the files of keras.applications without top (needs h5py). `.npz`: arrays `<layer>/<part>` in Keras's
layout. Nothing is fetched: who has such a file names it.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.training.errors import TrainingError
from inference.training.seeds.specification import Architecture, Conv, Dense, Norm, Shape

WEIGHTED = ("kernel", "bias")
NORMED = ("gamma", "beta", "moving_mean", "moving_variance")
Parts = dict[str, npt.NDArray[np.float32]]


def read_backbone(path: Path, architecture: Architecture) -> dict[str, Parts]:
    """The parts of every layer of the backbone, checked by shape; TrainingError names what is wrong."""
    if not path.is_file():
        raise TrainingError(f"there is no file of weights at {path}")
    found = _read_archive(path) if path.suffix == ".npz" else _read_h5(path)
    backbone = [
        (layer, shape) for layer, shape in architecture.named() if layer.name in architecture.backbone
    ]
    for layer, shape in backbone:
        if layer.name not in found:
            raise TrainingError(f"{path} holds no layer {layer.name!r}: it is of another network")
        for part, wanted in shapes_of(layer, shape).items():
            given = found[layer.name].get(part)
            if given is None or given.shape != wanted:
                has = "nothing" if given is None else list(given.shape)
                raise TrainingError(f"{path}: {part} of {layer.name!r} is {has}, not {list(wanted)}")
    return {layer.name: found[layer.name] for layer, _ in backbone}


def shapes_of(layer: Conv | Dense | Norm, shape: Shape) -> dict[str, Shape]:
    """Keras's shape of each part, for inputs of `shape`."""
    if isinstance(layer, Norm):
        return dict.fromkeys(NORMED, (shape[0],))
    if isinstance(layer, Dense):
        return {"kernel": (shape[0], layer.units), "bias": (layer.units,)}
    return {"kernel": (layer.kernel, layer.kernel, shape[0], layer.filters), "bias": (layer.filters,)}


def _read_archive(path: Path) -> dict[str, Parts]:
    layers: dict[str, Parts] = {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            for name in archive.files:
                layer, _, part = name.partition("/")
                layers.setdefault(layer, {})[part] = archive[name].astype(np.float32)
    except (OSError, ValueError, EOFError) as error:
        raise TrainingError(f"{path} cannot be read as an .npz of plain arrays: {error}") from error
    return layers


def _read_h5(path: Path) -> dict[str, Parts]:
    """Keras lists a layer's arrays in a fixed order, under names that differ from version to version."""
    if find_spec("h5py") is None:
        raise TrainingError("reading Keras's .h5 needs h5py: `.venv/bin/pip install h5py`")
    h5py: Any = import_module("h5py")
    try:
        with h5py.File(path, "r") as file:
            root = file.get("model_weights", file)
            return {_text(name): _parts(root[name]) for name in root.attrs["layer_names"]}
    except (OSError, KeyError) as error:
        raise TrainingError(f"{path} cannot be read as a Keras file of weights: {error}") from error


def _parts(group: Any) -> Parts:
    arrays = [np.asarray(group[name], dtype=np.float32) for name in group.attrs["weight_names"]]
    return dict(zip(NORMED if len(arrays) == len(NORMED) else WEIGHTED, arrays, strict=False))


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
