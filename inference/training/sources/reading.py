"""Which reader a path belongs to."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.training.errors import TrainingError
from inference.training.sources import class_folders, kaggle_csv, packed

Arrays = dict[str, npt.NDArray[np.generic]]
Say = Callable[[str], None]
FORMS = (
    "a packed folder (labels.npz and page_*.webp), a folder with one folder per emotion, an .npz, or a .csv "
    "in Kaggle's form"
)


def read_arrays(path: Path, say: Say) -> Arrays:
    """`pixels`, `label` and what else the data hold; TrainingError says what is missing or wrong."""
    if path.is_dir():
        return packed.read_folder(path) if packed.is_packed(path) else class_folders.read(path, say)
    if not path.exists():
        raise TrainingError(f"there are no data at {path}")
    if path.suffix == ".npz":
        return packed.read_archive(path)
    if path.suffix == ".csv":
        return kaggle_csv.read(path, say)
    raise TrainingError(f"{path} is none of the forms that are read: {FORMS}")
