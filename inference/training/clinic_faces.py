"""Faces that clinicians labelled, as a data set: labels brought together, people kept apart."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.emotions import EMOTIONS
from inference.training.dataset import SIDE, VOTE_COLUMNS, Bytes
from inference.training.errors import TrainingError

CANNOT_TELL = "cannot_tell"
UNKNOWN_COLUMN = 8
VOTES = 10
OWNER_ONLY = 0o600
OWNERS_FOLDER = 0o700
FILES = ("training.npz", "held_out.npz", "contested.npz")


@dataclass(frozen=True)
class ClinicFace:
    """One aligned face, uint8 [48, 48].

    `seen`: what each clinician saw, EMOTIONS or CANNOT_TELL; empty where nobody said. `answer`: what the
    program said. `is_held_out`: its person is kept for judging, with all their faces.
    """

    pixels: Bytes
    seen: tuple[str, ...]
    answer: str
    is_held_out: bool


def agreed(seen: Sequence[str]) -> str | None:
    """What more clinicians saw than anything else; None for a tie, for nobody, or where they cannot tell."""
    ranked = Counter(seen).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0] if ranked[0][0] in EMOTIONS else None


def votes_of(seen: Sequence[str]) -> npt.NDArray[np.uint8]:
    """uint8 [10] in the columns of FER+, sum 10 but for rounding; "cannot tell" is its *unknown*."""
    votes = np.zeros(VOTES, dtype=np.uint8)
    for answer, times in Counter(seen).items():
        column = UNKNOWN_COLUMN if answer == CANNOT_TELL else VOTE_COLUMNS[EMOTIONS.index(answer)]
        votes[column] = round(VOTES * times / len(seen))
    return votes


def write_faces(faces: Sequence[ClinicFace], folder: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Writes the folder, which must not exist, for its owner alone; what `about.json` says of it.

    Labelled faces go to training.npz and held_out.npz, as `train_classifier` and `evaluate_classifier` read
    them; contested ones that nobody labelled to contested.npz, with what the program had said.
    The order is drawn by lot. Raises TrainingError, one line, where nothing can be written.
    """
    order = np.random.default_rng().permutation(len(faces))
    shuffled = [faces[at] for at in order]
    labelled = [(face, label) for face in shuffled if (label := agreed(face.seen)) is not None]
    parts = {
        "training.npz": [pair for pair in labelled if not pair[0].is_held_out],
        "held_out.npz": [pair for pair in labelled if pair[0].is_held_out],
    }
    unlabelled = [face for face in shuffled if not face.seen]
    counts = {
        **{name: dict(Counter(label for _face, label in part)) for name, part in parts.items()},
        "contested.npz": len(unlabelled),
        "left_out": len(faces) - len(labelled) - len(unlabelled),
    }
    said = {**about, "faces": counts}
    try:
        folder.mkdir(mode=OWNERS_FOLDER)
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written ({error.strerror})") from None
    try:
        _write_files(folder, parts, unlabelled, said)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)  # half an export is people's faces that nobody looks after
        raise TrainingError(
            f"{folder} cannot be written ({error.strerror}); what was written is removed again"
        ) from None
    return said


def _write_files(
    folder: Path,
    parts: dict[str, list[tuple[ClinicFace, str]]],
    unlabelled: Sequence[ClinicFace],
    said: dict[str, Any],
) -> None:
    for name, part in parts.items():
        if part:
            _write(folder / name, **_arrays(part))
    if unlabelled:
        answers = np.asarray([EMOTIONS.index(face.answer) for face in unlabelled], dtype=np.int8)
        pixels = np.stack([face.pixels for face in unlabelled])
        _write(folder / "contested.npz", pixels=pixels, contested=answers)
    with _owners(folder / "about.json").open("w") as file:
        json.dump(said, file, indent=1)


def _arrays(part: Sequence[tuple[ClinicFace, str]]) -> dict[str, npt.NDArray[Any]]:
    return {
        "pixels": np.stack([face.pixels for face, _label in part]).reshape(-1, SIDE, SIDE),
        "label": np.asarray([EMOTIONS.index(label) for _face, label in part], dtype=np.int8),
        "ferplus_votes": np.stack([votes_of(face.seen) for face, _label in part]),
    }


def _write(path: Path, **arrays: Any) -> None:
    np.savez_compressed(_owners(path), **arrays)


def _owners(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    return path
