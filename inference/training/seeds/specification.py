"""A network as Keras would sum it up: layers, shapes and parameter counts, without PyTorch.

Shapes are (channels, height, width), or (features,) once flat. Maps are square. Names of layers with
parameters are those of the source or of Keras, so that a file of weights can be read by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from inference.training.dataset import SIDE

Shape = tuple[int, ...]


class Layer:
    """Without parameters, and leaving the shape as it is, unless it says otherwise."""

    def outputs(self, shape: Shape) -> Shape:
        return shape

    def trained(self, shape: Shape) -> int:
        """How many numbers gradient descent changes, for inputs of this shape."""
        return 0

    def statistics(self, shape: Shape) -> int:
        """How many numbers a batch norm keeps besides: Keras counts them as non-trainable parameters."""
        return 0


def _slid(side: int, kernel: int, stride: int, padding: int) -> int:
    return (side + 2 * padding - kernel) // stride + 1


@dataclass(frozen=True)
class Conv(Layer):
    """A square convolution with bias; padded by half its kernel unless `same` is off. `decay`: Keras's l2."""

    name: str
    filters: int
    kernel: int = 3
    stride: int = 1
    same: bool = True
    decay: float = 0.0

    @property
    def padding(self) -> int:
        return self.kernel // 2 if self.same else 0

    def outputs(self, shape: Shape) -> Shape:
        side = _slid(shape[1], self.kernel, self.stride, self.padding)
        return self.filters, side, side

    def trained(self, shape: Shape) -> int:
        return self.filters * (shape[0] * self.kernel**2 + 1)


@dataclass(frozen=True)
class Dense(Layer):
    name: str
    units: int
    decay: float = 0.0

    def outputs(self, shape: Shape) -> Shape:
        return (self.units,)

    def trained(self, shape: Shape) -> int:
        [features] = shape
        return self.units * (features + 1)


@dataclass(frozen=True)
class Norm(Layer):
    """Batch norm over channels or features."""

    name: str
    epsilon: float = 1e-3

    def trained(self, shape: Shape) -> int:
        return 2 * shape[0]

    def statistics(self, shape: Shape) -> int:
        return 2 * shape[0]


@dataclass(frozen=True)
class Relu(Layer):
    pass


@dataclass(frozen=True)
class Dropout(Layer):
    rate: float


@dataclass(frozen=True)
class MaxPool(Layer):
    size: int = 2
    stride: int = 2
    padding: int = 0

    def outputs(self, shape: Shape) -> Shape:
        side = _slid(shape[1], self.size, self.stride, self.padding)
        return shape[0], side, side


@dataclass(frozen=True)
class Flatten(Layer):
    def outputs(self, shape: Shape) -> Shape:
        channels, height, width = shape
        return (channels * height * width,)


@dataclass(frozen=True)
class Residual(Layer):
    """Sum of a body and a shortcut; an empty shortcut is the input itself."""

    body: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] = ()

    def outputs(self, shape: Shape) -> Shape:
        for layer in self.body:
            shape = layer.outputs(shape)
        return shape


def walk(layers: tuple[Layer, ...], shape: Shape) -> Iterator[tuple[Layer, Shape]]:
    """Every simple layer with the shape that enters it, those inside residual blocks too."""
    for layer in layers:
        if isinstance(layer, Residual):
            yield from walk(layer.body, shape)
            yield from walk(layer.shortcut, shape)
        else:
            yield layer, shape
        shape = layer.outputs(shape)


@dataclass(frozen=True)
class Architecture:
    """`channels` 1, or 3 for grey repeated as RGB; the last layer gives the logits.

    `backbone`: names of the layers that the source took from a trained network; `frozen`: names of those
    it did not train further.
    """

    channels: int
    layers: tuple[Layer, ...]
    backbone: frozenset[str] = frozenset()
    frozen: frozenset[str] = frozenset()

    @property
    def inputs(self) -> Shape:
        return self.channels, SIDE, SIDE

    def walk(self) -> Iterator[tuple[Layer, Shape]]:
        return walk(self.layers, self.inputs)

    def named(self) -> Iterator[tuple[Conv | Dense | Norm, Shape]]:
        """The layers that have parameters."""
        return ((layer, shape) for layer, shape in self.walk() if isinstance(layer, Conv | Dense | Norm))

    @property
    def parameters(self) -> int:
        """Keras's "Total params"."""
        return sum(layer.trained(shape) + layer.statistics(shape) for layer, shape in self.named())

    @property
    def trainable_parameters(self) -> int:
        """Keras's "Trainable params": without statistics, without frozen layers."""
        return sum(layer.trained(shape) for layer, shape in self.named() if layer.name not in self.frozen)

    @property
    def classes(self) -> int:
        [classes] = self.layers[-1].outputs(())
        return classes
