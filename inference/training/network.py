"""The layer list as PyTorch modules."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.training.layers import FEATURES, Add, Architecture, Conv, Halve


class Network:
    """Runs an Architecture. `modules` holds every parameter and buffer under its layer's name."""

    def __init__(self, architecture: Architecture, dropout: float) -> None:
        self.architecture = architecture
        self.dropout = dropout
        self.modules = nn.ModuleDict({conv.name: _module(conv) for conv in architecture.convolutions})

    def __call__(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """float32 [N, 1, 48, 48] in 0..255 -> FER+ logits [N, 7], label logits [N, 7]."""
        pooled = self.features(faces).mean((2, 3))
        pooled = functional.dropout(pooled, self.dropout, training=self.modules.training)
        ferplus, label = (self._head(head, pooled) for head in self.architecture.heads)
        return ferplus, label

    def features(self, faces: Tensor) -> Tensor:
        """The last map [N, channels, 6, 6] before the heads."""
        normalised = (faces - self.architecture.mean) / self.architecture.deviation
        values = {"input": normalised.contiguous(memory_format=torch.channels_last)}
        for layer in self.architecture.layers:
            values[layer.name] = self._run(layer, values)
        return values[FEATURES]

    def _run(self, layer: Conv | Halve | Add, values: dict[str, Tensor]) -> Tensor:
        if isinstance(layer, Halve):
            return functional.avg_pool2d(values[layer.source], 2)
        if isinstance(layer, Add):
            return functional.relu(values[layer.left] + values[layer.right], inplace=True)
        result: Tensor = self.modules[layer.name](values[layer.source])
        return functional.relu(result, inplace=True) if layer.relu else result

    def _head(self, head: Conv, pooled: Tensor) -> Tensor:
        """A 1x1 convolution after the spatial mean: the mean of the class's activation map."""
        weight, bias = self.modules[head.name].parameters()
        return functional.linear(pooled, weight.flatten(1), bias)

    def decayed_and_free(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Weights that decay, and norms and biases that do not."""
        parameters = list(self.modules.parameters())
        decayed = [parameter for parameter in parameters if parameter.ndim > 1]
        return decayed, [parameter for parameter in parameters if parameter.ndim <= 1]

    def state(self) -> Iterator[Tensor]:
        return (value for value in self.modules.state_dict().values() if value.is_floating_point())


def _module(conv: Conv) -> nn.Module:
    convolution = nn.Conv2d(
        conv.inputs, conv.outputs, conv.kernel, conv.stride, conv.kernel // 2, bias=not conv.normed
    )
    convolution.weight.data = convolution.weight.data.contiguous(memory_format=torch.channels_last)
    if not conv.normed:
        return convolution
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(conv.outputs))
