"""The networks that the sources trained from nothing. Numbers of sources as in ../shared/seeds."""

from inference.emotions import EMOTIONS
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
)

CLASSES = len(EMOTIONS)
KERAS_L2 = 0.01  # both sources that name a kernel regulariser name this one


def _conv(name: str, filters: int, *, same: bool = True, decay: float = 0.0) -> list[Layer]:
    return [Conv(name, filters, same=same, decay=decay), Relu()]


def _conv_then_norm(name: str, filters: int) -> list[Layer]:
    return [*_conv(name, filters), Norm(f"{name}_norm")]


def _norm_then_relu(name: str, filters: int) -> list[Layer]:
    return [Conv(name, filters, same=False), Norm(f"{name}_norm"), Relu()]


def _dense(name: str, units: int, *, decay: float = 0.0) -> list[Layer]:
    return [Dense(name, units, decay), Relu()]


def _network(*layers: Layer, channels: int = 1) -> Architecture:
    return Architecture(channels, layers)


def baseline_cnn() -> Architecture:
    """002, "Baseline Model Architecture"."""
    return _network(
        *_conv("conv1", 32),
        MaxPool(),
        Dropout(0.25),
        *_conv("conv2", 64),
        MaxPool(),
        Dropout(0.25),
        Flatten(),
        *_dense("dense1", 128),
        Dropout(0.25),
        Dense("output", CLASSES),
    )


def moodvision_cnn() -> Architecture:
    """000, figure 1. It gives no rates of dropout: a quarter after a stage, a half at the end."""
    layers: list[Layer] = []
    for stage, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3)), start=1):
        for number in range(1, count + 1):
            layers += _conv_then_norm(f"conv{stage}_{number}", filters)
        layers += [MaxPool(), Dropout(0.25)]
    return _network(
        *layers,
        Flatten(),
        *_dense("fc_3", 256),
        *_dense("fc_4", 128),
        Dropout(0.5),
        Dense("output", CLASSES),
        channels=3,
    )


def vit_initial() -> Architecture:
    """001 (Vellore Institute of Technology), figure 3 and the code under "For the Kernel Regulazer"."""
    return _network(
        *_conv("conv1", 32),
        *_conv("conv2", 64),
        Norm("norm1"),
        MaxPool(),
        Dropout(0.25),
        *_conv("conv3", 128, decay=KERAS_L2),
        *_conv("conv4", 256, same=False, decay=KERAS_L2),
        Norm("norm2"),
        MaxPool(),
        Dropout(0.25),
        Flatten(),
        *_dense("dense1", 1024),
        Dropout(0.5),
        Dense("output", CLASSES),
    )


def vit_deep() -> Architecture:
    """001, figure 8 and `define_model`."""
    return _network(
        *_norm_then_relu("conv1", 64),
        *_norm_then_relu("conv2", 64),
        Dropout(0.5),
        *_conv("conv3", 64, same=False),
        *_conv("conv4", 64, same=False),
        MaxPool(),
        *_norm_then_relu("conv5", 128),
        *_norm_then_relu("conv6", 128),
        *_conv("conv7", 128, same=False),
        *_conv("conv8", 128, same=False),
        MaxPool(),
        *_norm_then_relu("conv9", 256),
        *_norm_then_relu("conv10", 256),
        Flatten(),
        *_dense("dense1", 1024),
        Dropout(0.2),
        *_dense("dense2", 1024),
        Dropout(0.2),
        Dense("output", CLASSES),
    )


def vgg_style() -> Architecture:
    """002, "VGG-Style CNN". Of its dense layers it shows one, and neither dropout nor l2: a half and 0.01."""
    layers: list[Layer] = []
    for stage, filters in enumerate((64, 128, 256, 512), start=1):
        for number in (1, 2):
            layers += _conv_then_norm(f"conv{stage}_{number}", filters)
        layers.append(MaxPool())
    return _network(
        *layers,
        Flatten(),
        Dropout(0.5),
        *_dense("dense1", 4096, decay=KERAS_L2),
        Dense("output", CLASSES),
    )


def oslomet_sequential() -> Architecture:
    """004, listing 4.9: the text pads all four convolutions, the listing not the last; the listing counts."""
    return _network(
        *_conv("conv1", 32),
        *_conv("conv2", 64),
        Norm("norm1"),
        MaxPool(),
        Dropout(0.25),
        *_conv("conv3", 128, decay=KERAS_L2),
        Norm("norm2"),
        MaxPool(),
        Dropout(0.25),
        *_conv("conv4", 256, same=False, decay=KERAS_L2),
        Norm("norm3"),
        MaxPool(),
        Dropout(0.25),
        Flatten(),
        *_dense("dense1", 512),
        Dropout(0.5),
        Dense("output", CLASSES),
    )
