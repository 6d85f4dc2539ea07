"""Both forms of the data read alike, and what is wrong with a file is said in one line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.training.dataset import load_faces, strict_majority, vote_shares, vote_weights
from inference.training.errors import TrainingError
from tests import shared_data
from tests.inference.training.small_data import small_arrays, write_archive, write_folder


def test_folder_and_archive_hold_the_same_rows(tmp_path: Path) -> None:
    arrays = small_arrays()
    folder = load_faces(write_folder(tmp_path / "packed", arrays))
    archive = load_faces(write_archive(tmp_path / "faces.npz", arrays))
    assert np.array_equal(folder.pixels, arrays["pixels"])
    assert np.array_equal(folder.pixels, archive.pixels)
    assert np.array_equal(folder.labels, archive.labels)
    assert archive.votes is not None
    assert archive.groups is not None


def test_archive_needs_pixels_and_labels_only(tmp_path: Path) -> None:
    extra = ("usage", "ferplus_votes", "duplicate_group")
    faces = load_faces(write_archive(tmp_path / "faces.npz", small_arrays(21), without=extra))
    assert (faces.usage, faces.votes) == (None, None)
    assert faces.groups is not None
    assert len(set(faces.groups)) == 21
    assert len(faces.split("PublicTest")) == 21


def test_split_takes_its_own_rows(tmp_path: Path) -> None:
    faces = load_faces(write_archive(tmp_path / "faces.npz", small_arrays(210)))
    assert (len(faces.split("Training")), len(faces.split("PublicTest"))) == (140, 70)
    with pytest.raises(TrainingError, match="no rows of the split PrivateTest"):
        faces.split("PrivateTest")
    with pytest.raises(TrainingError, match="there is no split 'Validation'"):
        faces.split("Validation")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pixels": np.zeros((21, 64, 64), np.uint8)}, r"'pixels' is uint8\[21, 64, 64\]"),
        ({"pixels": np.zeros((21, 48, 48), np.float32)}, "'pixels' is float32"),
        ({"label": np.full(21, 7, np.int8)}, "'label' has values from 7 to 7, allowed are 0 to 6"),
        ({"label": np.full(21, -1, np.int8)}, "'label' has values from -1"),
        ({"label": np.zeros(21)}, "'label' is float64"),
        ({"label": np.zeros(0, np.int8)}, "holds no rows"),
        ({"usage": np.full(21, 3, np.int8)}, "'usage' has values from 3"),
        ({"ferplus_votes": np.zeros((21, 8), np.int8)}, r"'ferplus_votes' is int8\[21, 8\]"),
    ],
)
def test_wrong_array_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        load_faces(write_archive(tmp_path / "faces.npz", {**small_arrays(21), **change}))


def test_missing_array_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no array 'label'"):
        load_faces(write_archive(tmp_path / "faces.npz", small_arrays(21), without=("label",)))


def test_missing_or_foreign_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="there are no data at"):
        load_faces(tmp_path / "nowhere")
    with pytest.raises(TrainingError, match="neither in the packed form nor a folder of angry"):
        load_faces(tmp_path)
    (tmp_path / "page_00.webp").write_bytes(b"")
    with pytest.raises(TrainingError, match="not in the packed form"):
        load_faces(tmp_path)
    (tmp_path / "faces.npz").write_bytes(b"not an archive")
    with pytest.raises(TrainingError, match=r"cannot be read as an \.npz"):
        load_faces(tmp_path / "faces.npz")
    (tmp_path / "faces.txt").write_text("emotion,pixels")
    with pytest.raises(TrainingError, match="none of the forms that are read"):
        load_faces(tmp_path / "faces.txt")


def test_page_that_is_no_mosaic_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, small_arrays(21))
    (folder / "page_00.webp").write_bytes(b"RIFF")
    with pytest.raises(TrainingError, match=r"page_00\.webp is not a page"):
        load_faces(folder)


def test_votes_become_shares_in_our_order() -> None:
    # neutral happiness surprise sadness anger disgust fear contempt unknown NF
    votes = np.array([[1, 0, 0, 2, 5, 0, 0, 1, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 10]])
    shares = vote_shares(votes)
    assert shares[0] == pytest.approx([5 / 8, 0, 0, 0, 2 / 8, 0, 1 / 8])
    assert shares[1].sum() == 0
    assert vote_weights(votes) == pytest.approx([0.8, 0.0])


@pytest.mark.parametrize(
    ("votes", "majority"),
    [
        ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], 6),
        ([0, 0, 0, 5, 0, 0, 3, 0, 0, 2], 4),
        ([0, 0, 0, 4, 3, 3, 0, 0, 0, 0], -1),  # nobody has five
        ([5, 0, 0, 5, 0, 0, 0, 0, 0, 0], -1),  # a tie
        ([0, 7, 0, 0, 0, 0, 0, 0, 0, 3], -1),  # three saw no face
        ([2, 0, 0, 0, 0, 0, 0, 8, 0, 0], -1),  # contempt is none of the seven
    ],
)
def test_strict_majority(votes: list[int], majority: int) -> None:
    assert strict_majority(np.array([votes])).tolist() == [majority]


def test_the_shared_data_are_read_whole() -> None:
    shared_data.needs_shared()
    faces = load_faces(shared_data.SHARED / "data" / "fer2013")
    assert len(faces.split("Training")) == 28_709
    assert len(faces.split("PublicTest")) == 3_589
    assert np.bincount(faces.split("PublicTest").labels).tolist() == [467, 56, 496, 895, 653, 415, 607]
