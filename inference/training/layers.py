"""The network as a list of layers, without PyTorch: module, ONNX graph and parameter counts come from it.

Basic residual blocks as in He et al. 2016 (arXiv:1512.03385), shortcuts that average before they project as
in He et al. 2019 (arXiv:1812.01187, "ResNet-D").
"""

from dataclasses import dataclass

FEATURES = "features"
FERPLUS_HEAD = "ferplus_head"
LABEL_HEAD = "label_head"


@dataclass(frozen=True)
class Conv:
    """A square convolution with "same" padding: batch-normed without bias, or with bias and not normed."""

    name: str
    source: str
    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    normed: bool = True
    relu: bool = False

    @property
    def weights(self) -> int:
        return self.outputs * self.inputs * self.kernel**2

    @property
    def trained_parameters(self) -> int:
        return self.weights + (2 if self.normed else 1) * self.outputs

    @property
    def exported_parameters(self) -> int:
        """Once the batch norm is folded in: the weights and one bias per channel."""
        return self.weights + self.outputs


@dataclass(frozen=True)
class Halve:
    """Average of 2 x 2 pixels."""

    name: str
    source: str


@dataclass(frozen=True)
class Add:
    """Sum of two maps, then ReLU."""

    name: str
    left: str
    right: str


Layer = Conv | Halve | Add


@dataclass(frozen=True)
class Architecture:
    """Side of the square grey input, input normalisation (x - mean) / deviation, layers and the two heads."""

    side: int
    mean: float
    deviation: float
    layers: tuple[Layer, ...]
    heads: tuple[Conv, Conv]

    @property
    def convolutions(self) -> tuple[Conv, ...]:
        return tuple(layer for layer in self.layers if isinstance(layer, Conv)) + self.heads

    @property
    def trained_parameters(self) -> int:
        return sum(conv.trained_parameters for conv in self.convolutions)

    @property
    def exported_parameters(self) -> int:
        return sum(conv.exported_parameters for conv in self.convolutions)


def residual_block(name: str, source: str, inputs: int, outputs: int, out: str) -> list[Layer]:
    """Two 3x3 convolutions and a shortcut; a block that widens also halves the map."""
    widens = inputs != outputs
    layers: list[Layer] = [
        Conv(f"{name}_a", source, inputs, outputs, 3, stride=2 if widens else 1, relu=True),
        Conv(f"{name}_b", f"{name}_a", outputs, outputs, 3),
    ]
    shortcut = source
    if widens:
        shortcut = f"{name}_shortcut"
        layers += [Halve(f"{name}_halved", source), Conv(shortcut, f"{name}_halved", inputs, outputs, 1)]
    return [*layers, Add(out, f"{name}_b", shortcut)]


def residual_network(channels: tuple[int, ...], blocks: tuple[int, ...], classes: int) -> Architecture:
    """Channels and blocks of each stage; the first keeps the full 48 x 48, each further one halves it."""
    layers: list[Layer] = [Conv("stem", "input", 1, channels[0], 3, relu=True)]
    source, inputs = "stem", channels[0]
    for stage, (outputs, count) in enumerate(zip(channels, blocks, strict=True), start=1):
        for block in range(1, count + 1):
            name = f"stage{stage}_block{block}"
            last = stage == len(channels) and block == count
            out = FEATURES if last else name
            layers += residual_block(name, source, inputs, outputs, out)
            source, inputs = out, outputs
    heads = (
        Conv(FERPLUS_HEAD, FEATURES, inputs, classes, 1, normed=False),
        Conv(LABEL_HEAD, FEATURES, inputs, classes, 1, normed=False),
    )
    return Architecture(side=48, mean=128.0, deviation=64.0, layers=tuple(layers), heads=heads)
