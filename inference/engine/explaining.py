"""Where in a face a classifier saw what it says: three maps, and curves that show which of them is faithful.

A map is float64 [side, side] over the aligned face; more is more in favour of the emotion. It tells what
moved the program, never what moved the person.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.engine.classify import Classifier, Doubles

PATCH_SHARE: Final = 0.2
STRIDE_SHARE: Final = 0.1
LIME_SAMPLES: Final = 400
LIME_CELLS: Final = 8
CURVE_STEPS: Final = 24
BATCH: Final = 64
BLUR_SHARE: Final = 0.12
PICTURE_SIDE: Final = 288
OPACITY: Final = 0.6
WARM: Final = np.array([30.0, 140.0, 240.0])  # blue, green, red

# Left, top, right, bottom as shares of the tight square from brow to chin, eyes level; seen as in the photo.
REGIONS: Final = {
    "forehead": (0.10, 0.00, 0.90, 0.22),
    "brows": (0.08, 0.22, 0.92, 0.31),
    "eyes": (0.08, 0.31, 0.92, 0.46),
    "nose": (0.34, 0.46, 0.66, 0.70),
    "left_cheek": (0.00, 0.46, 0.34, 0.80),
    "right_cheek": (0.66, 0.46, 1.00, 0.80),
    "mouth": (0.24, 0.70, 0.76, 0.88),
    "chin": (0.24, 0.88, 0.76, 1.00),
}

Face = NDArray[Any]
"""One aligned face, uint8 [side, side] grey or [side, side, 3] RGB; several of them where it says faces."""
Map = Doubles
Method = Callable[[Classifier, Face, int], Map]


@dataclass(frozen=True)
class Faithfulness:
    """Areas under two curves, 0..1, of the probability as the map's most important places go or come.

    `deletion`: less is better; `insertion`: more is. Petsiuk et al. 2018, "RISE", arXiv:1806.07421.
    """

    deletion: float
    insertion: float

    @property
    def gain(self) -> float:
        return self.insertion - self.deletion


def activation_map(classifier: Classifier, face: Face, emotion: int) -> Map:
    """The class activation map: exact for a network whose head is linear after its average pool.

    Zhou et al. 2016, "Learning Deep Features for Discriminative Localization". Raises ModelPackageError for a
    model without maps.
    """
    return np.asarray(classifier.explain(face)[emotion], dtype=np.float64)


def occlusion_map(classifier: Classifier, face: Face, emotion: int) -> Map:
    """How much probability is lost when a patch around a place is blurred away, averaged over all patches.

    Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks".
    """
    side = face.shape[0]
    patch, stride = max(2, round(side * PATCH_SHARE)), max(1, round(side * STRIDE_SHARE))
    starts = sorted({*range(0, side - patch, stride), side - patch})
    corners = [(top, left) for top in starts for left in starts]
    hidden = np.stack([_with_patch(face, _blurred(face), corner, patch) for corner in corners])
    losses = _target(classifier, face[None], emotion)[0] - _target(classifier, hidden, emotion)
    total, covered = np.zeros((side, side)), np.zeros((side, side))
    for (top, left), loss in zip(corners, losses, strict=True):
        total[top : top + patch, left : left + patch] += loss
        covered[top : top + patch, left : left + patch] += 1
    return np.asarray(total / covered)


def lime_map(classifier: Classifier, face: Face, emotion: int) -> Map:
    """Weights of a linear model of which of 8 x 8 cells were left as they are; the same face, the same map.

    Ribeiro et al. 2016, "Why Should I Trust You?", by their package `lime`.
    """
    os.environ.setdefault("TQDM_DISABLE", "1")
    from lime.lime_image import LimeImageExplainer  # late: it brings scikit-learn, for who asks for it alone

    is_grey = face.ndim == 2
    colour = np.repeat(face[..., None], 3, axis=2) if is_grey else face

    def shares(images: NDArray[np.float64]) -> Doubles:
        faces = np.asarray(images, dtype=np.float32)
        return classifier.probabilities(faces[..., 0] if is_grey else faces)

    found = LimeImageExplainer(random_state=0).explain_instance(
        np.asarray(colour, dtype=np.float64),
        shares,
        labels=(emotion,),
        top_labels=None,
        num_samples=LIME_SAMPLES,
        batch_size=BATCH,
        segmentation_fn=lambda image: _cells(image.shape[0]),
    )
    weights = dict(found.local_exp[emotion])
    by_cell = np.array([weights.get(cell, 0.0) for cell in range(LIME_CELLS**2)])
    return np.asarray(by_cell[_cells(face.shape[0])])


METHODS: Final[dict[str, Method]] = {
    "activation": activation_map,
    "occlusion": occlusion_map,
    "lime": lime_map,
}


def faithfulness(classifier: Classifier, face: Face, emotion: int, importance: Map) -> Faithfulness:
    """Deletes and inserts the places of a map in the order of their importance; see `Faithfulness`."""
    order = np.argsort(-importance, axis=None, kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    cuts = np.linspace(0, order.size, CURVE_STEPS + 1).round().astype(np.int64)
    gone = rank.reshape(importance.shape)[None] < cuts[:, None, None]
    mask = gone if face.ndim == 2 else gone[..., None]
    blurred = _blurred(face)
    deleted = _target(classifier, np.where(mask, blurred, face), emotion)
    inserted = _target(classifier, np.where(mask, face, blurred), emotion)
    return Faithfulness(_area(deleted), _area(inserted))


def regions(importance: Map) -> dict[str, float]:
    """The share of a map's favourable weight in each named region, largest first; 0 without any."""
    positive = np.maximum(importance, 0)
    total = positive.sum()
    side = importance.shape[0]
    found = {}
    for name, box in REGIONS.items():
        left, top, right, bottom = (round(share * side) for share in box)
        part = positive[top:bottom, left:right].sum()
        found[name] = float(part / total) if total > 0 else 0.0
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def overlay(face: Face, importance: Map) -> bytes:
    """A PNG: the face in grey, and over it in warm colour what spoke for the emotion."""
    grey = face if face.ndim == 2 else cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    large = cv2.resize(np.asarray(grey, dtype=np.uint8), (PICTURE_SIDE,) * 2, interpolation=cv2.INTER_CUBIC)
    strength = np.maximum(importance, 0) / max(float(importance.max()), 1e-12)
    smooth = cv2.resize(strength, (PICTURE_SIDE,) * 2, interpolation=cv2.INTER_LINEAR)[..., None]
    picture = cv2.cvtColor(large, cv2.COLOR_GRAY2BGR) * (1 - OPACITY * smooth) + WARM * OPACITY * smooth
    return cv2.imencode(".png", np.asarray(picture.round(), dtype=np.uint8))[1].tobytes()


def _target(classifier: Classifier, faces: Face, emotion: int) -> Doubles:
    parts = [classifier.probabilities(faces[at : at + BATCH]) for at in range(0, len(faces), BATCH)]
    return np.asarray(np.concatenate(parts)[:, emotion])


def _with_patch(face: Face, instead: Face, corner: tuple[int, int], patch: int) -> Face:
    top, left = corner
    hidden = face.copy()
    hidden[top : top + patch, left : left + patch] = instead[top : top + patch, left : left + patch]
    return hidden


def _blurred(face: Face) -> Face:
    """A face without its features: what a place is replaced by, so that no new edge is put in."""
    return np.asarray(cv2.GaussianBlur(face, (0, 0), face.shape[0] * BLUR_SHARE), dtype=face.dtype)


def _cells(side: int) -> NDArray[np.int64]:
    """[side, side] the number of the cell of each place, 8 x 8 cells."""
    line = np.arange(side) * LIME_CELLS // side
    return np.asarray(line[:, None] * LIME_CELLS + line[None], dtype=np.int64)


def _area(curve: Doubles) -> float:
    return float(np.trapezoid(curve, dx=1 / CURVE_STEPS))
