"""Figures of the watch, notices and volunteered answers go when their time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic
from inference.models import WatchNotice, WatchWeek
from moodvision.retention_kinds import KINDS
from patients import retention, services
from patients.models import FairnessAnswers, Patient
from patients.services import AnswersDraft
from tests.furnishing import furnish_watch

pytestmark = pytest.mark.django_db


def night(clinic: Clinic) -> tuple[int, int]:
    run = next(run for run in retention.enforce(clinic=clinic) if run.kind == "fairness")
    return run.removed, run.left_over


def test_what_is_older_goes_and_what_is_younger_stays(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        furnish_watch(pat.clinic)
        services.save_fairness_answers(patient=pat, draft=AnswersDraft(sex="male"))
    assert night(pat.clinic) == (0, 0)
    old = timezone.now() - timedelta(days=4 * 365)
    with tenancy.enter(pat.clinic_id):
        WatchWeek.objects.update(week_start=old.date() - timedelta(days=old.weekday()))
        WatchNotice.objects.update(raised_at=old)
        FairnessAnswers.objects.update(answered_at=old)
    assert night(pat.clinic) == (3, 0)


@pytest.mark.parametrize("step", [0, 1])
def test_a_step_that_removes_nothing_is_found_out(pat: Patient, step: int) -> None:
    old = timezone.now() - timedelta(days=4 * 365)
    with tenancy.enter(pat.clinic_id):
        furnish_watch(pat.clinic)
        services.save_fairness_answers(patient=pat, draft=AnswersDraft(sex="male"))
        WatchWeek.objects.update(week_start=old.date() - timedelta(days=old.weekday()))
        FairnessAnswers.objects.update(answered_at=old)
    (kind,) = [kind for kind in KINDS if kind.name == "fairness"]
    steps = [one if number != step else lambda clinic, cutoff: 0 for number, one in enumerate(kind.steps)]
    retention.register(replace(kind, steps=tuple(steps)))
    try:
        assert night(pat.clinic)[1]
    finally:
        retention.register(kind)


def test_answers_under_a_legal_hold_stay(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        services.save_fairness_answers(patient=pat, draft=AnswersDraft(sex="male"))
        FairnessAnswers.objects.update(answered_at=timezone.now() - timedelta(days=4 * 365))
        services.place_legal_hold(patient=pat, reason="a court asked", by=pat)
    assert night(pat.clinic) == (0, 0)
    with tenancy.enter(pat.clinic_id):
        assert FairnessAnswers.objects.exists()
