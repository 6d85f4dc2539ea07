"""Figures of the watch, notices and volunteered answers go when their time is over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic
from inference.models import WatchNotice, WatchWeek
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


def test_answers_under_a_legal_hold_stay(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        services.save_fairness_answers(patient=pat, draft=AnswersDraft(sex="male"))
        FairnessAnswers.objects.update(answered_at=timezone.now() - timedelta(days=4 * 365))
        services.place_legal_hold(patient=pat, reason="a court asked", by=pat)
    assert night(pat.clinic) == (0, 0)
    with tenancy.enter(pat.clinic_id):
        assert FairnessAnswers.objects.exists()
