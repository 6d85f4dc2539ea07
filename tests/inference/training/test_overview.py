"""Counts, copies and contradictions are told; splits that overlap are refused."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from inference.training.dataset import Faces, label_shares, load_faces, strict_majority, with_more
from inference.training.errors import TrainingError
from inference.training.overview import overview
from inference.training.splits import Partition, partition, refuse_leakage, refuse_overlap
from tests.inference.training.small_data import small_arrays, write_archive


def faces_with_copies() -> Faces:
    """Row 1 copies row 0 under another label, row 30 copies row 23, and row 7 the test row 14."""
    arrays = small_arrays(63)
    arrays["pixels"][1] = arrays["pixels"][0]
    arrays["pixels"][30] = arrays["pixels"][23]
    arrays["pixels"][7] = arrays["pixels"][14]
    arrays["label"][30] = arrays["label"][23]
    return Faces(arrays["pixels"], arrays["label"].astype(np.int64), arrays["usage"].astype(np.int64))


def test_copies_and_contradictions_are_counted() -> None:
    found = overview(faces_with_copies())
    assert found["rows"] == 63
    assert found["splits"]["Training"]["rows"] == 42
    assert found["splits"]["PublicTest"]["sad"] == 3
    assert found["copies"] == 3
    assert found["contradictions"] == {"pictures": 1, "rows": 2}
    assert found["copies_across_splits"] == {"PublicTest": 1}


def test_contradicting_copies_learn_the_mean_of_their_labels(tmp_path: Path) -> None:
    faces = faces_with_copies()
    data = write_archive(
        tmp_path / "faces.npz", {"pixels": faces.pixels, "label": faces.labels, "usage": faces.usage}
    )
    shares = label_shares(load_faces(data))
    assert shares[0].tolist() == shares[1].tolist() == [0.5, 0.5, 0, 0, 0, 0, 0]
    assert shares[30].max() == 1
    assert shares.sum(1) == pytest.approx(1)


def test_faces_of_ones_own_are_added_but_for_copies_of_what_is_kept_apart(tmp_path: Path) -> None:
    data, own = small_arrays(630), small_arrays(21, seed=5)
    faces = load_faces(write_archive(tmp_path / "faces.npz", data))
    parts = partition(faces, seed=0)
    own["pixels"][3] = faces.pixels[parts.held_out[0]]
    own["pixels"][4] = faces.split("PublicTest").pixels[0]
    only_labels = ("usage", "ferplus_votes", "duplicate_group")
    more = load_faces(write_archive(tmp_path / "own.npz", own, without=only_labels))
    apart = np.delete(faces.pixels, parts.fitted, axis=0)
    both = with_more(faces.rows(parts.fitted), more, apart)
    assert len(both) == len(parts.fitted) + 19
    assert both.votes is not None
    assert (strict_majority(both.votes)[-19:] == np.delete(own["label"], [3, 4])).all()
    assert not {face.tobytes() for face in both.pixels} & {face.tobytes() for face in apart}


def test_command_prints_the_counts(tmp_path: Path) -> None:
    output, said = io.StringIO(), io.StringIO()
    data = write_archive(tmp_path / "faces.npz", small_arrays(63))
    call_command("describe_faces", str(data), stdout=output, stderr=said)
    assert json.loads(output.getvalue())["votes"]["majority_is_the_label"] == 63
    assert "Training: 42 rows; angry 6" in said.getvalue()
    with pytest.raises(CommandError, match="there are no data at"):
        call_command("describe_faces", str(tmp_path / "nowhere"))


def test_splits_that_are_each_other_are_refused() -> None:
    arrays = small_arrays(126)
    pixels = np.concatenate([arrays["pixels"]] * 2)
    labels = np.concatenate([arrays["label"]] * 2).astype(np.int64)
    groups = np.tile(np.arange(126), 2)
    faces = Faces(pixels, labels, np.repeat([0, 1], 126), None, groups)
    with pytest.raises(TrainingError, match="the splits overlap: 126 of 126 rows"):
        refuse_overlap(faces)
    refuse_overlap(faces_with_copies())


def test_leak_is_refused_whoever_made_the_parts() -> None:
    groups = np.array([0, 1, 2, 2, 3])
    sound = Partition(np.array([0, 1]), np.array([2, 3]), 0)
    refuse_leakage(groups, sound, np.array([4]))
    leaking = Partition(np.array([0, 2]), np.array([1, 3]), 0)
    with pytest.raises(TrainingError, match="1 pictures are among the fitted and held-out rows alike"):
        refuse_leakage(groups, leaking, np.array([4]))
    with pytest.raises(TrainingError, match="fitted and test"):
        refuse_leakage(groups, sound, np.array([0]))
