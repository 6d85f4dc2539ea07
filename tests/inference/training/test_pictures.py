"""Drawn non-faces, covered faces and disturbed faces: right shape, really changed, the same for a seed."""

import numpy as np
import pytest

from inference.training.coverings import sunglasses, surgical_masks
from inference.training.disturbances import DISTURBANCES, blur, brighten, occlude, rotate
from inference.training.non_faces import NON_FACES, non_faces, scrambled


def faces(count: int = 4) -> np.ndarray:
    rows, columns = np.mgrid[0:48, 0:48]
    one = (128 + 60 * np.sin(rows / 5) + 40 * np.cos(columns / 7)).astype(np.uint8)
    return np.stack([np.roll(one, shift, 1) for shift in range(count)])


@pytest.mark.parametrize("kind", NON_FACES)
def test_non_faces_are_varied_pictures_of_any_side(kind: str) -> None:
    small, same, large = (
        non_faces(kind, 3, 48, seed=1),
        non_faces(kind, 3, 48, seed=1),
        non_faces(kind, 1, 200, seed=1),
    )
    assert small.shape == (3, 48, 48)
    assert small.dtype == np.uint8
    assert large.shape == (1, 200, 200)
    assert np.array_equal(small, same)
    assert not np.array_equal(small[0], small[1])


def test_scrambled_faces_keep_their_pixels() -> None:
    dealt = scrambled(faces(), seed=2)
    assert not np.array_equal(dealt, faces())
    assert np.array_equal(np.sort(dealt.reshape(4, -1)), np.sort(faces().reshape(4, -1)))


def test_mask_covers_the_lower_face_and_glasses_the_eyes() -> None:
    masked = np.abs(surgical_masks(faces(), seed=0).astype(int) - faces()) > 25
    assert masked[:, 34:44, 14:34].mean() > 0.6
    assert masked[:, :18].mean() < 0.1
    shaded = sunglasses(faces(), seed=0)
    assert shaded[:, 13:20, 11:17].mean() < 70
    assert np.abs(shaded[:, 30:].astype(int) - faces()[:, 30:]).mean() < 2


@pytest.mark.parametrize("name", DISTURBANCES)
def test_steps_change_more_and_more(name: str) -> None:
    disturb, steps = DISTURBANCES[name]
    changes = [np.abs(disturb(faces(), step).astype(int) - faces()).mean() for step in steps]
    assert min(changes) > 0
    if name != "brightness":
        assert changes[-1] > changes[0]


def test_no_disturbance_is_no_change() -> None:
    assert np.array_equal(brighten(faces(), 0), faces())
    assert np.array_equal(rotate(faces(), 0), faces())
    assert np.array_equal(occlude(faces(), 0), faces())
    assert brighten(faces(), 300).min() == 255
    assert blur(faces(), 3).std() < faces().std()
