"""Figures about predicted probabilities, in NumPy."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from inference.emotions import EMOTIONS
from inference.training.dataset import Codes

Floats = npt.NDArray[np.float64]
ECE_BINS = 15


class ClassFigures(TypedDict):
    precision: float
    recall: float
    f1: float
    support: int


def confusion_counts(truth: Codes, predicted: Codes) -> Codes:
    """int [7, 7]: rows the truth, columns the prediction."""
    size = len(EMOTIONS)
    counts: Codes = np.bincount(truth * size + predicted, minlength=size**2).reshape(size, size)
    return counts


def class_figures(counts: Codes) -> dict[str, ClassFigures]:
    """Precision, recall, F1 and number of true rows per emotion; 0.0 where a ratio has nothing below it."""
    hits = np.diag(counts).astype(float)
    precision, recall = _ratio(hits, counts.sum(0)), _ratio(hits, counts.sum(1))
    f1 = _ratio(2 * hits, counts.sum(0) + counts.sum(1))
    return {
        name: {
            "precision": float(precision[row]),
            "recall": float(recall[row]),
            "f1": float(f1[row]),
            "support": int(counts[row].sum()),
        }
        for row, name in enumerate(EMOTIONS)
    }


def _ratio(above: Floats, below: npt.NDArray[np.generic]) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.zeros(len(above)), where=below != 0)
    return ratio


def accuracy(counts: Codes) -> float:
    return float(np.trace(counts) / counts.sum())


def macro_f1(counts: Codes) -> float:
    """Mean F1 of the emotions that occur among the true or the predicted rows."""
    occurs = (counts.sum(0) + counts.sum(1)) > 0
    return float(
        np.mean([one["f1"] for one, here in zip(class_figures(counts).values(), occurs, strict=True) if here])
    )


def balanced_accuracy(counts: Codes) -> float:
    """Mean recall of the emotions that occur among the true rows."""
    return float(np.mean([one["recall"] for one in class_figures(counts).values() if one["support"]]))


def expected_calibration_error(probabilities: Floats, truth: Codes, bins: int = ECE_BINS) -> float:
    """Mean distance of confidence and accuracy over equal bins of the top probability, weighted by rows.

    Guo et al. 2017, arXiv:1706.04599. 0 is perfect, the result lies in 0..1.
    """
    confidence = probabilities.max(1)
    hits = probabilities.argmax(1) == truth
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(places, weights=confidence - hits, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def negative_log_likelihood(logits: Floats, truth: Codes, temperature: float) -> float:
    """Mean over the rows, in nats, of softmax(logits / temperature)."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(1, keepdims=True)
    chosen = scaled[np.arange(len(truth)), truth]
    return float((np.log(np.exp(scaled).sum(1)) - chosen).mean())


def best_temperature(logits: Floats, truth: Codes) -> float:
    """The temperature in 0.2..5 of the lowest negative log-likelihood, to three digits."""
    temperatures = np.geomspace(0.2, 5.0, 322)
    losses = [negative_log_likelihood(logits, truth, float(one)) for one in temperatures]
    return round(float(temperatures[int(np.argmin(losses))]), 3)
