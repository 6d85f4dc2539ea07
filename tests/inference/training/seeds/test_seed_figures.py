"""AUC, the sources' binary accuracy and means over folds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.training.dataset import VOTE_COLUMNS, Faces
from inference.training.seeds.figures import area_under_curve, figures, over_folds


def faces_of(labels: list[int]) -> Faces:
    votes = np.zeros((len(labels), 10), dtype=np.int64)
    votes[np.arange(len(labels)), np.array(VOTE_COLUMNS)[labels]] = 10
    return Faces(np.zeros((len(labels), 48, 48), dtype=np.uint8), np.array(labels), None, votes)


def test_area_of_known_rankings() -> None:
    scores = np.array([0.1, 0.4, 0.35, 0.8])
    assert area_under_curve(scores, np.array([0.0, 0, 1, 1])) == 0.75
    assert area_under_curve(scores, np.array([0.0, 1, 0, 1])) == 1.0
    assert area_under_curve(np.ones(4), np.array([0.0, 1, 0, 1])) == 0.5
    assert area_under_curve(scores, np.ones(4)) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_area_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    positives = [score for score, is_positive in rows if is_positive]
    negatives = [score for score, is_positive in rows if not is_positive]
    found = area_under_curve(
        np.array([float(score) for score, _ in rows]), np.array([float(one) for _, one in rows])
    )
    if not positives or not negatives:
        assert found is None
        return
    pairs = [(one > other) + (one == other) / 2 for one in positives for other in negatives]
    assert found == pytest.approx(np.mean(pairs))


def test_network_that_is_never_sure_has_six_sevenths_of_binary_accuracy() -> None:
    """What source 004 printed as accuracy: 86 % says nothing was learned."""
    labels = [0, 1, 2, 3, 4, 5, 6]
    unsure = np.full((7, 7), 1 / 7)
    found = figures(unsure, unsure, faces_of(labels))
    assert found["binary_accuracy"] == pytest.approx(6 / 7, abs=1e-5)
    assert found["accuracy"] == pytest.approx(1 / 7, abs=1e-5)
    assert found["macro_auc"] == 0.5


def test_perfect_answers_have_perfect_figures() -> None:
    labels = [0, 1, 2, 3, 4, 5, 6]
    found = figures(np.eye(7), np.eye(7), faces_of(labels))
    assert found["accuracy"] == found["mirrored_accuracy"] == found["ferplus_accuracy"] == 1.0
    assert found["macro_f1"] == found["macro_auc"] == found["binary_accuracy"] == 1.0


def test_means_over_folds_name_every_emotion() -> None:
    labels = [0, 1, 2, 3, 4, 5, 6]
    good = figures(np.eye(7), np.eye(7), faces_of(labels))
    bad = figures(np.roll(np.eye(7), 1, 0), np.roll(np.eye(7), 1, 0), faces_of(labels))
    found = over_folds([good, bad])
    assert found["overall"]["accuracy"] == {"mean": 0.5, "deviation": 0.5}
    assert found["per_class"]["sad"]["f1"] == {"mean": 0.5, "deviation": 0.5}
    assert set(found["per_class"]["sad"]) == {"auc", "precision", "recall", "f1"}
