"""What fails is heard of and keeps nobody else waiting: other clinics, other timers, the watchdog."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from clinics import tenancy, watchdog
from clinics.models import Clinic, Membership
from patients import tasks as patient_tasks
from patients.locks import lock_patients
from patients.models import Patient
from scoring import services, tasks
from scoring.duty import digests, sweeper
from scoring.models import Alert, AlertTimer
from scoring.services import releases
from tests.clinics.factories import make_clinic, make_member, watch_always
from tests.patients.factories import make_patient
from tests.scoring.duty.acts import again, answer, kinds_of, make_due

Failure = type[Exception]
FAILURES = pytest.mark.parametrize("failure", [DatabaseError, ValueError])


def failing_for(clinic: Clinic, failure: Failure, real: Callable[..., Any]) -> Callable[..., Any]:
    def act(*args: Any, **kwargs: Any) -> Any:
        if (args[0] if args else kwargs["clinic"]).pk == clinic.pk:
            raise failure
        return real(*args, **kwargs)

    return act


@FAILURES
def test_timers_of_the_next_clinic_are_judged_and_the_pages_say_that_some_were_not(
    clinic_a: Clinic, clinic_b: Clinic, mallory: Membership, failure: Failure
) -> None:
    watch_always(clinic_b)
    with tenancy.enter(clinic_b.pk):
        alert = answer(make_patient(clinic_b, "Pia P"))
        make_due(alert)
    act = failing_for(clinic_a, failure, sweeper.judge_clinic)
    with mock.patch("scoring.duty.sweeper.judge_clinic", act):
        tasks.judge_timers()
    with tenancy.enter(clinic_b.pk):
        assert kinds_of(alert) == ["opened", "passed_on"]
    assert watchdog.silent() == watchdog.DUTY
    tasks.judge_timers()
    assert watchdog.silent() != watchdog.DUTY


def test_a_round_that_ends_before_the_last_clinic_is_not_whole(clinic_a: Clinic, clinic_b: Clinic) -> None:
    with mock.patch("scoring.duty.sweeper.judge_clinic", return_value=5):
        assert sweeper.judge_due(limit=5) == sweeper.Sweep(judged=5, failed=1)
        assert sweeper.judge_due(limit=6) == sweeper.Sweep(judged=10)


@FAILURES
def test_timers_do_not_wait_for_releases_that_fail(
    clinic_a: Clinic, pat: Patient, alice: Membership, failure: Failure
) -> None:
    watch_always(clinic_a)
    with tenancy.enter(clinic_a.pk):
        alert = answer(pat)
        make_due(alert)
    with mock.patch("scoring.services.releases.release_gone", side_effect=failure):
        tasks.judge_timers()
    with tenancy.enter(clinic_a.pk):
        assert kinds_of(alert) == ["opened", "passed_on"]
    assert watchdog.silent() == watchdog.DUTY


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_host_with_another_time_does_not_look_alive(db: None, minutes: int) -> None:
    now = timezone.now() + timedelta(minutes=minutes)
    with mock.patch("django.utils.timezone.now", return_value=now):
        tasks.judge_timers()
    assert watchdog.silent() == watchdog.DUTY


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("scoring.duty.digests.queue_for", digests.queue_due),
        ("patients.services.queue_reminders", patient_tasks.queue_reminders),
        ("patients.services.ask_to_confirm", patient_tasks.ask_to_confirm_contacts),
        ("patients.services.run_due_erasures", patient_tasks.erase_due),
    ],
)
def test_the_failure_of_one_clinic_keeps_no_other_waiting(
    clinic_a: Clinic, clinic_b: Clinic, name: str, act: Callable[[], Any]
) -> None:
    with mock.patch(name, side_effect=ValueError) as service:
        act()
    assert service.call_count == 2


@pytest.mark.commits
def test_releases_wait_for_nobody(committing: str) -> None:
    clinic = make_clinic("north")
    watch_always(clinic)
    alice = make_member(clinic, "clinician", "Alice A")
    make_member(clinic, "clinician", "Carol C")
    with tenancy.enter(clinic.pk):
        held, free = (answer(make_patient(clinic, f"Pat{index} P")) for index in range(2))
        for alert in (held, free):
            services.take(alert_id=alert.pk, by=alice)
        Membership.objects.filter(pk=alice.pk).update(is_active=False)
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with tenancy.enter(clinic.pk):
                lock_patients([held.patient_id])
                is_held.set()
                may_go.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait(30)
    try:
        with tenancy.enter(clinic.pk):
            assert releases.release_gone(clinic=clinic, now=timezone.now()) == 1
    finally:
        may_go.set()
        thread.join()
    with tenancy.enter(clinic.pk):
        assert (again(held).owner_id, again(free).owner_id) == (alice.pk, None)
        assert releases.release_gone(clinic=clinic, now=timezone.now()) == 1
        assert not Alert.objects.exclude(owner=None).exists()
        assert AlertTimer.objects.count() == 2
