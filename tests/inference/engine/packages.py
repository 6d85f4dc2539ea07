"""Model packages for tests: a random tiny net of the contract, and the committed one where it is there."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inference.emotions import EMOTIONS
from inference.engine.formats import InputFormat, read_input
from tests.shared_data import SHARED, needs_shared

COMMITTED = Path(__file__).parents[3] / "inference" / "weights" / "moodvision-fer-3"
MINI_XCEPTION = Path(__file__).parents[3] / "docs" / "manifests" / "mini_xception.json"
MAPS = 12


def write_random_package(directory: Path, **changes: Any) -> Path:
    """A package whose classifier is one strided convolution; `changes` replace entries of its manifest."""
    directory.mkdir(parents=True, exist_ok=True)
    model = random_model()
    (directory / "model.onnx").write_bytes(model)
    manifest = {
        "name": "random",
        "version": "0",
        "file": "model.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "input": {"name": "faces", "width": 48, "height": 48, "channels": 1, "crop_margin": 0.0},
        "labels": list(EMOTIONS),
        "flip_average": True,
        "temperature": 0.7,
        "label_temperature": 1.0,
        "confusion": {"counts": (np.eye(7) * 10).astype(int).tolist()},
        "reference_shares": [1 / 7] * 7,
        "abstain_below": 0.0,
    }
    (directory / "manifest.json").write_text(json.dumps(manifest | changes))
    return directory


def mini_xception_package(directory: Path) -> Path:
    """The public peer with the manifest that docs/ shows."""
    needs_shared()
    directory.mkdir(parents=True, exist_ok=True)
    manifest = json.loads(MINI_XCEPTION.read_text())
    shutil.copy(SHARED / "models" / manifest["file"], directory)
    shutil.copy(MINI_XCEPTION, directory / "manifest.json")
    return directory


def write_foreign_package(directory: Path, labels: Sequence[str], **entries: Any) -> Path:
    """A package of somebody else's making: `input` of the manifest decides what the random net looks like.

    Its logits are weighted means of the pixels, so that size, colour and scaling can be told from the answer.
    """
    directory.mkdir(parents=True, exist_ok=True)
    wanted = read_input(entries["input"])
    model = mean_model(wanted, len(labels))
    (directory / "model.onnx").write_bytes(model)
    manifest = {
        "name": "foreign",
        "version": "1",
        "file": "model.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "labels": list(labels),
        "heads": {"emotions": "scores", "kind": "logits"},
        "licence": "none",
        "data": "none",
        "intended_use": "tests",
    }
    (directory / "manifest.json").write_text(json.dumps(manifest | entries))
    return directory


def mean_model(
    wanted: InputFormat, classes: int, *, batch: int | str = "n", keeps_places: bool = False
) -> bytes:
    """Logits [N, classes] = mean over places of each channel, times fixed weights.

    `batch`: of the file's first axis, free unless it is a number. `keeps_places`: answers of the wrong shape,
    [N, 1, 1, classes].
    """
    weights = np.random.default_rng(1).normal(0, 1, (wanted.channels, classes)).astype(np.float32)
    places = [2, 3] if wanted.layout == "NCHW" else [1, 2]
    ones = [1, 1] if keeps_places else []
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["pixels", "places"], ["means"], keepdims=int(keeps_places)),
            helper.make_node("MatMul", ["means", "weights"], ["scores"]),
        ],
        "foreign",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [batch, *wanted.shape])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [batch, *ones, classes])],
        [
            numpy_helper.from_array(np.array(places, dtype=np.int64), "places"),
            numpy_helper.from_array(weights, "weights"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def random_model(*, input_name: str = "faces", classes: int = 7) -> bytes:
    draw = np.random.default_rng(0)
    stride = 48 // MAPS
    weights = {
        "kernel": draw.normal(0, 3.0 / stride, (classes, 1, stride, stride)),
        "bias": draw.normal(0, 0.5, classes),
        "scale": np.array([1 / 255]),
    }
    nodes = [
        helper.make_node("Mul", [input_name, "scale"], ["scaled"]),
        helper.make_node("Conv", ["scaled", "kernel", "bias"], ["activation_maps"], strides=[stride, stride]),
        helper.make_node("ReduceMean", ["activation_maps", "axes"], ["ferplus_logits"], keepdims=0),
        helper.make_node("Neg", ["ferplus_logits"], ["label_logits"]),
    ]
    initialisers = [numpy_helper.from_array(a.astype(np.float32), name) for name, a in weights.items()]
    initialisers.append(numpy_helper.from_array(np.array([2, 3], dtype=np.int64), "axes"))
    outputs = {"ferplus_logits": [], "label_logits": [], "activation_maps": [MAPS, MAPS]}
    graph = helper.make_graph(
        nodes,
        "random",
        [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, ["n", 1, 48, 48])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", classes, *rest])
            for name, rest in outputs.items()
        ],
        initialisers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
