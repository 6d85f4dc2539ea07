"""Labelled faces with FER+ votes, in whichever form they come, checked once at the border."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.emotions import EMOTIONS
from inference.training.errors import TrainingError
from inference.training.layout import SIDE as SIDE
from inference.training.layout import SPLITS as SPLITS
from inference.training.sources import read_arrays

Say = Callable[[str], None]
# FER+ columns: neutral happiness surprise sadness anger disgust fear contempt unknown NF ("not a face")
VOTE_COLUMNS = (4, 5, 6, 1, 3, 2, 0)  # the same emotions in our order
NOT_A_FACE = 9
MAJORITY_VOTES = 5
NOT_A_FACE_LIMIT = 3

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Faces:
    """Rows of a data set.

    pixels uint8[N, 48, 48]; labels 0..6; usage codes of SPLITS or None; votes [N, 10] of FER+ or None;
    groups: rows with identical pixels share a number, or None.
    """

    pixels: Bytes
    labels: Codes
    usage: Codes | None = None
    votes: Codes | None = None
    groups: Codes | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, index: npt.NDArray[np.bool_] | Codes) -> "Faces":
        optional = (None if part is None else part[index] for part in (self.usage, self.votes, self.groups))
        return Faces(self.pixels[index], self.labels[index], *optional)

    def split(self, name: str) -> "Faces":
        """The rows of one split; all rows where the data name no splits."""
        if name not in SPLITS:
            raise TrainingError(f"there is no split {name!r}; choose one of: {', '.join(SPLITS)}")
        if self.usage is None:
            return self
        chosen = self.usage == SPLITS.index(name)
        if not chosen.any():
            raise TrainingError(f"the data hold no rows of the split {name}")
        return self.rows(chosen)


def load_faces(path: Path, say: Say = lambda line: None) -> Faces:
    """Read whichever form the data have; TrainingError says in one line what is missing or wrong."""
    faces = check(read_arrays(path, say), path)
    return faces if faces.groups is not None else replace(faces, groups=groups_of(faces.pixels))


def with_more(fitted: Faces, more: Faces, apart: Bytes) -> Faces:
    """`fitted` and those rows of `more` that are no copy of a picture in `apart`; in no split any longer.

    The cut into fitted and held-out rows was made before, so that it stays the same whoever adds what. A
    label without votes counts as unanimous.
    """
    groups = groups_of(np.concatenate([apart, more.pixels]))
    more = more.rows(~np.isin(groups[len(apart) :], groups[: len(apart)]))
    votes = None
    if fitted.votes is not None:
        theirs = _unanimous(more.labels) if more.votes is None else more.votes
        votes = np.concatenate([fitted.votes, theirs])
    pixels = np.concatenate([fitted.pixels, more.pixels])
    return Faces(pixels, np.concatenate([fitted.labels, more.labels]), None, votes, groups_of(pixels))


def _unanimous(labels: Codes) -> Codes:
    votes = np.zeros((len(labels), 10), dtype=np.int64)
    votes[np.arange(len(labels)), np.array(VOTE_COLUMNS)[labels]] = 10
    return votes


def groups_of(pixels: Bytes) -> Codes:
    """[N]: rows with identical pixels share a number."""
    keys = [hashlib.blake2b(face.tobytes(), digest_size=16).digest() for face in pixels]
    _, groups = np.unique(np.array(keys, dtype="V16"), return_inverse=True)
    return np.asarray(groups.reshape(-1).astype(np.int64))


def label_shares(faces: Faces) -> Reals:
    """float32 [N, 7]: the label, and for copies of one picture with different labels what the copies say."""
    single: Reals = np.eye(len(EMOTIONS), dtype=np.float32)[faces.labels]
    if faces.groups is None:
        return single
    _, places = np.unique(faces.groups, return_inverse=True)
    sums = np.zeros((places.max() + 1, len(EMOTIONS)), dtype=np.float32)
    np.add.at(sums, places, single)
    return np.asarray((sums / sums.sum(1, keepdims=True))[places], dtype=np.float32)


def check(arrays: dict[str, npt.NDArray[np.generic]], path: Path) -> Faces:
    """Shapes and ranges of all arrays; a wrong one is named."""
    for name in ("pixels", "label"):
        if name not in arrays:
            raise TrainingError(f"{path} holds no array {name!r}")
    count = len(arrays["label"])
    if count == 0:
        raise TrainingError(f"{path} holds no rows")
    pixels = arrays["pixels"]
    if pixels.dtype != np.uint8 or pixels.shape != (count, SIDE, SIDE):
        wanted = f"uint8[{count}, {SIDE}, {SIDE}]"
        raise TrainingError(f"{path}: 'pixels' is {pixels.dtype}{list(pixels.shape)}, {wanted} was expected")
    usage = _codes(arrays, "usage", (count,), len(SPLITS) - 1, path)
    votes = _codes(arrays, "ferplus_votes", (count, 10), 255, path)
    groups = _codes(arrays, "duplicate_group", (count,), 2**31, path)
    labels = _codes(arrays, "label", (count,), len(EMOTIONS) - 1, path)
    assert labels is not None
    return Faces(pixels.astype(np.uint8, copy=False), labels, usage, votes, groups)


def _codes(
    arrays: dict[str, npt.NDArray[np.generic]], name: str, shape: tuple[int, ...], top: int, path: Path
) -> Codes | None:
    """One integer column in 0..top, or None where the data do not have it."""
    if name not in arrays:
        return None
    values = arrays[name]
    if values.shape != shape or values.dtype.kind not in "iu":
        wanted = f"whole numbers {list(shape)}"
        raise TrainingError(f"{path}: {name!r} is {values.dtype}{list(values.shape)}, {wanted} were expected")
    codes: Codes = values.astype(np.int64)
    if codes.min() < 0 or codes.max() > top:
        raise TrainingError(
            f"{path}: {name!r} has values from {codes.min()} to {codes.max()}, allowed are 0 to {top}"
        )
    return codes


def vote_shares(votes: Codes) -> Reals:
    """float32 [N, 7]: each emotion's share of the votes for the seven; a row without any is all zero."""
    chosen = votes[:, VOTE_COLUMNS].astype(np.float32)
    shares: Reals = chosen / np.maximum(chosen.sum(1, keepdims=True), 1)
    return shares


def vote_weights(votes: Codes) -> Reals:
    """float32 [N] in 0..1: how much of a row's votes went to the seven emotions."""
    total = np.maximum(votes.sum(1), 1)
    weights: Reals = (votes[:, VOTE_COLUMNS].sum(1) / total).astype(np.float32)
    return weights


def strict_majority(votes: Codes) -> Codes:
    """[N] the emotion with at least 5 of the 10 votes where fewer than 3 said "not a face", else -1.

    A tie (5 against 5) is no majority.
    """
    chosen = votes[:, VOTE_COLUMNS]
    ordered = np.sort(chosen, axis=1)
    clear = (ordered[:, -1] >= MAJORITY_VOTES) & (ordered[:, -1] > ordered[:, -2])
    clear &= votes[:, NOT_A_FACE] < NOT_A_FACE_LIMIT
    majority: Codes = np.where(clear, chosen.argmax(1), -1)
    return majority
