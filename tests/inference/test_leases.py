"""Whatever dies meanwhile: a photo is read once, or declared dead after three deaths."""

import hashlib
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics import tenancy
from clinics.models import Clinic
from inference import registry, services, signals, tasks
from inference.engine.errors import ModelPackageError
from inference.engine.package import ModelPackage
from inference.engine.reading import FaceReading
from inference.models import Reading
from inference.services import readings as reading_services
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose
from patients.services import ClaimedCaptures
from tests.inference import photos
from tests.inference.engine.packages import write_random_package
from tests.patients.factories import make_check_in

pytestmark = pytest.mark.usefixtures("tiny_model")
LEASE = timedelta(seconds=120)


def claim(clinic: Clinic, limit: int = 16) -> ClaimedCaptures:
    with tenancy.enter(clinic.pk):
        return patient_services.claim_captures(clinic=clinic, limit=limit, lease=LEASE)


def leases_run_out(clinic: Clinic) -> None:
    with tenancy.enter(clinic.pk):
        Capture.objects.filter(state=Capture.State.CLAIMED).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )


def die_reading(clinic: Clinic) -> ClaimedCaptures:
    """A worker claims and is never heard of again."""
    claimed = claim(clinic)
    leases_run_out(clinic)
    return claimed


def readings(clinic: Clinic) -> list[Reading]:
    with tenancy.enter(clinic.pk):
        return list(Reading.objects.order_by("captured_at"))


@contextmanager
def news_of(signal: object) -> Iterator[list[dict[str, object]]]:
    heard: list[dict[str, object]] = []

    def hear(**news: object) -> None:
        heard.append(news)

    signal.connect(hear)  # type: ignore[attr-defined]
    try:
        yield heard
    finally:
        signal.disconnect(hear)  # type: ignore[attr-defined]


def read(clinic: Clinic, claimed: ClaimedCaptures) -> dict[uuid.UUID, reading_services.Outcome]:
    """What a worker does after its claim, up to storing."""
    with tenancy.enter(clinic.pk):
        plans = reading_services._plan(claimed.captures)
    return reading_services._carry_out(plans, registry.engine())


def store(clinic: Clinic, claimed: ClaimedCaptures) -> None:
    reading_services._store_all(clinic, claimed, read(clinic, claimed))


def test_a_claimed_photo_is_not_claimed_again_before_its_lease_is_over(pat: Patient) -> None:
    make_check_in(pat, image=photos.empty_room())
    assert len(claim(pat.clinic).captures) == 1
    assert claim(pat.clinic).captures == []
    leases_run_out(pat.clinic)
    assert len(claim(pat.clinic).captures) == 1


def test_a_worker_whose_lease_was_taken_over_stores_nothing(pat: Patient) -> None:
    make_check_in(pat, image=photos.empty_room())
    slow = die_reading(pat.clinic)
    quick = claim(pat.clinic)
    store(pat.clinic, slow)
    assert readings(pat.clinic) == []
    store(pat.clinic, quick)
    store(pat.clinic, slow)
    assert len(readings(pat.clinic)) == 1


def test_a_withdrawal_beats_the_worker_that_is_reading(pat: Patient) -> None:
    make_check_in(pat, image=photos.selfie())
    claimed = claim(pat.clinic)
    outcomes = read(pat.clinic, claimed)
    with tenancy.enter(pat.clinic_id):
        patient_services.withdraw_consent(patient=pat, purpose=Purpose.FACIAL_ANALYSIS, by=pat)
    reading_services._store_all(pat.clinic, claimed, outcomes)
    assert [reading.reason for reading in readings(pat.clinic)] == ["consent_missing"]


def test_after_three_deaths_it_is_dead_and_said_so(pat: Patient) -> None:
    check_in = make_check_in(pat, image=photos.selfie(), mood=2)
    for _ in range(3):
        assert len(die_reading(pat.clinic).captures) == 1
    with news_of(signals.reading_dead) as heard:
        tasks.read_waiting(str(pat.clinic_id))
    assert [(news["patient_id"], news["check_in_id"]) for news in heard] == [(pat.pk, check_in.pk)]
    assert [reading.reason for reading in readings(pat.clinic)] == ["dead"]
    with tenancy.enter(pat.clinic_id):
        capture = Capture.objects.get()
    assert (capture.state, capture.image) == (Capture.State.DEAD, None)
    assert claim(pat.clinic).captures == []


def test_two_deaths_are_forgiven(pat: Patient) -> None:
    make_check_in(pat, image=photos.empty_room())
    die_reading(pat.clinic)
    die_reading(pat.clinic)
    tasks.read_waiting(str(pat.clinic_id))
    assert [reading.reason for reading in readings(pat.clinic)] == ["no_face"]


def test_a_batch_that_died_is_tried_again_one_by_one(pat: Patient) -> None:
    for _ in range(3):
        make_check_in(pat, image=photos.empty_room())
    assert len(die_reading(pat.clinic).captures) == 3
    make_check_in(pat, image=photos.empty_room())
    assert [len(claim(pat.clinic).captures) for _ in range(5)] == [1, 1, 1, 1, 0]


def test_one_reading_that_cannot_be_stored_does_not_hold_up_the_others(
    pat: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    check_ins = [make_check_in(pat, image=photos.empty_room()) for _ in range(3)]

    def refuse_one(readings: list[Reading], **news: object) -> None:
        if check_ins[1].pk in {reading.check_in_id for reading in readings}:
            raise RuntimeError("Failing row contains (0.93)")

    signals.readings_stored.connect(refuse_one)
    try:
        with pytest.raises(services.ReadingsNotStored, match="1 not stored: RuntimeError") as raised:
            services.read_waiting(clinic=pat.clinic)
    finally:
        signals.readings_stored.disconnect(refuse_one)
    assert "Failing row" not in caplog.text + "".join(traceback.format_exception(raised.value))
    assert {reading.check_in_id for reading in readings(pat.clinic)} == {check_ins[0].pk, check_ins[2].pk}
    leases_run_out(pat.clinic)
    tasks.read_waiting(str(pat.clinic_id))
    assert len(readings(pat.clinic)) == 3


@pytest.mark.parametrize("photos_waiting", [1, 2])
def test_a_refused_row_is_named_by_its_constraint_alone(
    pat: Patient, photos_waiting: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(photos_waiting):
        make_check_in(pat, image=photos.selfie())
    fill = reading_services._fill

    def fill_wrongly(reading: Reading, answer: "FaceReading", package: ModelPackage) -> None:
        fill(reading, answer, package)
        reading.reason = "no_face"  # no reason goes with a score

    monkeypatch.setattr(reading_services, "_fill", fill_wrongly)
    with pytest.raises(services.ReadingsNotStored) as raised:
        services.read_waiting(clinic=pat.clinic)
    said = caplog.text + "".join(traceback.format_exception(raised.value))
    assert "IntegrityError, scored_with_all_seven_or_reason" in said
    assert "Failing row" not in said
    assert str(pat.pk) not in said


@pytest.mark.parametrize("harm", ["detector", "session"])
def test_without_an_engine_no_photo_is_claimed(
    pat: Patient, settings: Settings, tmp_path: Path, harm: str
) -> None:
    make_check_in(pat, image=photos.selfie())
    if harm == "detector":
        settings.DETECTOR_FILE = tmp_path / "yunet.onnx"
        settings.DETECTOR_FILE.write_bytes(b"something else")
    else:
        model = b"no model at all"
        settings.WEIGHTS_DIR = write_random_package(tmp_path, sha256=hashlib.sha256(model).hexdigest())
        (settings.WEIGHTS_DIR / "model.onnx").write_bytes(model)
    with pytest.raises(ModelPackageError):
        services.read_waiting(clinic=pat.clinic)
    with tenancy.enter(pat.clinic_id):
        assert Capture.objects.values_list("state", "attempts").get() == (Capture.State.WAITING, 0)


def test_a_turn_ends_and_rings_again(
    pat: Patient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.READING_BATCH = 1
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.0)
    for _ in range(2):
        make_check_in(pat, image=photos.empty_room())
    tasks.read_waiting(str(pat.clinic_id))
    assert len(readings(pat.clinic)) == 1
