"""Maps that tell where a classifier looked: bright where the answer comes from, and measured for it."""

import numpy as np
import pytest

from inference.engine import explaining
from inference.engine.classify import Classifier
from inference.engine.package import ModelPackage

METHODS = pytest.mark.parametrize("method", explaining.METHODS)


@pytest.fixture(scope="module")
def classifier(package: ModelPackage) -> Classifier:
    return Classifier(package)


@pytest.fixture
def face() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)


@METHODS
def test_a_map_covers_the_face_and_is_the_same_each_time(
    classifier: Classifier, face: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], method: str
) -> None:
    draw = explaining.METHODS[method]
    first = draw(classifier, face, 3)
    assert first.shape == (48, 48)
    assert np.isfinite(first).all()
    assert np.array_equal(first, draw(classifier, face, 3))


@pytest.mark.parametrize("method", ["occlusion", "lime"])
def test_maps_are_more_faithful_than_chance(
    classifier: Classifier, face: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], method: str
) -> None:
    emotion = int(classifier.probabilities(face[None])[0].argmax())
    importance = explaining.METHODS[method](classifier, face, emotion)
    drawn = explaining.faithfulness(classifier, face, emotion, importance)
    upside_down = explaining.faithfulness(classifier, face, emotion, -importance)
    assert drawn.gain > upside_down.gain


def test_the_areas_are_shares(
    classifier: Classifier, face: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
) -> None:
    found = explaining.faithfulness(classifier, face, 0, np.arange(48.0 * 48).reshape(48, 48))
    assert 0 <= found.deletion <= 1
    assert 0 <= found.insertion <= 1


def test_regions_tell_where_the_weight_lies() -> None:
    importance = np.full((48, 48), -1.0)
    importance[36:40, 20:28] = 2.0
    shares = explaining.regions(importance)
    assert next(iter(shares)) == "mouth"
    assert shares["mouth"] == pytest.approx(1)
    assert shares["forehead"] == 0


def test_a_map_without_weight_has_no_region() -> None:
    assert set(explaining.regions(np.zeros((48, 48))).values()) == {0.0}


def test_the_picture_is_a_png(face: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    assert explaining.overlay(face, np.ones((48, 48))).startswith(b"\x89PNG")
