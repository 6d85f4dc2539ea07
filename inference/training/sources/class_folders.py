"""Folders named for emotions, alone or below folders named for splits: train/happy/1.png."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from inference.emotions import EMOTIONS
from inference.training.errors import TrainingError
from inference.training.layout import SIDE

SPLIT_NAMES = {
    "train": 0, "training": 0, "publictest": 1, "test": 1, "valid": 1, "validation": 1, "val": 1,
    "privatetest": 2,
}  # fmt: skip
EMOTION_NAMES = {name: code for code, name in enumerate(EMOTIONS)} | {
    "anger": 0, "disgusted": 1, "fearful": 2, "happiness": 3, "sadness": 4, "surprised": 5,
}  # fmt: skip
PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
PROGRESS_FILES = 5000

Arrays = dict[str, npt.NDArray[np.generic]]


def read(folder: Path, say: Callable[[str], None]) -> Arrays:
    files = list(_files(folder))
    if not files:
        raise TrainingError(
            f"{folder} is neither in the packed form nor a folder of {', '.join(EMOTIONS)} with pictures"
        )
    pixels = []
    for number, (file, _, _) in enumerate(files, start=1):
        pixels.append(_picture(file))
        if number % PROGRESS_FILES == 0:
            say(f"{number} of {len(files)} pictures")
    arrays: Arrays = {"pixels": np.stack(pixels), "label": np.array([label for _, label, _ in files])}
    if all(split is not None for _, _, split in files):
        arrays["usage"] = np.array([split for _, _, split in files])
    return arrays


def _files(folder: Path) -> Iterator[tuple[Path, int, int | None]]:
    """Each picture with its label and split, in an order that depends on the names alone."""
    splits = [one for one in _folders(folder) if one.name.lower() in SPLIT_NAMES]
    if splits and len(splits) != len(_folders(folder)):
        odd = next(one for one in _folders(folder) if one not in splits)
        raise TrainingError(f"{odd} lies beside folders of splits and is none of {', '.join(SPLIT_NAMES)}")
    for split in splits or [folder]:
        code = SPLIT_NAMES[split.name.lower()] if splits else None
        for emotion in _folders(split):
            label = EMOTION_NAMES.get(emotion.name.lower())
            if label is None:
                raise TrainingError(f"{emotion} is named for none of the emotions {', '.join(EMOTIONS)}")
            for file in sorted(emotion.iterdir()):
                if file.suffix.lower() in PICTURES:
                    yield file, label, code


def _folders(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))


def _picture(file: Path) -> npt.NDArray[np.uint8]:
    try:
        with Image.open(file, formats=[PICTURES[file.suffix.lower()]]) as image:
            size = image.size
            grey = np.asarray(image.convert("L")) if size == (SIDE, SIDE) else None
    except (OSError, ValueError) as error:
        raise TrainingError(f"{file} cannot be read as a picture: {error}") from error
    if grey is None:
        raise TrainingError(f"{file} is {size[0]} x {size[1]} pixels, {SIDE} x {SIDE} were expected")
    return grey
