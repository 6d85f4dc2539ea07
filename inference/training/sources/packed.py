"""The packed folder, lossless mosaics beside their labels, and the .npz of plain arrays."""

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from inference.training.errors import TrainingError
from inference.training.layout import SIDE

GRID = 32  # a page is a lossless mosaic of 32 x 32 faces

Arrays = dict[str, npt.NDArray[np.generic]]


def is_packed(folder: Path) -> bool:
    return (folder / "labels.npz").is_file() or any(folder.glob("page_*.webp"))


def read_folder(folder: Path) -> Arrays:
    pages = sorted(folder.glob("page_*.webp"))
    if not pages or not (folder / "labels.npz").is_file():
        raise TrainingError(f"{folder} is not in the packed form: labels.npz and page_*.webp belong there")
    arrays = read_archive(folder / "labels.npz")
    pixels = np.concatenate([_read_page(page) for page in pages])
    return {**arrays, "pixels": pixels[: len(arrays.get("label", ()))]}


def _read_page(page: Path) -> npt.NDArray[np.uint8]:
    try:
        with Image.open(page, formats=["WEBP"]) as image:
            mosaic = np.asarray(image.convert("L"))
        tiles = mosaic.reshape(GRID, SIDE, GRID, SIDE).transpose(0, 2, 1, 3)
    except (OSError, ValueError) as error:
        raise TrainingError(f"{page} is not a page of {GRID} x {GRID} faces: {error}") from error
    return np.ascontiguousarray(tiles.reshape(-1, SIDE, SIDE))


def read_archive(path: Path) -> Arrays:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path} cannot be read as an .npz of plain arrays: {error}") from error
