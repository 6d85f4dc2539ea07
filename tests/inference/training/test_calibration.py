"""What is chosen on held-out rows."""

import numpy as np
import pytest

from inference.emotions import EMOTIONS
from inference.training import metrics
from inference.training.calibration import (
    abstention,
    best_head,
    calibrate,
    likelier_order,
    reference_shares,
)
from inference.training.dataset import VOTE_COLUMNS, Faces
from inference.training.evaluation import Predictions


def probabilities(top: float, label: int, rows: int) -> np.ndarray:
    """`rows` rows that give `label` the probability `top` and the others the rest evenly."""
    values = np.full((rows, 7), (1 - top) / 6)
    values[:, label] = top
    return values


def test_abstains_where_readings_are_mostly_wrong() -> None:
    answers = np.concatenate([probabilities(0.305, 0, 3), probabilities(0.8, 1, 97)])
    truth = np.concatenate([np.full(3, 5), np.full(97, 1)])
    assert 0.31 <= abstention(answers, truth) <= 0.8


def test_never_abstains_from_more_than_one_in_twenty() -> None:
    answers = np.concatenate([probabilities(0.305, 0, 10), probabilities(0.8, 1, 90)])
    truth = np.concatenate([np.full(10, 5), np.full(90, 1)])
    assert abstention(answers, truth) <= 0.305


def test_does_not_abstain_where_readings_are_right() -> None:
    assert abstention(probabilities(0.305, 0, 50), np.zeros(50, int)) == 0.0


def test_head_for_labels_is_the_one_that_is_right_more_often() -> None:
    label, ferplus = probabilities(0.4, 0, 2), probabilities(0.9, 1, 2)
    both = Predictions(ferplus, label)
    assert best_head(both, np.array([1, 1])) == "mean"
    assert best_head(both, np.array([0, 0])) == "label"
    assert best_head(both, np.array([0, 1])) == "label"  # equally good: the simpler one


def faces_voted(*votes: list[int]) -> Faces:
    count = len(votes)
    return Faces(np.zeros((count, 48, 48), np.uint8), np.zeros(count, np.int64), None, np.array(votes))


def test_reference_shares_are_mean_vote_shares() -> None:
    # neutral happiness surprise sadness anger disgust fear contempt unknown NF
    faces = faces_voted([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 5, 0, 0, 0, 5, 0, 0], [0] * 9 + [10])
    assert reference_shares(faces) == pytest.approx([0, 0, 0, 1 / 3, 1 / 3, 0, 1 / 3], abs=1e-5)


def test_confusion_counts_clear_rows_only() -> None:
    clear = np.zeros((7, 10), np.int64)
    clear[np.arange(7), VOTE_COLUMNS] = 10
    faces = faces_voted(*clear.tolist(), [0] * 9 + [10])
    logits = np.concatenate([np.eye(7) * 5, np.zeros((1, 7))])
    chosen = calibrate(logits, logits, faces)
    assert chosen.confusion.tolist() == np.eye(7, dtype=int).tolist()
    assert chosen.temperature < 1


def test_labels_in_another_order_are_found_out_and_the_order_is_named() -> None:
    theirs = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise", "contempt")
    truth = np.arange(70) % 7
    seen = [EMOTIONS[emotion] for emotion in truth]
    as_ours = np.array([EMOTIONS.index((*EMOTIONS, "contempt")[theirs.index(name)]) for name in seen])
    counts = metrics.confusion_counts(truth, as_ours)
    assert likelier_order(counts, (*EMOTIONS, "contempt")) == list(theirs)
    assert likelier_order(metrics.confusion_counts(truth, truth), EMOTIONS) is None


def test_a_weak_model_is_not_taken_for_one_with_other_labels() -> None:
    draws = np.random.default_rng(0)
    truth = draws.integers(0, 7, 210)
    guesses = draws.integers(0, 7, 210)
    assert likelier_order(metrics.confusion_counts(truth, guesses), EMOTIONS) is None
    half = np.where(draws.random(210) < 0.4, truth, guesses)
    assert likelier_order(metrics.confusion_counts(truth, half), EMOTIONS) is None
    assert likelier_order(np.zeros((7, 7), dtype=np.int64), EMOTIONS) is None
