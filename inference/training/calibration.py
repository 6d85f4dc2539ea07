"""What is chosen on the held-out rows: temperatures, confusion, abstention, the head for labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from inference.emotions import EMOTIONS
from inference.engine.classify import softmax
from inference.training import metrics
from inference.training.dataset import Codes, Faces, strict_majority, vote_shares, vote_weights
from inference.training.evaluation import Predictions
from inference.training.metrics import Floats

ABSTAIN_AT_MOST = 0.05
ABSTAIN_STEPS = np.arange(0.20, 0.601, 0.01)
LEAST_RIGHT, CLEARLY_BETTER = 0.4, 0.15  # shares of the answers; chance and mere weakness reach neither


@dataclass(frozen=True)
class Calibration:
    """Chosen on held-out rows; `confusion` [7, 7] counts rows with a strict majority by their argmax."""

    temperature: float
    label_temperature: float
    accuracy_head: str
    abstain_below: float
    confusion: Codes


def calibrate(ferplus_logits: Floats, label_logits: Floats, held_out: Faces) -> Calibration:
    """From the flip-averaged logits [N, 7] of both heads on the held-out rows."""
    truth, clear = _clear_truth(held_out)
    temperature = metrics.best_temperature(ferplus_logits[clear], truth[clear])
    label_temperature = metrics.best_temperature(label_logits, held_out.labels)
    predictions = Predictions(
        softmax(ferplus_logits / temperature), softmax(label_logits / label_temperature)
    )
    product = predictions.ferplus[clear]
    return Calibration(
        temperature,
        label_temperature,
        best_head(predictions, held_out.labels),
        abstention(product, truth[clear]),
        metrics.confusion_counts(truth[clear], product.argmax(1)),
    )


def _clear_truth(faces: Faces) -> tuple[Codes, npt.NDArray[np.bool_]]:
    truth = faces.labels if faces.votes is None else strict_majority(faces.votes)
    return truth, truth >= 0


def best_head(predictions: Predictions, labels: Codes) -> str:
    """The label head, or the mean of both heads where that predicts the original labels better."""
    label, mean = ((predictions.head(name).argmax(1) == labels).mean() for name in ("label", "mean"))
    return "mean" if mean > label else "label"


def abstention(probabilities: Floats, truth: Codes) -> float:
    """The highest top probability under which readings are wrong more often than right.

    Never so high that more than one reading in twenty is withheld: a patient's rare faces count as well.
    """
    confidence = probabilities.max(1)
    hits = probabilities.argmax(1) == truth
    chosen = 0.0
    for threshold in ABSTAIN_STEPS:
        below = confidence < threshold
        if below.mean() > ABSTAIN_AT_MOST:
            break
        if below.any() and hits[below].mean() < 0.5:
            chosen = round(float(threshold), 2)
    return chosen


def likelier_order(confusion: Codes, labels: Sequence[str]) -> list[str] | None:
    """The model's classes as they would have to be named for far more answers to be right; None for as they
    are.

    `confusion` [7, 7]: rows the truth, columns the answer under `labels`, the manifest's, which may hold
    classes beyond the seven. A network that learned anything is right most often under its own order.
    """
    total = max(int(confusion.sum()), 1)
    orders = np.array(list(permutations(range(len(EMOTIONS)))))
    right = confusion[orders, np.arange(len(EMOTIONS))].sum(axis=1) / total
    best = int(right.argmax())
    if right[best] < LEAST_RIGHT or right[best] - np.trace(confusion) / total < CLEARLY_BETTER:
        return None
    named = {name: EMOTIONS[orders[best][place]] for place, name in enumerate(EMOTIONS)}
    return [named.get(label, label) for label in labels]


def reference_shares(fitted: Faces) -> list[float]:
    """[7] mean FER+ vote shares of the rows trained on: the class shares that the calibration assumes."""
    if fitted.votes is None:
        counts = np.bincount(fitted.labels, minlength=len(EMOTIONS)).astype(float)
        return [round(float(share), 5) for share in counts / counts.sum()]
    weights = vote_weights(fitted.votes).astype(np.float64)
    shares = (vote_shares(fitted.votes) * weights[:, None]).sum(0) / weights.sum()
    return [round(float(share), 5) for share in shares]
