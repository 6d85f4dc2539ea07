"""A seed's architecture as PyTorch modules, begun as Keras begins its layers."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.training.dataset import SIDE, Faces
from inference.training.seeds.keras_weights import Parts
from inference.training.seeds.specification import (
    Architecture,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    Norm,
    Relu,
    Residual,
    Shape,
)

NORM_MOMENTUM = 0.01  # PyTorch's way to say Keras's 0.99
BATCH = 256


class SeedNetwork:
    """Runs an Architecture. `modules` holds every parameter and buffer under its layer's name."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.modules = nn.ModuleDict(
            {layer.name: _module(layer, shape) for layer, shape in architecture.named()}
        )
        for name in architecture.frozen:
            self.modules[name].requires_grad_(False)
        self.modules.register_buffer("pixel_mean", torch.zeros(1, 1, SIDE, SIDE))
        self.modules.register_buffer("pixel_deviation", torch.full((1, 1, SIDE, SIDE), 255.0))

    def standardise(self, faces: Faces) -> None:
        """Each pixel by its mean and deviation over these rows, from now on."""
        pixels = faces.pixels.astype(np.float32)
        self.modules.pixel_mean.copy_(torch.from_numpy(pixels.mean(0))[None, None])
        self.modules.pixel_deviation.copy_(torch.from_numpy(pixels.std(0) + 1e-6)[None, None])

    def __call__(self, faces: Tensor) -> Tensor:
        """float32 [N, 1, 48, 48] in 0..255 -> logits [N, 7]."""
        result: Tensor = self._apply(self.architecture.layers[-1], self.features(faces))
        return result

    def features(self, faces: Tensor) -> Tensor:
        """What the last layer is given: [N, features]."""
        scaled = (faces - self.modules.pixel_mean) / self.modules.pixel_deviation
        return self._run(self.architecture.layers[:-1], scaled.expand(-1, self.architecture.channels, -1, -1))

    def train(self) -> None:
        """Frozen norms keep their statistics, as in Keras."""
        self.modules.train()
        for name in self.architecture.frozen:
            self.modules[name].eval()

    def decay(self) -> Tensor:
        """The sum of Keras's l2 penalties, to be added to the loss."""
        decayed = [
            layer.decay * self.modules[layer.name].weight.square().sum()
            for layer, _ in self.architecture.named()
            if isinstance(layer, Conv | Dense) and layer.decay
        ]
        return torch.stack(decayed).sum() if decayed else torch.zeros(())

    def trainable(self) -> list[nn.Parameter]:
        return [one for one in self.modules.parameters() if one.requires_grad]

    def put(self, backbone: dict[str, Parts]) -> None:
        """Take Keras's arrays: kernels are [height, width, inputs, filters] or [inputs, units] there."""
        for name, parts in backbone.items():
            module = self.modules[name]
            state = module.state_dict()
            for part, values in parts.items():
                layout = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[values.ndim]
                state[STATE_NAMES[part]] = torch.from_numpy(values.transpose(layout).copy())
            module.load_state_dict(state)

    def _run(self, layers: tuple[Layer, ...], values: Tensor) -> Tensor:
        for layer in layers:
            values = self._apply(layer, values)
        return values

    def _apply(self, layer: Layer, values: Tensor) -> Tensor:
        if isinstance(layer, Residual):
            return self._run(layer.body, values) + self._run(layer.shortcut, values)
        if isinstance(layer, Conv | Dense | Norm):
            return self.modules[layer.name](values)
        if isinstance(layer, MaxPool):
            return functional.max_pool2d(values, layer.size, layer.stride, layer.padding)
        if isinstance(layer, Dropout):
            return functional.dropout(values, layer.rate, training=self.modules.training)
        assert isinstance(layer, Relu | Flatten), layer
        return functional.relu(values) if isinstance(layer, Relu) else values.flatten(1)


STATE_NAMES = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def _module(layer: Conv | Dense | Norm, shape: Shape) -> nn.Module:
    if isinstance(layer, Norm):
        kind = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
        return kind(shape[0], eps=layer.epsilon, momentum=NORM_MOMENTUM)
    module: Any
    if isinstance(layer, Dense):
        module = nn.Linear(shape[0], layer.units)
    else:
        module = nn.Conv2d(shape[0], layer.filters, layer.kernel, layer.stride, layer.padding)
    nn.init.xavier_uniform_(module.weight)
    nn.init.zeros_(module.bias)
    return module


def probabilities(network: SeedNetwork, faces: Faces, *, mirrored: bool = False) -> np.ndarray[Any, Any]:
    """[N, 7] in evaluation mode, of the faces or of their mirror images."""
    logits = _in_batches(network, faces, network, mirrored)
    return np.asarray(torch.softmax(logits.double(), 1).numpy())


def features(network: SeedNetwork, faces: Faces) -> Tensor:
    """[N, features] in evaluation mode."""
    return _in_batches(network, faces, network.features, False)


def _in_batches(network: SeedNetwork, faces: Faces, function: Any, mirrored: bool) -> Tensor:
    network.modules.eval()
    parts = []
    for start in range(0, len(faces), BATCH):
        pixels = torch.from_numpy(faces.pixels[start : start + BATCH])[:, None].float()
        with torch.no_grad():
            parts.append(function(pixels.flip(3) if mirrored else pixels))
    return torch.cat(parts)
