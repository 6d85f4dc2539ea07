"""Kaggle's fer2013.csv (emotion,pixels[,Usage]); FER+ votes where fer2013new.csv lies beside it."""

import csv
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.training.errors import TrainingError
from inference.training.layout import SIDE, SPLITS

VOTES_FILE = "fer2013new.csv"
VOTE_NAMES = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF",
)  # fmt: skip
PROGRESS_ROWS = 8000

Arrays = dict[str, npt.NDArray[np.generic]]
Row = dict[str, str]


def read(path: Path, say: Callable[[str], None]) -> Arrays:
    pixels, labels, usage = [], [], []
    for line, row in _rows(path, ("emotion", "pixels")):
        pixels.append(_pixels(path, line, row["pixels"]))
        labels.append(_number(path, line, "emotion", row["emotion"]))
        usage.append(_usage(path, line, row["Usage"]) if "Usage" in row else -1)
        if len(labels) % PROGRESS_ROWS == 0:
            say(f"{len(labels)} rows of {path.name}")
    if not labels:
        raise TrainingError(f"{path} holds no rows")
    arrays: Arrays = {"pixels": np.stack(pixels), "label": np.array(labels)}
    if min(usage) >= 0:
        arrays["usage"] = np.array(usage)
    if (path.parent / VOTES_FILE).is_file():
        arrays["ferplus_votes"] = _votes(path.parent / VOTES_FILE, usage)
    return arrays


def _rows(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    """Line number and fields of each row; a row that is cut short is an error and not a smaller row."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = names
            missing = [name for name in wanted if name not in names]
            if missing:
                raise TrainingError(f"{path} has no column {missing[0]!r}")
            for row in reader:
                if None in row.values() or None in row:
                    raise TrainingError(f"{path}, line {reader.line_num}: is the file cut short?")
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} cannot be read as a .csv: {error}") from error


def _pixels(path: Path, line: int, text: str) -> npt.NDArray[np.uint8]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            values = np.fromstring(text, dtype=np.int32, sep=" ")
        except (ValueError, DeprecationWarning):
            raise TrainingError(f"{path}, line {line}: the pixels are not whole numbers") from None
    if len(values) != SIDE**2:
        raise TrainingError(
            f"{path}, line {line}: {len(values)} pixels, {SIDE**2} were expected; is the file cut short?"
        )
    if values.min() < 0 or values.max() > 255:
        raise TrainingError(f"{path}, line {line}: pixels lie in 0..255, not {values.min()}..{values.max()}")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _number(path: Path, line: int, name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise TrainingError(f"{path}, line {line}: {name!r} is {text!r}, not a whole number") from None


def _usage(path: Path, line: int, text: str) -> int:
    if text.strip() not in SPLITS:
        raise TrainingError(f"{path}, line {line}: Usage is {text!r}, none of {', '.join(SPLITS)}")
    return SPLITS.index(text.strip())


def _votes(path: Path, usage: list[int]) -> npt.NDArray[np.int64]:
    """Ten votes a row, in the order of the faces: the splits have to agree row by row."""
    rows = list(_rows(path, ("Usage", *VOTE_NAMES)))
    if len(rows) != len(usage):
        raise TrainingError(f"{path} has {len(rows)} rows, the faces {len(usage)}")
    for (line, row), code in zip(rows, usage, strict=True):
        if code >= 0 and _usage(path, line, row["Usage"]) != code:
            raise TrainingError(f"{path}, line {line}: the votes are of another split than the face")
    return np.array([[_number(path, line, name, row[name]) for name in VOTE_NAMES] for line, row in rows])
