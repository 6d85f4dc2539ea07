"""The way of a photo through real processes, while they are killed."""

import logging
import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from celery import current_app

from clinics import tenancy
from clinics.models import Clinic
from inference.doorbell import Line
from inference.models import Reading
from moodvision.embedded.redis import RunningRedis
from patients.models import Capture, Patient
from scoring.models import Alert
from tests.clinics.factories import make_clinic
from tests.inference import photos
from tests.patients.factories import make_check_in, make_patient
from tests.processes import workers

pytestmark = pytest.mark.processes
PHOTOS = 6


def count(clinic: Clinic, state: str) -> int:
    with tenancy.enter(clinic.pk):
        return Capture.objects.filter(state=state).count()


def was_begun(clinic: Clinic, times: int) -> bool:
    with tenancy.enter(clinic.pk):
        return Capture.objects.get().attempts == times


def seconds_to_submit(patient: Patient) -> float:
    """On this machine, as busy as it is."""
    started = time.monotonic()
    make_check_in(patient, image=photos.selfie())
    return time.monotonic() - started


def test_a_worker_killed_while_reading_is_replaced_and_nothing_is_read_twice(
    committing: str, own_redis: RunningRedis, weights: Path, tmp_path: Path
) -> None:
    clinic = make_clinic("north")
    patient = make_patient(clinic, "Pat Petersen")
    environment = workers.environment(own_redis.celery_url, weights)
    for _ in range(PHOTOS):
        make_check_in(patient, image=photos.selfie("PNG"))
    with workers.running(environment, tmp_path) as first:
        workers.wait_until(lambda: count(clinic, Capture.State.CLAIMED) > 0, first, every=0.002)
        first.freeze()
        assert count(clinic, Capture.State.CLAIMED) == PHOTOS, "it read too fast to be killed while reading"
        first.kill()
    with workers.running(environment, tmp_path) as second:
        workers.wait_until(lambda: count(clinic, Capture.State.READ) == PHOTOS, second)
    with tenancy.enter(clinic.pk):
        assert Reading.objects.filter(is_scored=True).count() == PHOTOS
        assert set(Capture.objects.values_list("attempts", flat=True)) == {2}


def test_a_photo_that_took_three_workers_with_it_is_left_to_a_person(
    committing: str, own_redis: RunningRedis, weights: Path, tmp_path: Path
) -> None:
    clinic = make_clinic("north")
    patient = make_patient(clinic, "Pat Petersen")
    environment = workers.environment(own_redis.celery_url, weights)
    make_check_in(patient, image=photos.bomb())
    for death in range(1, 4):
        with workers.running(environment, tmp_path) as worker:
            workers.wait_until(partial(was_begun, clinic, death), worker, every=0.002)
            worker.freeze()
            assert count(clinic, Capture.State.CLAIMED) == 1, "it read too fast to be killed while reading"
            worker.kill()
    with workers.running(environment, tmp_path) as last:
        workers.wait_until(lambda: count(clinic, Capture.State.DEAD) == 1, last)
    with tenancy.enter(clinic.pk):
        assert Reading.objects.get().reason == "dead"
        alert = Alert.objects.get()
        assert (alert.rule, alert.patient_id) == (Alert.Rule.ANALYSIS_FAILED, patient.pk)


def test_redis_may_be_gone_while_a_patient_checks_in(
    committing: str,
    own_redis: RunningRedis,
    weights: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Line, "is_cut", False)
    clinic = make_clinic("north")
    patient = make_patient(clinic, "Pat Petersen")
    usual = seconds_to_submit(patient)
    with workers.running(workers.environment(own_redis.celery_url, weights), tmp_path) as worker:
        workers.wait_until(lambda: bool(current_app.control.ping(timeout=0.5)), worker)
        own_redis.kill()
        with caplog.at_level(logging.WARNING, "inference.doorbell"):
            assert seconds_to_submit(patient) < usual + 1.0
            make_check_in(patient, image=photos.selfie())
        assert len([record for record in caplog.records if record.name == "inference.doorbell"]) == 1
        assert count(clinic, Capture.State.WAITING) >= 2
        own_redis.start()
        workers.wait_until(lambda: count(clinic, Capture.State.READ) == 3, worker)


def test_a_redis_that_hangs_holds_nobody_up(
    committing: str, own_redis: RunningRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Line, "is_cut", False)
    patient = make_patient(make_clinic("north"), "Pat Petersen")
    usual = seconds_to_submit(patient)
    assert own_redis.pid
    os.kill(own_redis.pid, signal.SIGSTOP)
    try:
        assert seconds_to_submit(patient) < usual + 1.0
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)
