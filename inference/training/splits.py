"""Which rows are trained on and which are held out for every choice that is made afterwards."""

from dataclasses import dataclass

import numpy as np

from inference.emotions import EMOTIONS
from inference.training.dataset import SPLITS, Codes, Faces
from inference.training.errors import TrainingError

HELD_OUT_SHARE = 0.10
OVERLAP_LIMIT = 0.25  # FER-2013's PublicTest: 8 in 100 rows also are Training rows
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
    refuse_leakage(groups, result, elsewhere)
    return result


def refuse_overlap(faces: Faces) -> None:
    """Some copies are left out; splits that largely are each other must be a mistake."""
    training, elsewhere = _by_usage(faces)
    if faces.groups is None or not elsewhere.size:
        return
    copied = np.isin(faces.groups[elsewhere], faces.groups[training])
    if copied.mean() > OVERLAP_LIMIT:
        raise TrainingError(
            f"the splits overlap: {int(copied.sum())} of {copied.size} rows outside Training have the pixels "
            "of a Training row"
        )


def refuse_leakage(groups: Codes, parts: Partition, elsewhere: Codes) -> None:
    """No picture may be on two sides; `groups` [rows] numbers identical ones."""
    sides = {
        "fitted and held-out": (parts.fitted, parts.held_out),
        "fitted and test": (parts.fitted, elsewhere),
        "held-out and test": (parts.held_out, elsewhere),
    }
    for name, (one, other) in sides.items():
        shared = np.intersect1d(groups[one], groups[other])
        if shared.size:
            raise TrainingError(f"{shared.size} pictures are among the {name} rows alike: results would lie")


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
