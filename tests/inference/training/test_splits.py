"""No face is on both sides: not of held-out and fitted rows, not of training and test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.training.dataset import Faces
from inference.training.errors import TrainingError
from inference.training.splits import partition
from tests.inference.training.small_data import small_arrays


def faces_of(groups: list[int], usage: list[int]) -> Faces:
    count = len(groups)
    return Faces(
        np.zeros((count, 48, 48), np.uint8), np.arange(count) % 7, np.array(usage), None, np.array(groups)
    )


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 1)), min_size=200, max_size=300),
    st.integers(0, 5),
)
def test_copies_never_cross(rows: list[tuple[int, int]], seed: int) -> None:
    groups, usage = [group for group, _ in rows], [part for _, part in rows]
    faces = faces_of(groups + list(range(1000, 1070)), usage + [0] * 70)
    parts = partition(faces, seed=seed)
    assert faces.groups is not None
    assert faces.usage is not None
    fitted, held_out = set(faces.groups[parts.fitted]), set(faces.groups[parts.held_out])
    assert not fitted & held_out
    assert not (fitted | held_out) & set(faces.groups[faces.usage == 1])
    training = int((faces.usage == 0).sum())
    assert len(parts.fitted) + len(parts.held_out) + parts.left_out == training


def test_same_seed_same_split() -> None:
    arrays = small_arrays()
    faces = Faces(arrays["pixels"], arrays["label"].astype(np.int64))
    assert partition(faces, seed=3).held_out.tolist() == partition(faces, seed=3).held_out.tolist()
    assert partition(faces, seed=3).held_out.tolist() != partition(faces, seed=4).held_out.tolist()
    assert len(partition(faces, seed=3).held_out) == 21


def test_empty_class_is_refused() -> None:
    faces = Faces(np.zeros((60, 48, 48), np.uint8), np.arange(60) % 6)
    with pytest.raises(TrainingError, match="no face labelled neutral"):
        partition(faces, seed=0)
