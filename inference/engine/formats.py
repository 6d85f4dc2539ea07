"""What a foreign model eats and says, told by its manifest alone: size, colour, scaling, heads and labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.emotions import EMOTIONS

SIDE: Final = 48
LARGEST_SIDE: Final = 512
COLOURS: Final = {"grey": 1, "rgb": 3, "bgr": 3}
LAYOUTS: Final = ("NCHW", "NHWC")
KINDS: Final = ("logits", "probabilities")

Floats = NDArray[np.float32]
Crops = NDArray[np.uint8] | Floats


@dataclass(frozen=True)
class InputFormat:
    """One face as the network wants it: `side` x `side`, (grey level 0..255 - mean) / deviation per channel.

    `name`: the ONNX input; empty for a network with only one. `crop_margin`: widening of the face square on
    each side, as a share of its side; 0 frames a face as FER-2013 does.
    """

    name: str = "faces"
    side: int = SIDE
    colour: str = "grey"
    layout: str = "NCHW"
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)
    crop_margin: float = 0.0

    @property
    def channels(self) -> int:
        return COLOURS[self.colour]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one face in the network's layout."""
        sides = (self.side, self.side)
        return (self.channels, *sides) if self.layout == "NCHW" else (*sides, self.channels)

    def tensor(self, faces: Crops) -> Floats:
        """uint8 or float32 [N, H, W] grey or [N, H, W, 3] RGB, 0..255 -> float32 [N, *shape].

        Faces of another size are resized: a small one is enlarged, not made sharper.
        """
        pixels = np.asarray(self._coloured(self._sized(faces)), dtype=np.float32)
        if any(self.mean) or set(self.deviation) != {1.0}:
            mean, deviation = np.asarray([self.mean, self.deviation], dtype=np.float32)
            pixels = (pixels - mean) / deviation
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2) if self.layout == "NCHW" else pixels)

    def _sized(self, faces: Crops) -> NDArray[Any]:
        if faces.shape[1:3] == (self.side, self.side) or not len(faces):
            return faces
        way = cv2.INTER_AREA if faces.shape[1] > self.side else cv2.INTER_LINEAR
        sized = [cv2.resize(face, (self.side, self.side), interpolation=way) for face in faces]
        return np.stack(sized)

    def _coloured(self, faces: NDArray[Any]) -> NDArray[Any]:
        if faces.ndim == 3:
            return np.repeat(faces[..., None], self.channels, axis=3)
        if self.colour == "grey":
            grey = [cv2.cvtColor(face, cv2.COLOR_RGB2GRAY) for face in faces]
            return np.stack(grey)[..., None] if grey else np.empty((0, *self.shape[1:], 1), np.float32)
        return faces if self.colour == "rgb" else faces[..., ::-1]


@dataclass(frozen=True)
class Heads:
    """Which outputs say what. `emotions` feeds the score; `labels` and `maps` are empty where there are none.

    `kind`: of the emotions (and labels) output, "logits" or "probabilities". `maps`: [N, classes, h, w] whose
    spatial mean is the emotions' logit.
    """

    emotions: str = "ferplus_logits"
    kind: Literal["logits", "probabilities"] = "logits"
    labels: str = "label_logits"
    maps: str = "activation_maps"

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.emotions, self.labels, self.maps)))


def read_input(entry: dict[str, Any]) -> InputFormat:
    """The manifest's `input`; ValueError, KeyError or TypeError names what is wrong."""
    colour = str(entry.get("colour", "grey"))
    if colour not in COLOURS:
        raise ValueError(f"the input's colour must be one of {', '.join(COLOURS)}, not {colour}")
    if entry["width"] != entry["height"] or not 8 <= int(entry["width"]) <= LARGEST_SIDE:
        raise ValueError(f"the input must be square, 8 to {LARGEST_SIDE} pixels a side")
    if int(entry["channels"]) != COLOURS[colour]:
        raise ValueError(f"an input in {colour} has {COLOURS[colour]} channels, not {entry['channels']}")
    layout = str(entry.get("layout", "NCHW"))
    if layout not in LAYOUTS:
        raise ValueError(f"the input's layout must be one of {', '.join(LAYOUTS)}, not {layout}")
    deviation = _per_channel(entry, "deviation", 1.0, COLOURS[colour])
    if min(deviation) <= 0:
        raise ValueError("the input's deviation must be above 0")
    return InputFormat(
        name=str(entry.get("name", "")),
        side=int(entry["width"]),
        colour=colour,
        layout=layout,
        mean=_per_channel(entry, "mean", 0.0, COLOURS[colour]),
        deviation=deviation,
        crop_margin=_margin(entry),
    )


def read_heads(entry: dict[str, Any] | None) -> Heads:
    """The manifest's `heads`; our own where it names none."""
    if entry is None:
        return Heads()
    kind = entry.get("kind", "logits")
    if kind not in KINDS:
        raise ValueError(f"heads: kind must be one of {', '.join(KINDS)}, not {kind}")
    return Heads(
        emotions=str(entry["emotions"]),
        kind=kind,
        labels=str(entry.get("labels", "")),
        maps=str(entry.get("maps", "")),
    )


def read_folding(labels: Sequence[Any], fold: dict[str, str]) -> NDArray[np.float64]:
    """[classes, 7]: where the probability of each of the model's classes goes; rows of 0 or one 1.

    Each of the seven emotions must be a class, in any order. What else the model knows (FER+ has *contempt*)
    goes to the emotion that `fold` names; where it names none it is dropped and the seven keep their
    proportions, as the votes for it are dropped in training and evaluation.
    """
    names = [str(label) for label in labels]
    if sorted(set(names)) != sorted(names) or not set(EMOTIONS) <= set(names):
        raise ValueError(f"labels must hold each of {', '.join(EMOTIONS)} once")
    if not set(fold) <= set(names) - set(EMOTIONS) or not set(fold.values()) <= set(EMOTIONS):
        raise ValueError("fold must name classes beyond the seven, and one of the seven for each")
    folding = np.zeros((len(names), len(EMOTIONS)))
    for row, name in enumerate(names):
        target = name if name in EMOTIONS else fold.get(name)
        if target is not None:
            folding[row, EMOTIONS.index(target)] = 1.0
    folding.flags.writeable = False
    return folding


def _per_channel(entry: dict[str, Any], name: str, default: float, channels: int) -> tuple[float, ...]:
    """One number for all channels, or one for each."""
    values = np.atleast_1d(np.asarray(entry.get(name, default), dtype=np.float64))
    if values.shape not in {(1,), (channels,)} or not np.isfinite(values).all():
        raise ValueError(f"the input's {name} must be one number, or one for each channel")
    return tuple(np.broadcast_to(values, channels).tolist())


def _margin(entry: dict[str, Any]) -> float:
    margin = float(entry["crop_margin"])
    if not -0.4 <= margin <= 2:
        raise ValueError(f"crop_margin must be between -0.4 and 2, not {margin}")
    return margin
