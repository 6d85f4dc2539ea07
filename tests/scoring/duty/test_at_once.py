"""Sweepers and clinicians in the same second."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from clinics import tenancy
from patients.locks import lock_patients
from scoring import services
from scoring.duty import sweeper
from scoring.models import AlertEvent, AlertTimer
from tests.clinics.factories import make_clinic, make_member, watch_always
from tests.patients.factories import make_patient
from tests.scoring.duty.acts import (
    answer,
    kinds_of,
    spoken,
)

HOUR = timedelta(hours=1)


@pytest.mark.commits
def test_escalation_waits_for_who_is_resolving_this_very_second(committing: str) -> None:
    clinic = make_clinic("north")
    watch_always(clinic)
    alice = make_member(clinic, "clinician", "Alice A")
    patients = [make_patient(clinic, f"Pat{index} P") for index in range(2)]
    with tenancy.enter(clinic.pk):
        held, free = (answer(patient) for patient in patients)
        AlertTimer.objects.update(due_at=timezone.now() - HOUR)
    is_held, may_go = threading.Event(), threading.Event()

    def resolve() -> None:
        try:
            with tenancy.enter(clinic.pk):
                lock_patients([held.patient_id])
                is_held.set()
                may_go.wait(30)
                services.resolve(
                    alert_id=held.pk,
                    note="Done.",
                    by=alice,
                    outcome="spoken",
                    spoken=spoken(alice),
                    next_date=(timezone.now() + timedelta(days=1)).date(),
                )
        finally:
            connections.close_all()

    thread = threading.Thread(target=resolve)
    thread.start()
    is_held.wait(30)
    assert sweeper.judge_clinic(clinic, timezone.now()) == 1
    may_go.set()
    thread.join()
    assert sweeper.judge_clinic(clinic, timezone.now()) == 0
    with tenancy.enter(clinic.pk):
        assert kinds_of(free) == ["opened", "passed_on"]
        assert kinds_of(held) == ["opened", "resolved"]


@pytest.mark.commits
def test_two_sweepers_at_once_pass_each_alert_on_once(committing: str) -> None:
    clinic = make_clinic("north")
    watch_always(clinic)
    make_member(clinic, "clinician", "Alice A")
    with tenancy.enter(clinic.pk):
        for index in range(12):
            answer(make_patient(clinic, f"Pat{index} P"))
        AlertTimer.objects.update(due_at=timezone.now() - HOUR)
    now: datetime = timezone.now()

    def judge() -> None:
        try:
            sweeper.judge_clinic(clinic, now)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=judge) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweeper.judge_clinic(clinic, now)
    with tenancy.enter(clinic.pk):
        assert AlertEvent.objects.filter(kind="passed_on").count() == 12
        numbers = sorted(AlertEvent.objects.values_list("seq", flat=True))
        assert numbers == list(range(1, 25))
