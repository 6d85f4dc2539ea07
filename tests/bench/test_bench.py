"""The benchmarks' parts at their smallest: that they measure something, never how fast it was."""

import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from pytest_django import Settings

from bench import cast, commit_to_screen, cpu_time, explanations, harness, peer, rotation, stages, triage_cost
from bench.catalogue import BENCHMARKS
from bench.screens import Frame, Sent
from clinics import tenancy
from inference.engine.classify import Classifier
from inference.engine.package import ModelPackage, load_package
from inference.training.dataset import Faces
from moodvision.demo import photo
from moodvision.demo.history import Course
from moodvision.scratch_browser import signed_in_browser
from patients.models import CheckIn, Patient
from tests.inference.engine.packages import write_random_package
from tests.shared_data import needs_shared


@pytest.fixture
def package(tmp_path: Path, settings: Settings) -> ModelPackage:
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "tiny")
    return load_package(settings.WEIGHTS_DIR)


def test_each_benchmark_of_the_catalogue_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "benchmarks.md").read_text()
    assert [name for name in BENCHMARKS if f"\n| `{name}` |" not in text] == []


def test_the_more_faithful_map_is_told_from_the_areas(package: ModelPackage) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 48, 48), dtype=np.uint8)
    areas, times = explanations.measure(Classifier(package), Faces(pixels, np.zeros(1, dtype=np.int64)))
    assert set(areas) == {"activation", "occlusion", "lime", "random", "centre"}
    assert set(times) == {"activation", "occlusion", "lime"}


def test_actions_take_turns() -> None:
    order: list[str] = []

    times = harness.interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)

    assert order == ["a", "b", "a", "b"]
    assert {name: len(values) for name, values in times.items()} == {"a": 2, "b": 2}


def test_nothing_measured_is_said_and_not_a_zero() -> None:
    with pytest.raises(harness.BenchError):
        harness.spread([])

    assert harness.ratio(1.0, 0.0) is None
    assert harness.ratio(1.0, 4.0) == 0.25


def test_every_stage_is_timed(package: ModelPackage) -> None:
    times = stages.engine_times(package, [photo.astronaut()], rounds=1)

    assert set(stages.LIMITS_MS) | {"decode", "detect_haar", "classify_batch_8"} <= set(times)
    assert all(values and min(values) > 0 for values in times.values())


def test_peer_and_ours_are_compared_on_the_same_faces(package: ModelPackage) -> None:
    needs_shared()
    drawn = np.random.default_rng(0)
    faces = Faces(drawn.integers(0, 256, (16, 48, 48), dtype=np.uint8), drawn.integers(0, 7, 16))
    rival = peer.Peer()

    speed = peer.figures_of_speed(package, rival, faces.pixels, rounds=1)
    accuracy = peer.figures_of_accuracy(package, rival, peer.every_nth(faces, 5))

    assert set(speed["ratio_to_peer"]) == {
        f"{kind}_batch_{size}" for kind in ("ours_as_used", "ours_one_pass") for size in peer.BATCHES
    }
    assert accuracy["accuracy"]["n"] == 4
    assert rival.probabilities(faces.pixels).sum(axis=1) == pytest.approx(1, abs=1e-3)


@pytest.mark.usefixtures("db")
def test_the_cast_checks_in_with_four_low_days_behind_it(package: ModelPackage) -> None:
    clinic = cast.make_clinic()
    patients = cast.make_patients(clinic, 2, course=Course.FOUR_LOW_DAYS)
    people = [*cast.sign_in_patients(clinic, patients), *cast.sign_in_clinicians(clinic, 1)]

    cast.submit(clinic, patients, [photo.astronaut()])

    assert cast.unread(clinic) == 2
    assert len({person.session for person in people}) == 3
    with tenancy.enter(clinic.pk):
        assert CheckIn.objects.filter(patient=patients[0]).count() == 5


def test_a_frame_counts_once_per_screen_and_not_if_it_was_warm_up() -> None:
    patient, warm, alert, early = (uuid.uuid4() for _ in range(4))
    start = datetime(2026, 1, 5, 8, tzinfo=UTC)
    at = start.timestamp()
    sent = [Sent(patient, at, 201)]
    frames = [
        Frame(0, alert, at + 0.5),
        Frame(0, alert, at + 9),
        Frame(1, alert, at + 0.75),
        Frame(0, early, at),
    ]
    rows = {alert: (patient, start, start), early: (warm, start, start)}

    delays = commit_to_screen.delays_ms(sent, frames, rows)

    assert delays == {name: pytest.approx([500, 750]) for name in delays}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time is read from /proc")
def test_processor_time_of_a_process_is_known() -> None:
    sum(number * number for number in range(500_000))

    assert (cpu_time.cpu_seconds(os.getpid()) or 0) > 0


@pytest.mark.commits
def test_a_rotation_seals_every_row_again_while_somebody_reads(committing: str) -> None:
    clinic = cast.make_clinic()
    rotation.write_notes(clinic, cast.make_patients(clinic, 2), 40)

    figures = rotation.measure(clinic)

    assert (figures["rows"], figures["keys"]) == (42, 2), "the notes and the two patients' own rows"
    assert figures["reads_meanwhile"] > 0


@pytest.mark.commits
def test_the_triage_page_is_timed_with_and_without_its_guards(committing: str) -> None:
    clinic = cast.make_clinic()
    cast.make_patients(clinic, 2, course=Course.LOW)
    browser = signed_in_browser(triage_cost.make_clinician(clinic))
    with triage_cost.plain_copy(clinic) as plain:
        with triage_cost.without_guards(plain):
            bare = browser.get("/c/bench/").text
            assert str(connection.settings_dict["NAME"]).startswith("moodvision_plain")
            assert Patient.objects.filter(clinic=clinic).count() == 2, "in no clinic, and under no policy"
        guarded = browser.get("/c/bench/").text
        assert "Patient 1" in bare
        assert "Patient 1" in guarded
        assert "mv1:" not in bare
        figures = triage_cost.measure(browser, plain, 1)
    assert set(figures["ms"]) == {"guarded", "bare"}
    assert figures["ratio_guarded_to_bare"] > 0
