"""Hours slept beside a check-in: optional, 0 to 24, kept, shown, corrected, exported."""

from typing import Any

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from patients import services
from patients.models import CheckIn, Correction, Patient
from tests.patients import check_in_page as page
from tests.patients.factories import make_check_in


def test_the_page_takes_hours_slept(pat: Patient) -> None:
    assert page.post(pat, mood="5", hours_slept="4.5").status_code == 302
    assert page.kept(pat)[0].hours_slept == 4.5


def test_hours_alone_are_an_answer(pat: Patient) -> None:
    assert page.post(pat, hours_slept="0").status_code == 302
    assert (page.kept(pat)[0].hours_slept, page.kept(pat)[0].mood) == (0, None)


def test_without_hours_all_is_as_before(pat: Patient) -> None:
    page.post(pat, mood="5")
    assert page.kept(pat)[0].hours_slept is None


@pytest.mark.parametrize("hours", ["-1", "24.5", "nan", "many"])
def test_other_hours_are_refused(pat: Patient, hours: str) -> None:
    assert page.post(pat, mood="5", hours_slept=hours).status_code == 400
    assert page.kept(pat) == []


@pytest.mark.parametrize("hours", [-0.1, 24.01, float("nan"), float("inf")])
def test_the_service_refuses_what_lies_outside(pat: Patient, hours: float) -> None:
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError) as refusal:
        services.submit_check_in(
            patient=pat, by=pat, idempotency_key="k" * 8, captured_at=timezone.now(), zone="UTC",
            hours_slept=hours,
        )  # fmt: skip
    assert (refusal.value.code, refusal.value.field) == ("hours_slept_out_of_range", "hours_slept")


def test_other_hours_are_another_body(pat: Patient) -> None:
    sent: dict[str, Any] = {
        "idempotency_key": "k" * 8,
        "captured_at": timezone.now(),
        "zone": "UTC",
        "mood": 5,
    }
    with tenancy.enter(pat.clinic_id):
        services.submit_check_in(patient=pat, by=pat, hours_slept=4, **sent)
        assert not services.submit_check_in(patient=pat, by=pat, hours_slept=4, **sent).is_new
        with pytest.raises(DomainError, match="idempotency_conflict"):
            services.submit_check_in(patient=pat, by=pat, hours_slept=5, **sent)


def test_a_correction_keeps_what_stood_there(pat: Patient) -> None:
    check_in = make_check_in(pat, mood=2, hours_slept=3.0)
    with tenancy.enter(pat.clinic_id):
        services.correct_check_in(check_in=check_in, mood=2, hours_slept=7, note=None, by=pat)
        assert CheckIn.objects.get(pk=check_in.pk).hours_slept == 7
        former = Correction.objects.get(patient=pat)
        assert (former.field, former.before) == ("hours_slept", "3.0")
