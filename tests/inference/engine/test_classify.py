from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.engine.classify import Classifier, softmax
from inference.engine.package import ModelPackage, load_package
from tests.inference.engine.packages import write_random_package


@pytest.fixture(scope="module")
def classifier(package: ModelPackage) -> Classifier:
    return Classifier(package)


def faces(count: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (count, 48, 48), dtype=np.uint8)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1))
def test_probabilities_sum_to_one_and_ignore_mirroring(classifier: Classifier, seed: int) -> None:
    batch = faces(2, seed)
    shares = classifier.probabilities(batch)
    assert shares.shape == (2, 7)
    assert shares.min() >= 0
    assert shares.sum(axis=1) == pytest.approx(1)
    assert classifier.probabilities(batch[:, :, ::-1]) == pytest.approx(shares, abs=1e-5)


def test_a_batch_equals_single_faces(classifier: Classifier) -> None:
    batch = faces(9)
    alone = np.concatenate([classifier.probabilities(one[None]) for one in batch])
    assert classifier.probabilities(batch) == pytest.approx(alone, abs=1e-4)


def test_both_heads_in_one_pass_are_the_two_alone(classifier: Classifier) -> None:
    batch = faces(3)
    ferplus, label = classifier.both_heads(batch)
    assert ferplus == pytest.approx(classifier.probabilities(batch))
    assert label.sum(axis=1) == pytest.approx(1)
    assert label != pytest.approx(ferplus)


def test_no_faces_give_no_rows(classifier: Classifier) -> None:
    assert classifier.probabilities(faces(0)).shape == (0, 7)


def test_the_mean_of_each_activation_map_is_its_logit(classifier: Classifier) -> None:
    [face] = faces(1)
    logits = classifier.explain(face).mean(axis=(1, 2)).astype(np.float64)
    shares = softmax(logits / classifier.package.temperature)
    assert shares == pytest.approx(classifier.probabilities(face[None])[0], abs=1e-3)


def test_a_mirrored_face_has_the_mirrored_map(classifier: Classifier) -> None:
    [face] = faces(1)
    assert classifier.explain(face[:, ::-1]) == pytest.approx(classifier.explain(face)[..., ::-1], abs=1e-3)


def test_flip_averaging_can_be_left_out(tmp_path: Path) -> None:
    straight = Classifier(load_package(write_random_package(tmp_path, flip_average=False)))
    [face] = faces(1)
    assert straight.explain(face).shape == (7, 48, 48)
    assert straight.probabilities(face[None]) != pytest.approx(straight.probabilities(face[None, :, ::-1]))
