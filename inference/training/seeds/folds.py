"""Folds for cross-validation: the same mix of emotions in each, copies of a face on one side only."""

import numpy as np

from inference.emotions import EMOTIONS
from inference.training.dataset import SPLITS, Codes, Faces
from inference.training.errors import TrainingError


def training_rows(faces: Faces) -> Codes:
    """Row numbers of Training, without copies of a row of another split; all rows where there are none."""
    if faces.usage is None:
        return np.arange(len(faces))
    is_training = faces.usage == SPLITS.index("Training")
    groups = _groups(faces)
    return np.flatnonzero(is_training & ~np.isin(groups, groups[~is_training]))


def _groups(faces: Faces) -> Codes:
    return np.arange(len(faces)) if faces.groups is None else faces.groups


def fold_numbers(faces: Faces, folds: int, *, seed: int) -> Codes:
    """[N] the fold 0..folds-1 in which a row is tested.

    Groups of copies are dealt out by the label of their first row. TrainingError where an emotion has fewer
    groups than there are folds.
    """
    _, first, places = np.unique(_groups(faces), return_index=True, return_inverse=True)
    labels = faces.labels[first]
    counts = np.bincount(labels, minlength=len(EMOTIONS))
    rarest = int(counts.argmin())
    if counts[rarest] < folds:
        raise TrainingError(
            f"{counts[rarest]} different faces are labelled {EMOTIONS[rarest]}, fewer than {folds} folds"
        )
    draw = np.random.default_rng(seed)
    of_group = np.empty(len(first), dtype=np.int64)
    dealt = 0
    for label in np.unique(labels):
        members = draw.permutation(np.flatnonzero(labels == label))
        of_group[members] = (np.arange(len(members)) + dealt) % folds
        dealt += len(members)
    numbers: Codes = of_group[places.reshape(-1)]
    return numbers
