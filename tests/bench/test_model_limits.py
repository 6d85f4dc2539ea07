"""The parts of the benchmarks that try the model's limits."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from bench import robustness, unreadable
from inference.engine.package import ModelPackage, load_package
from inference.engine.reading import load_engine
from inference.training.dataset import Faces
from inference.training.disturbances import DISTURBANCES
from moodvision.demo import photo
from tests.inference.engine.packages import write_random_package


@pytest.fixture
def package(tmp_path: Path, settings: Settings) -> ModelPackage:
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "tiny")
    return load_package(settings.WEIGHTS_DIR)


def test_every_step_tells_its_loss(package: ModelPackage) -> None:
    draw = np.random.default_rng(0)
    faces = Faces(draw.integers(0, 256, (24, 48, 48), dtype=np.uint8), draw.integers(0, 7, 24))
    figures = robustness.losses(package, faces)
    assert list(figures["steps"]) == list(DISTURBANCES)
    plain = figures["undisturbed"]["labels"]
    for steps in figures["steps"].values():
        for step in steps:
            assert step["labels_points_lost"] == pytest.approx(100 * (plain - step["labels"]), abs=0.06)


def test_bare_network_is_judged_on_every_kind(package: ModelPackage) -> None:
    shares = unreadable.classifier_shares(package, 3)
    assert {"noise", "hand", "car", "drawing", "back_of_head"} <= set(shares)
    assert all(0 <= share <= 1 for share in shares.values())


def test_whole_engine_is_judged_on_drawn_photos_and_covered_portraits(
    package: ModelPackage, settings: Settings
) -> None:
    engine = load_engine(settings.WEIGHTS_DIR)
    try:
        found = unreadable.engine_shares(engine, 2, [photo.astronaut()])
    finally:
        engine.close()
    assert found["noise"]["outcomes"] == {"no_face": 2}
    assert found["surgical_mask"]["n"] == found["sunglasses"]["n"] == 1
