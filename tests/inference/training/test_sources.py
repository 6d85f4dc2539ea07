"""Kaggle's csv and class folders hold the same rows as the packed form, and say what is wrong with them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.emotions import EMOTIONS
from inference.training.dataset import SPLITS, load_faces
from inference.training.errors import TrainingError
from inference.training.sources.kaggle_csv import VOTE_NAMES, VOTES_FILE
from tests.inference.training.small_data import Arrays, small_arrays


def write_csv(path: Path, arrays: Arrays, *, with_usage: bool = True) -> Path:
    rows = ["emotion,pixels" + (",Usage" if with_usage else "")]
    for face, label, code in zip(arrays["pixels"], arrays["label"], arrays["usage"], strict=True):
        rows.append(
            f"{label},{' '.join(map(str, face.ravel()))}" + (f",{SPLITS[code]}" if with_usage else "")
        )
    path.write_text("\n".join(rows) + "\n")
    return path


def write_votes(path: Path, arrays: Arrays) -> None:
    rows = [",".join(["Usage", "Image name", *VOTE_NAMES])]
    for number, (votes, code) in enumerate(zip(arrays["ferplus_votes"], arrays["usage"], strict=True)):
        rows.append(",".join([SPLITS[code], f"fer{number:07}.png", *map(str, votes)]))
    path.write_text("\n".join(rows) + "\n")


def write_class_folders(folder: Path, arrays: Arrays, *, splits: bool = True) -> Path:
    for number, (face, label, code) in enumerate(
        zip(arrays["pixels"], arrays["label"], arrays["usage"], strict=True)
    ):
        place = folder / (("train", "test")[code] if splits else "") / EMOTIONS[label]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(face).save(place / f"{number:05}.png")
    return folder


def test_csv_with_votes_holds_the_rows_of_the_packed_form(tmp_path: Path) -> None:
    arrays = small_arrays(42)
    write_votes(tmp_path / VOTES_FILE, arrays)
    faces = load_faces(write_csv(tmp_path / "fer2013.csv", arrays))
    assert np.array_equal(faces.pixels, arrays["pixels"])
    assert np.array_equal(faces.labels, arrays["label"])
    assert faces.usage is not None
    assert np.array_equal(faces.usage, arrays["usage"])
    assert faces.votes is not None
    assert np.array_equal(faces.votes, arrays["ferplus_votes"])


def test_csv_needs_neither_splits_nor_votes(tmp_path: Path) -> None:
    faces = load_faces(write_csv(tmp_path / "faces.csv", small_arrays(21), with_usage=False))
    assert (faces.usage, faces.votes, len(faces)) == (None, None, 21)


def test_class_folders_hold_the_same_pictures(tmp_path: Path) -> None:
    arrays = small_arrays(42)
    faces = load_faces(write_class_folders(tmp_path, arrays))
    assert sorted(face.tobytes() for face in faces.pixels) == sorted(
        face.tobytes() for face in arrays["pixels"]
    )
    assert len(faces.split("Training")) == 28
    for emotion in range(7):
        ours, theirs = (
            x[y == emotion].sum()
            for x, y in ((faces.pixels, faces.labels), (arrays["pixels"], arrays["label"]))
        )
        assert ours == theirs


def test_class_folders_without_splits_are_one_set(tmp_path: Path) -> None:
    faces = load_faces(write_class_folders(tmp_path, small_arrays(21), splits=False))
    assert (faces.usage, len(faces)) == (None, 21)


def test_reading_tells_its_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("inference.training.sources.class_folders.PROGRESS_FILES", 10)
    load_faces(write_class_folders(tmp_path, small_arrays(21)), said.append)
    assert said == ["10 of 21 pictures", "20 of 21 pictures"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "3," + " ".join(["7"] * 1200) + ",Training",
            r"line 3: 1200 pixels, 2304 were expected; .*cut short",
        ),
        ("3,7 7 7", "line 3: is the file cut short"),
        ("3," + " ".join(["7"] * 2303) + " x,Training", "line 3: the pixels are not whole numbers"),
        ("3," + " ".join(["256"] * 2304) + ",Training", r"line 3: pixels lie in 0\.\.255, not 256\.\.256"),
        ("sad," + " ".join(["7"] * 2304) + ",Training", "line 3: 'emotion' is 'sad', not a whole number"),
        ("3," + " ".join(["7"] * 2304) + ",Later", "line 3: Usage is 'Later'"),
        ("7," + " ".join(["7"] * 2304) + ",Training", "'label' has values from 0 to 7, allowed are 0 to 6"),
    ],
)
def test_bad_line_of_a_csv_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = write_csv(tmp_path / "faces.csv", small_arrays(1))
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(TrainingError, match=words):
        load_faces(path)


def test_csv_without_rows_or_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("emotion,pixels,Usage\n")
    with pytest.raises(TrainingError, match="holds no rows"):
        load_faces(tmp_path / "faces.csv")
    (tmp_path / "faces.csv").write_text("")
    with pytest.raises(TrainingError, match="has no column 'emotion'"):
        load_faces(tmp_path / "faces.csv")
    (tmp_path / "faces.csv").write_bytes(b"\xff\xfe\x00\xff")
    with pytest.raises(TrainingError, match=r"cannot be read as a \.csv"):
        load_faces(tmp_path / "faces.csv")


def test_votes_of_other_rows_are_refused(tmp_path: Path) -> None:
    arrays = small_arrays(42)
    path = write_csv(tmp_path / "faces.csv", arrays)
    write_votes(tmp_path / VOTES_FILE, small_arrays(21))
    with pytest.raises(TrainingError, match="has 21 rows, the faces 42"):
        load_faces(path)
    write_votes(tmp_path / VOTES_FILE, {**arrays, "usage": 1 - arrays["usage"]})
    with pytest.raises(TrainingError, match="line 2: the votes are of another split"):
        load_faces(path)


def test_wrong_picture_or_folder_is_named(tmp_path: Path) -> None:
    folder = write_class_folders(tmp_path / "faces", small_arrays(21))
    Image.new("L", (64, 48)).save(folder / "train" / "sad" / "wide.png")
    with pytest.raises(TrainingError, match=r"wide\.png is 64 x 48 pixels, 48 x 48 were expected"):
        load_faces(folder)
    (folder / "train" / "sad" / "wide.png").write_bytes(b"no picture")
    with pytest.raises(TrainingError, match=r"wide\.png cannot be read as a picture"):
        load_faces(folder)
    (folder / "train" / "sad" / "wide.png").unlink()
    (folder / "train" / "contempt").mkdir()
    with pytest.raises(TrainingError, match="contempt is named for none of the emotions"):
        load_faces(folder)
    (folder / "train" / "contempt").rename(folder / "more")
    with pytest.raises(TrainingError, match="more lies beside folders of splits"):
        load_faces(folder)
