"""Which rows are trained on and which are held out for every choice that is made afterwards."""

from dataclasses import dataclass

import numpy as np

from inference.emotions import EMOTIONS
from inference.training.dataset import SPLITS, Codes, Faces
from inference.training.errors import TrainingError

HELD_OUT_SHARE = 0.10
SPLIT_SEED = 0  # one split for all runs, whatever their seed: a further cycle must not meet held-out rows


@dataclass(frozen=True)
class Partition:
    """Row numbers in the whole data set, and how many Training rows were left out as copies of a test row."""

    fitted: Codes
    held_out: Codes
    left_out: int


def partition(faces: Faces, *, seed: int) -> Partition:
    """Split the Training rows by `duplicate_group`: copies stay on one side, copies of a test row go."""
    training, elsewhere = _by_usage(faces)
    groups = np.arange(len(faces)) if faces.groups is None else faces.groups
    copies = np.isin(groups[training], groups[elsewhere])
    kept = training[~copies]
    unique = np.unique(groups[kept])
    shuffled = np.random.default_rng(seed).permutation(unique)
    held_groups = shuffled[: max(1, round(len(unique) * HELD_OUT_SHARE))]
    is_held = np.isin(groups[kept], held_groups)
    result = Partition(kept[~is_held], kept[is_held], int(copies.sum()))
    _refuse_empty_classes(faces.labels[result.fitted])
    return result


def _by_usage(faces: Faces) -> tuple[Codes, Codes]:
    if faces.usage is None:
        return np.arange(len(faces)), np.arange(0)
    is_training = faces.usage == SPLITS.index("Training")
    return np.flatnonzero(is_training), np.flatnonzero(~is_training)


def _refuse_empty_classes(labels: Codes) -> None:
    counts = np.bincount(labels, minlength=len(EMOTIONS))
    empty = [name for name, count in zip(EMOTIONS, counts, strict=True) if count == 0]
    if empty:
        raise TrainingError(f"the training rows hold no face labelled {', '.join(empty)}")
