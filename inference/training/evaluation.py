"""What a model package is worth on labelled faces: the figures of `evaluate_classifier`. Needs no PyTorch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier
from inference.training import metrics
from inference.training.dataset import Codes, Faces, strict_majority
from inference.training.metrics import ClassFigures, Floats
from inference.training.reliability import Reliability, reliability

BATCH = 64
ACCURACY_HEADS = ("label", "mean")
FERPLUS_MAJORITY = "ferplus_majority"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Predictions:
    """Probabilities [N, 7] of both heads, averaged over face and mirror image, temperatures applied."""

    ferplus: Floats
    label: Floats

    def head(self, name: str) -> Floats:
        """What original labels are predicted from: the label head alone, or the mean of both heads."""
        return self.label if name == "label" else (self.label + self.ferplus) / 2


class ClassReport(ClassFigures):
    ferplus_recall: float | None
    ferplus_support: int | None


class Report(TypedDict):
    """`accuracy`, `macro_f1`, `balanced_accuracy`, `per_class` and `label_*`: against the original labels.

    `ferplus_accuracy`: the FER+ head on the rows with a strict FER+ majority. `ece` and `confusion` (rows the
    truth, columns the argmax) are of the FER+ head too, against that majority where there are votes and
    against the original labels where there are none; `ece_against` says which. So is `reliability`.
    """

    n: int
    accuracy: float
    macro_f1: float
    balanced_accuracy: float
    ece: float
    per_class: dict[str, ClassReport]
    confusion: list[list[int]]
    ferplus_accuracy: float | None
    ferplus_n: int | None
    ece_against: str
    label_ece: float
    label_confusion: list[list[int]]
    abstained: float
    reliability: Reliability
    labels: list[str]
    accuracy_head: str


def predict(classifier: Classifier, faces: Faces, say: Say) -> Predictions:
    """Both heads on every row, in small batches; `say` gets a line now and then."""
    parts = []
    for start in range(0, len(faces), BATCH):
        parts.append(classifier.both_heads(faces.pixels[start : start + BATCH]))
        if start // BATCH % 16 == 0:
            say(f"{min(start + BATCH, len(faces))} of {len(faces)} faces")
    ferplus, label = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Predictions(ferplus, label)


def report(predictions: Predictions, faces: Faces, *, accuracy_head: str, abstain_below: float) -> Report:
    """All figures, rounded to five digits."""
    chosen = predictions.head(accuracy_head)
    counts = metrics.confusion_counts(faces.labels, chosen.argmax(1))
    truth, rows, against = _product_truth(faces)
    product = predictions.ferplus[rows]
    product_counts = metrics.confusion_counts(truth, product.argmax(1))
    has_majority = against == FERPLUS_MAJORITY
    return {
        "n": len(faces),
        "accuracy": _round(metrics.accuracy(counts)),
        "macro_f1": _round(metrics.macro_f1(counts)),
        "balanced_accuracy": _round(metrics.balanced_accuracy(counts)),
        "ece": _round(metrics.expected_calibration_error(product, truth)),
        "per_class": _per_class(counts, product_counts if has_majority else None),
        "confusion": product_counts.tolist(),
        "ferplus_accuracy": _round(metrics.accuracy(product_counts)) if has_majority else None,
        "ferplus_n": int(rows.sum()) if has_majority else None,
        "ece_against": against,
        "label_ece": _round(metrics.expected_calibration_error(chosen, faces.labels)),
        "label_confusion": counts.tolist(),
        "abstained": _round(float((predictions.ferplus.max(1) < abstain_below).mean())),
        "reliability": reliability(product, truth),
        "labels": list(EMOTIONS),
        "accuracy_head": accuracy_head,
    }


def _product_truth(faces: Faces) -> tuple[Codes, npt.NDArray[np.bool_], str]:
    """What the FER+ head is judged by, on which rows: the strict majority, for want of any the labels."""
    if faces.votes is not None:
        majority = strict_majority(faces.votes)
        if (majority >= 0).any():
            return majority[majority >= 0], majority >= 0, FERPLUS_MAJORITY
    return faces.labels, np.ones(len(faces), dtype=np.bool_), "label"


def _per_class(counts: Codes, product_counts: Codes | None) -> dict[str, ClassReport]:
    figures = metrics.class_figures(counts)
    product = None if product_counts is None else metrics.class_figures(product_counts)
    return {
        name: {
            "precision": _round(one["precision"]),
            "recall": _round(one["recall"]),
            "f1": _round(one["f1"]),
            "support": one["support"],
            "ferplus_recall": None if product is None else _round(product[name]["recall"]),
            "ferplus_support": None if product is None else product[name]["support"],
        }
        for name, one in figures.items()
    }


def _round(value: float) -> float:
    return round(value, 5)
