"""Folds hold the same mix of emotions, and a face is never on both sides."""

import numpy as np
import pytest

from inference.training.dataset import Faces
from inference.training.errors import TrainingError
from inference.training.seeds.folds import fold_numbers, training_rows


def faces_of(labels: list[int], *, groups: list[int] | None = None, usage: list[int] | None = None) -> Faces:
    count = len(labels)
    return Faces(
        np.zeros((count, 48, 48), dtype=np.uint8),
        np.array(labels),
        None if usage is None else np.array(usage),
        None,
        None if groups is None else np.array(groups),
    )


def test_every_row_is_tested_once_and_each_fold_has_the_whole_mix() -> None:
    labels = np.repeat(np.arange(7), [40, 10, 30, 80, 20, 10, 50]).tolist()
    numbers = fold_numbers(faces_of(labels), 10, seed=3)
    for fold in range(10):
        mix = np.bincount(np.array(labels)[numbers == fold], minlength=7)
        assert mix.tolist() == [4, 1, 3, 8, 2, 1, 5]
    assert (numbers == fold_numbers(faces_of(labels), 10, seed=3)).all()
    assert (numbers != fold_numbers(faces_of(labels), 10, seed=4)).any()


def test_copies_of_a_face_stay_in_one_fold() -> None:
    groups = np.repeat(np.arange(70), 3).tolist()
    numbers = fold_numbers(faces_of(np.repeat(np.arange(7), 30).tolist(), groups=groups), 5, seed=0)
    assert all(len(set(numbers[start : start + 3])) == 1 for start in range(0, 210, 3))


def test_more_folds_than_faces_of_an_emotion_are_refused() -> None:
    labels = np.repeat(np.arange(7), [40, 3, 40, 40, 40, 40, 40]).tolist()
    with pytest.raises(TrainingError, match="3 different faces are labelled disgust, fewer than 10 folds"):
        fold_numbers(faces_of(labels), 10, seed=0)
    with pytest.raises(TrainingError, match="0 different faces are labelled neutral"):
        fold_numbers(faces_of([0, 1, 2, 3, 4, 5] * 20), 10, seed=0)


def test_rows_of_other_splits_and_their_copies_are_left_out() -> None:
    faces = faces_of([0, 0, 1, 1], groups=[1, 2, 3, 1], usage=[0, 0, 0, 1])
    assert training_rows(faces).tolist() == [1, 2]
    assert training_rows(faces_of([0, 1])).tolist() == [0, 1]
