from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.emotions import EMOTIONS, NOT_SCORED_REASONS
from inference.engine.errors import NotScored
from inference.engine.reading import Engine, load_engine
from tests.inference.engine import portraits
from tests.inference.engine.packages import write_random_package
from tests.patients import image_files
from tests.shared_data import london_face


def test_a_portrait_is_scored(engine: Engine) -> None:
    [reading] = engine.read([london_face()])
    assert reading.scored
    assert reading.reason is None
    assert reading.faces == 1
    assert reading.probabilities is not None
    assert sum(reading.probabilities) == pytest.approx(1)
    assert reading.label == EMOTIONS[int(np.argmax(reading.probabilities))]
    assert reading.milliseconds.total >= reading.milliseconds.decode + reading.milliseconds.detect


@pytest.mark.parametrize(
    ("reason", "make"),
    [
        ("no_face", lambda: Image.new("RGB", (640, 480), (128, 128, 128))),
        ("several_faces", portraits.beside_another),
        ("blurred", portraits.blurred),
        ("too_dark", lambda: portraits.at_brightness(0.1)),
        ("too_dark", lambda: portraits.at_brightness(0.01)),
        ("too_bright", portraits.overexposed),
        ("tilted", lambda: portraits.tilted(50)),
        ("tilted", lambda: portraits.tilted(-50)),
        ("tilted", lambda: portraits.tilted(180)),
        ("face_too_small", lambda: portraits.far_away(36)),
    ],
)
def test_a_bad_photo_is_not_scored_with_its_reason(
    engine: Engine, reason: str, make: Callable[[], Image.Image]
) -> None:
    [reading] = engine.read([portraits.jpeg(make())])
    assert (reading.scored, reading.reason) == (False, reason)
    assert reason in NOT_SCORED_REASONS
    assert reading.probabilities is None
    assert reading.label is None


@pytest.mark.parametrize("degrees", [-20, 15, 30])
def test_a_slight_tilt_is_levelled_and_read(engine: Engine, degrees: float) -> None:
    [reading] = engine.read([portraits.jpeg(portraits.tilted(degrees))])
    assert reading.scored
    assert reading.quality is not None
    assert reading.quality.tilt_degrees == pytest.approx(degrees, abs=12)


def test_a_small_figure_behind_is_no_second_sitter(engine: Engine) -> None:
    [reading] = engine.read([portraits.jpeg(portraits.with_bystander())])
    assert (reading.scored, reading.faces) == (True, 1)


def test_a_selfie_as_phones_write_it_is_read(engine: Engine) -> None:
    """A multi-picture JPEG, sideways by its EXIF orientation, with a foreign tail."""
    exif = Image.Exif()
    exif[0x0112] = 6
    face = portraits.portrait()
    data = image_files.encoded(
        face.rotate(90), "MPO", save_all=True, append_images=[face.resize((64, 64))], exif=exif
    )
    [reading, plain] = engine.read([data + b"PK\x03\x04", london_face()])
    assert reading.scored
    assert reading.box is not None
    assert plain.box is not None
    assert np.abs(np.subtract(reading.box, plain.box)).max() < 20


def test_the_box_is_in_pixels_of_the_original(engine: Engine) -> None:
    face = portraits.portrait()
    [small, large] = engine.read([portraits.jpeg(face), portraits.jpeg(face.resize((2880, 2880)))])
    assert small.box is not None
    assert large.box is not None
    assert np.abs(np.subtract(large.box, np.multiply(small.box, 3))).max() < 60


def test_a_batch_reads_like_single_images(engine: Engine) -> None:
    names = ["happy/001.jpg", "neutral/001.jpg", "neutral/003.jpg"]
    images = [london_face(names[0]), b"no image", *(london_face(name) for name in names[1:])]
    together = engine.read(images)
    alone = [engine.read([image])[0] for image in images]
    assert [one.reason for one in together] == [None, "unreadable", None, None]
    assert [one.box for one in together] == [one.box for one in alone]
    for batched, single in zip(together, alone, strict=True):
        assert batched.probabilities == pytest.approx(single.probabilities, abs=1e-4)


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (1, 1280), (1280, 1), (47, 47), (4000, 3), (3, 4000), (47, 1000)]
)
def test_a_sliver_is_not_scored(engine: Engine, width: int, height: int) -> None:
    [reading] = engine.read([image_files.encoded(image_files.picture(width, height), "PNG")])
    assert (reading.scored, reading.reason) == (False, "face_too_small")


@pytest.mark.parametrize(("width", "height"), [(48, 48), (48, 1280), (1280, 48), (4000, 150)])
def test_the_narrowest_that_is_searched_is_searched(engine: Engine, width: int, height: int) -> None:
    [reading] = engine.read([image_files.encoded(image_files.picture(width, height), "PNG")])
    assert not reading.scored


def test_an_empty_batch_is_read(engine: Engine) -> None:
    assert engine.read([]) == []


def test_an_unsure_reading_is_uncertain(tmp_path: Path) -> None:
    engine = load_engine(write_random_package(tmp_path, abstain_below=1.0, temperature=100.0))
    with engine.decoder:
        [reading] = engine.read([london_face()])
    assert (reading.scored, reading.reason, reading.probabilities) == (False, "uncertain", None)
    assert reading.withheld is not None
    assert sum(reading.withheld) == pytest.approx(1)


def test_explain_maps_the_face_or_says_why_not(engine: Engine) -> None:
    assert engine.explain(london_face()).shape == (7, 48, 48)
    with pytest.raises(NotScored) as refused:
        engine.explain(portraits.jpeg(portraits.tilted(50)))
    assert refused.value.reason == "tilted"
