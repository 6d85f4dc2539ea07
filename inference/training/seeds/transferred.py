"""The networks that the sources took from Keras, trained on ImageNet: VGG16 and ResNet50 with other heads.

Simonyan & Zisserman 2014 (arXiv:1409.1556), He et al. 2015 (arXiv:1512.03385). Layers are named as in Keras;
its ResNet50 has biases in its convolutions and strides in the first of a block.
"""

from inference.training.seeds.architectures import CLASSES
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
    walk,
)

RGB = 3
EPSILON = 1.001e-5
Layers = tuple[Layer, ...]


def vgg16_body() -> Layers:
    layers: list[Layer] = []
    for block, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1):
        for number in range(1, count + 1):
            layers += [Conv(f"block{block}_conv{number}", filters), Relu()]
        layers.append(MaxPool())
    return tuple(layers)


def resnet50_body() -> Layers:
    layers: list[Layer] = [
        Conv("conv1_conv", 64, kernel=7, stride=2),
        Norm("conv1_bn", EPSILON),
        Relu(),
        MaxPool(3, 2, 1),
    ]
    for stage, (filters, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=2):
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 2 else 1
            layers += _bottleneck(f"conv{stage}_block{block}", filters, stride, projects=block == 1)
    return tuple(layers)


def _bottleneck(name: str, filters: int, stride: int, *, projects: bool) -> list[Layer]:
    body = (
        Conv(f"{name}_1_conv", filters, kernel=1, stride=stride),
        Norm(f"{name}_1_bn", EPSILON),
        Relu(),
        Conv(f"{name}_2_conv", filters),
        Norm(f"{name}_2_bn", EPSILON),
        Relu(),
        Conv(f"{name}_3_conv", 4 * filters, kernel=1),
        Norm(f"{name}_3_bn", EPSILON),
    )
    projection = (
        Conv(f"{name}_0_conv", 4 * filters, kernel=1, stride=stride),
        Norm(f"{name}_0_bn", EPSILON),
    )
    return [Residual(body, projection if projects else ()), Relu()]


def _names(body: Layers) -> list[str]:
    named = (layer for layer, _ in walk(body, (RGB, 48, 48)) if isinstance(layer, Conv | Norm | Dense))
    return [layer.name for layer in named]


def _transferred(body: Layers, head: Layers, trained: tuple[str, ...] | None = ()) -> Architecture:
    """`trained`: beginnings of the names of the body's layers that are trained further; None for all."""
    names = _names(body)
    frozen = [] if trained is None else [name for name in names if not name.startswith(trained)]
    return Architecture(RGB, body + head, frozenset(names), frozenset(frozen))


def vgg16_transfer() -> Architecture:
    """000, figure 5: everything frozen but the new last layer."""
    return _transferred(vgg16_body(), (Flatten(), Dense("output", CLASSES)))


def vgg16_dropout() -> Architecture:
    """000, figure 9: the last four layers (block 5) are trained too. It does not name the dropout's rate."""
    head: Layers = (
        Flatten(),
        Dropout(0.5),
        Dense("dense_1", 4096),
        Relu(),
        Dense("dense_2", 4096),
        Relu(),
        Dense("output", CLASSES),
    )
    return _transferred(vgg16_body(), head, ("block5_",))


def resnet50_transfer() -> Architecture:
    """000, figure 13: the last four layers are trained too, of which two have parameters."""
    head: Layers = (
        Flatten(),
        Norm("flat_norm"),
        Dense("dense_2", 32),
        Norm("dense_2_norm"),
        Relu(),
        Dense("output", CLASSES),
    )
    return _transferred(resnet50_body(), head, ("conv5_block3_3_",))


def resnet50_dropout() -> Architecture:
    """000, figure 17: by its count of trainable parameters nothing is frozen, whatever the text says."""
    head: Layers = (
        Dropout(0.5),
        Flatten(),
        Norm("flat_norm"),
        *_small(1),
        Dropout(0.5),
        *_small(2),
        Dropout(0.5),
        *_small(3),
        Dense("output", CLASSES),
    )
    return _transferred(resnet50_body(), head, None)


def _small(number: int) -> Layers:
    return Dense(f"dense_{number}", 32), Norm(f"dense_{number}_norm"), Relu()
