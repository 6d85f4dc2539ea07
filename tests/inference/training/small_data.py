"""Small data sets in the packed form and as .npz: a bright square whose size tells the emotion."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inference.training.dataset import SIDE, VOTE_COLUMNS
from inference.training.sources.packed import GRID

Arrays = dict[str, Any]


def small_arrays(rows: int = 210, *, seed: int = 0) -> Arrays:
    """`rows` faces, each emotion equally often, two thirds Training, every vote for the label."""
    draw = np.random.default_rng(seed)
    labels = np.arange(rows) % 7
    pixels = draw.integers(0, 60, (rows, SIDE, SIDE))
    for row, label in enumerate(labels):
        edge = 21 - 3 * label
        pixels[row, edge : SIDE - edge, edge : SIDE - edge] += 180
    votes = np.zeros((rows, 10), dtype=np.int8)
    votes[np.arange(rows), np.array(VOTE_COLUMNS)[labels]] = 10
    return {
        "pixels": pixels.astype(np.uint8),
        "label": labels.astype(np.int8),
        "usage": (np.arange(rows) // 7 % 3 == 2).astype(np.int8),
        "ferplus_votes": votes,
        "duplicate_group": np.arange(rows, dtype=np.int32),
    }


def write_archive(path: Path, arrays: Arrays, *, without: tuple[str, ...] = ()) -> Path:
    np.savez(path, **{name: values for name, values in arrays.items() if name not in without})
    return path


def write_folder(folder: Path, arrays: Arrays) -> Path:
    """One page, the rest of its mosaic black."""
    folder.mkdir(parents=True, exist_ok=True)
    tiles = np.zeros((GRID * GRID, SIDE, SIDE), dtype=np.uint8)
    tiles[: len(arrays["pixels"])] = arrays["pixels"]
    mosaic = tiles.reshape(GRID, GRID, SIDE, SIDE).transpose(0, 2, 1, 3).reshape(GRID * SIDE, GRID * SIDE)
    Image.fromarray(np.ascontiguousarray(mosaic)).save(folder / "page_00.webp", lossless=True)
    write_archive(folder / "labels.npz", arrays, without=("pixels",))
    return folder
