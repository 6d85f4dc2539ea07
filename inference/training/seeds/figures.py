"""What a seed's model is worth on labelled faces, as the sources report it and as we do; NumPy only."""

from typing import TypedDict

import numpy as np

from inference.emotions import EMOTIONS
from inference.training import metrics
from inference.training.dataset import Codes, Faces, strict_majority
from inference.training.metrics import ClassFigures, Floats


class SeedFigures(TypedDict):
    """Against the original labels; `mirrored_accuracy` averages face and mirror image.

    `binary_accuracy`: the share of right yes-or-no answers to "at least one half?" over all rows and classes,
    which Keras can be told to print as accuracy; whoever never says yes reaches 6/7.
    """

    n: int
    accuracy: float
    mirrored_accuracy: float
    ferplus_accuracy: float | None
    macro_f1: float
    balanced_accuracy: float
    macro_auc: float
    binary_accuracy: float
    per_class: dict[str, ClassFigures]
    auc: dict[str, float | None]
    confusion: list[list[int]]


def area_under_curve(scores: Floats, is_positive: Floats) -> float | None:
    """Probability that a positive row scores above a negative one, ties half; None without either.

    Mann & Whitney 1947: ranks instead of the curve (Hanley & McNeil 1982).
    """
    positives = int(is_positive.sum())
    negatives = len(is_positive) - positives
    if not positives or not negatives:
        return None
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    above = ranks[is_positive.astype(bool)].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def figures(probabilities: Floats, mirrored: Floats, faces: Faces) -> SeedFigures:
    """Both [N, 7]: of the faces and of their mirror images."""
    counts = metrics.confusion_counts(faces.labels, probabilities.argmax(1))
    truth = np.eye(len(EMOTIONS))[faces.labels]
    areas = {
        name: area_under_curve(probabilities[:, number], truth[:, number])
        for number, name in enumerate(EMOTIONS)
    }
    known = [area for area in areas.values() if area is not None]
    both = probabilities + mirrored
    return {
        "n": len(faces),
        "accuracy": _round(metrics.accuracy(counts)),
        "mirrored_accuracy": _round(float((both.argmax(1) == faces.labels).mean())),
        "ferplus_accuracy": _ferplus_accuracy(both.argmax(1), faces),
        "macro_f1": _round(metrics.macro_f1(counts)),
        "balanced_accuracy": _round(metrics.balanced_accuracy(counts)),
        "macro_auc": _round(float(np.mean(known))) if known else 0.0,
        "binary_accuracy": _round(float(((probabilities >= 0.5) == truth).mean())),
        "per_class": metrics.class_figures(counts),
        "auc": {name: None if area is None else _round(area) for name, area in areas.items()},
        "confusion": counts.tolist(),
    }


def _ferplus_accuracy(named: Codes, faces: Faces) -> float | None:
    """Against the strict FER+ majority, where there are votes."""
    if faces.votes is None:
        return None
    majority = strict_majority(faces.votes)
    clear = majority >= 0
    return _round(float((named == majority)[clear].mean())) if clear.any() else None


class Spread(TypedDict):
    mean: float
    deviation: float


class FoldFigures(TypedDict):
    """Over folds: of the whole, and AUC, precision, recall and F1 of each emotion."""

    overall: dict[str, Spread]
    per_class: dict[str, dict[str, Spread]]


def over_folds(found: list[SeedFigures]) -> FoldFigures:
    return {
        "overall": {
            "accuracy": _spread([one["accuracy"] for one in found]),
            "mirrored_accuracy": _spread([one["mirrored_accuracy"] for one in found]),
            "macro_f1": _spread([one["macro_f1"] for one in found]),
            "balanced_accuracy": _spread([one["balanced_accuracy"] for one in found]),
            "macro_auc": _spread([one["macro_auc"] for one in found]),
            "binary_accuracy": _spread([one["binary_accuracy"] for one in found]),
        },
        "per_class": {emotion: _emotion_over_folds(found, emotion) for emotion in EMOTIONS},
    }


def _emotion_over_folds(found: list[SeedFigures], emotion: str) -> dict[str, Spread]:
    areas = [one["auc"][emotion] for one in found]
    of_class = [one["per_class"][emotion] for one in found]
    return {
        "auc": _spread([area for area in areas if area is not None]),
        "precision": _spread([one["precision"] for one in of_class]),
        "recall": _spread([one["recall"] for one in of_class]),
        "f1": _spread([one["f1"] for one in of_class]),
    }


def _spread(values: list[float]) -> Spread:
    if not values:
        return {"mean": 0.0, "deviation": 0.0}
    return {"mean": _round(float(np.mean(values))), "deviation": _round(float(np.std(values)))}


def _round(value: float) -> float:
    return round(value, 5)
