"""Labels brought together, and files that our own readers take."""

import json
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.emotions import EMOTIONS
from inference.training import clinic_faces
from inference.training.clinic_faces import CANNOT_TELL, ClinicFace, agreed, votes_of, write_faces
from inference.training.dataset import load_faces, strict_majority
from inference.training.errors import TrainingError

SEEN = (*EMOTIONS, CANNOT_TELL)


def face(*seen: str, held_out: bool = False, shade: int = 0) -> ClinicFace:
    return ClinicFace(np.full((48, 48), shade, dtype=np.uint8), seen, "happy", held_out)


@pytest.mark.parametrize(
    ("seen", "label"),
    [
        (("sad",), "sad"),
        (("sad", "sad", "happy"), "sad"),
        (("sad", "happy"), None),
        (("cannot_tell",), None),
        (("cannot_tell", "cannot_tell", "sad"), None),
        ((), None),
    ],
)
def test_what_most_clinicians_saw_is_the_label(seen: tuple[str, ...], label: str | None) -> None:
    assert agreed(seen) == label


@given(st.lists(st.sampled_from(SEEN), min_size=1, max_size=9))
def test_votes_agree_with_the_label_whatever_the_order(seen: list[str]) -> None:
    votes = votes_of(seen)
    assert 8 <= votes.sum() <= 12
    assert (votes == votes_of(seen[::-1])).all()
    label, majority = agreed(seen), int(strict_majority(votes[None].astype(np.int64))[0])
    assert label is None or majority in {-1, EMOTIONS.index(label)}


def test_people_who_are_held_out_are_in_a_file_of_their_own(tmp_path: Path) -> None:
    faces = [face("sad", shade=1), face("fear", shade=2), face("sad", held_out=True, shade=3), face(shade=4)]
    said = write_faces([*faces, face("sad", "happy")], tmp_path / "out", {"export": "x"})
    assert said["faces"]["left_out"] == 1
    training, held_out = (
        load_faces(tmp_path / "out" / "training.npz"),
        load_faces(tmp_path / "out" / "held_out.npz"),
    )
    assert sorted(training.labels) == [EMOTIONS.index("fear"), EMOTIONS.index("sad")]
    assert held_out.labels.tolist() == [EMOTIONS.index("sad")]
    assert set(training.pixels.ravel()) == {1, 2}
    with np.load(tmp_path / "out" / "contested.npz") as contested:
        assert contested["contested"].tolist() == [EMOTIONS.index("happy")]
    assert json.loads((tmp_path / "out" / "about.json").read_text()) == said


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    write_faces([face("sad")], tmp_path / "out", {})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(TrainingError, match="cannot be written"):
        write_faces([face("sad")], tmp_path / "out", {})


@pytest.mark.parametrize("name", ["training.npz", "contested.npz", "about.json"])
def test_a_full_disk_leaves_nobodys_face_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The kernel's own device that is always full stands where the file would be."""
    owners = clinic_faces._owners

    def full(path: Path) -> Path:
        if path.name == name:
            path.symlink_to("/dev/full")
            return path
        return owners(path)

    monkeypatch.setattr(clinic_faces, "_owners", full)
    with pytest.raises(TrainingError, match=r"No space left on device.*removed again"):
        write_faces([face("sad"), face("fear", held_out=True), face()], tmp_path / "out", {"export": "x"})
    assert not (tmp_path / "out").exists()
