"""Layer list and trained arrays as an ONNX graph: norms folded in, without PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from inference.training.layers import FEATURES, FERPLUS_HEAD, LABEL_HEAD, Add, Architecture, Conv, Halve

NORM_EPSILON = 1e-5
OPSET, IR_VERSION = 17, 8  # what onnxruntime has read since 1.12

Arrays = Mapping[str, npt.NDArray[np.float32]]
Values = npt.NDArray[np.float32]


def fold(conv: Conv, arrays: Arrays) -> tuple[Values, Values]:
    """Weight [outputs, inputs, k, k] and bias [outputs] of a convolution with its batch norm folded in.

    `arrays` has the names of the PyTorch state: `<layer>.weight` and `.bias` without a norm,
    `<layer>.0.weight` and `<layer>.1.{weight,bias,running_mean,running_var}` with one.
    """
    if not conv.normed:
        return arrays[f"{conv.name}.weight"], arrays[f"{conv.name}.bias"]
    norm = {
        part: arrays[f"{conv.name}.1.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    }
    scale = norm["weight"] / np.sqrt(norm["running_var"] + NORM_EPSILON)
    weight = arrays[f"{conv.name}.0.weight"] * scale[:, None, None, None]
    return weight, norm["bias"] - norm["running_mean"] * scale


@dataclass
class _Graph:
    """Nodes and constants as they are collected."""

    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def layer(self, layer: Conv | Halve | Add, arrays: Arrays) -> None:
        if isinstance(layer, Halve):
            self.node("AveragePool", [layer.source], layer.name, kernel_shape=[2, 2], strides=[2, 2])
        elif isinstance(layer, Add):
            self.node("Add", [layer.left, layer.right], f"{layer.name}_sum")
            self.node("Relu", [f"{layer.name}_sum"], layer.name)
        else:
            self.convolution(layer, arrays, layer.name)

    def convolution(self, conv: Conv, arrays: Arrays, output: str) -> None:
        weight, bias = fold(conv, arrays)
        inputs = [
            conv.source,
            self.constant(f"{conv.name}_weight", weight.astype(np.float32)),
            self.constant(f"{conv.name}_bias", bias.astype(np.float32)),
        ]
        shape = {
            "kernel_shape": [conv.kernel] * 2,
            "strides": [conv.stride] * 2,
            "pads": [conv.kernel // 2] * 4,
        }
        if conv.relu:
            self.node("Conv", inputs, f"{output}_linear", **shape)
            self.node("Relu", [f"{output}_linear"], output)
        else:
            self.node("Conv", inputs, output, **shape)

    def head(self, conv: Conv, arrays: Arrays, maps: str, logits: str) -> None:
        self.convolution(conv, arrays, maps)
        self.node("GlobalAveragePool", [maps], f"{logits}_pooled")
        self.node("Flatten", [f"{logits}_pooled"], logits, axis=1)


def export(architecture: Architecture, arrays: Arrays) -> bytes:
    """The ONNX file: input `faces` float32 [N, 1, side, side] in 0..255.

    Outputs `ferplus_logits` [N, 7], `label_logits` [N, 7] and `activation_maps` [N, 7, h, w], whose spatial
    mean is `ferplus_logits` exactly: the head is a 1x1 convolution with its bias in the map.
    """
    graph = _Graph()
    mean = graph.constant("mean", np.float32(architecture.mean).reshape(1))
    deviation = graph.constant("deviation", np.float32(architecture.deviation).reshape(1))
    graph.node("Sub", ["faces", mean], "centred")
    graph.node("Div", ["centred", deviation], "input")
    for layer in architecture.layers:
        graph.layer(layer, arrays)
    ferplus, label = architecture.heads
    assert (ferplus.name, label.name) == (FERPLUS_HEAD, LABEL_HEAD)
    graph.head(ferplus, arrays, "activation_maps", "ferplus_logits")
    graph.head(label, arrays, "label_maps", "label_logits")
    return _serialised(graph, architecture)


def _serialised(graph: _Graph, architecture: Architecture) -> bytes:
    classes = architecture.heads[0].outputs
    side = _map_side(architecture)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "moodvision-fer",
            [_value("faces", "N", 1, architecture.side, architecture.side)],
            [
                _value("ferplus_logits", "N", classes),
                _value("label_logits", "N", classes),
                _value("activation_maps", "N", classes, side, side),
            ],
            graph.constants,
        ),
        producer_name="moodvision",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _map_side(architecture: Architecture) -> int:
    """Side of the last map: every convolution of stride 2 on the main path halves it, rounding up."""
    sides = {"input": architecture.side}
    for layer in architecture.layers:
        if isinstance(layer, Halve):
            sides[layer.name] = sides[layer.source] // 2
        elif isinstance(layer, Conv):
            sides[layer.name] = -(-sides[layer.source] // layer.stride)
        else:
            sides[layer.name] = sides[layer.left]
    return sides[FEATURES]


def _value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def random_arrays(architecture: Architecture, *, seed: int) -> dict[str, Values]:
    """Untrained arrays of the right names and shapes: to try the export before anything is trained."""
    draw = np.random.default_rng(seed)
    arrays: dict[str, npt.NDArray[np.float64]] = {}
    for conv in architecture.convolutions:
        fan_in = conv.inputs * conv.kernel**2
        weight = draw.normal(0, (2 / fan_in) ** 0.5, (conv.outputs, conv.inputs, conv.kernel, conv.kernel))
        if not conv.normed:
            arrays |= {f"{conv.name}.weight": weight, f"{conv.name}.bias": draw.normal(0, 0.1, conv.outputs)}
            continue
        arrays[f"{conv.name}.0.weight"] = weight
        arrays[f"{conv.name}.1.weight"] = draw.uniform(0.5, 1.5, conv.outputs)
        arrays[f"{conv.name}.1.bias"] = draw.normal(0, 0.1, conv.outputs)
        arrays[f"{conv.name}.1.running_mean"] = draw.normal(0, 0.1, conv.outputs)
        arrays[f"{conv.name}.1.running_var"] = draw.uniform(0.5, 1.5, conv.outputs)
    return {name: values.astype(np.float32) for name, values in arrays.items()}
