"""A request that takes longer than its month: two months more, once, in time, and told (GDPR 12(3))."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Patient, RightsRequest
from tests.clinics.factories import make_member
from tests.conftest import signed_in

DESK = "/c/north/requests/"
BY = System("test")


@pytest.fixture
def desk(clinic_a: Clinic) -> Client:
    return signed_in(make_member(clinic_a, "privacy_officer", "Olga Ott"))


def opened(pat: Patient, *, kind: str = "export", days: int = 3) -> RightsRequest:
    with tenancy.enter(pat.clinic_id):
        return services.open_request(
            patient=pat, kind=kind, words=None, by=BY, received_at=timezone.now() - timedelta(days=days)
        )


def extend(desk: Client, request: RightsRequest, reason: str = "Eleven years of letters.") -> int:
    return desk.post(f"{DESK}{request.pk}/extend/", {"extend-reason": reason}).status_code


def test_it_is_extended_by_two_months_and_the_patient_reads_why(pat: Patient, desk: Client) -> None:
    request = opened(pat)
    assert "Take two months more" in desk.get(f"{DESK}{request.pk}/").text
    assert extend(desk, request) == 302
    with tenancy.enter(pat.clinic_id):
        request.refresh_from_db()
        assert request.due_at == services.due_at(request.opened_at, pat.clinic, months=3)
        entry = AccessLogEntry.objects.get(action="request.extended")
    assert "Eleven" not in entry.canonical
    shown = signed_in(pat).get("/c/north/me/data/").text
    assert "It takes your clinic longer than a month." in shown
    assert "Eleven years of letters." in shown
    assert "data-protection authority" in shown


def test_once_and_with_a_reason(pat: Patient, desk: Client) -> None:
    request = opened(pat)
    assert extend(desk, request, " ") == 400
    assert extend(desk, request, "x" * 4001) == 400
    assert extend(desk, request) == 302
    assert extend(desk, request) == 400
    assert "Take two months more" not in desk.get(f"{DESK}{request.pk}/").text


def test_not_when_the_month_is_over_and_not_when_it_is_answered(pat: Patient, desk: Client) -> None:
    late = opened(pat, days=40)
    assert "Take two months more" not in desk.get(f"{DESK}{late.pk}/").text
    assert extend(desk, late) == 400
    answered = opened(pat, kind="object")
    desk.post(f"{DESK}{answered.pk}/close/", {"decision": "answered", "answer": "Done."})
    assert extend(desk, answered) == 400


def test_a_clinician_extends_nothing(pat: Patient, alice: Membership) -> None:
    request = opened(pat)
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="may_not_answer"):
        services.extend_request(request_id=request.pk, reason="x", by=alice)


def test_the_database_keeps_no_extension_without_its_reason(pat: Patient) -> None:
    opened(pat)
    with tenancy.enter(pat.clinic_id), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.update(extended_at=timezone.now())


def test_who_has_no_account_is_to_be_written_to(clinic_a: Clinic, desk: Client) -> None:
    with tenancy.enter(clinic_a.pk):
        nora = services.admit_patient(clinic=clinic_a, name="Nora Nolte", by=BY)
    request = opened(nora)
    said = desk.post(f"{DESK}{request.pk}/extend/", {"extend-reason": "Many letters."}, follow=True).text
    assert "write to them today" in said
    close = {"decision": "answered", "answer": "Sent."}
    assert (
        "send them your answer yourself" in desk.post(f"{DESK}{request.pk}/close/", close, follow=True).text
    )


def test_the_navigation_counts_what_is_late(pat: Patient, desk: Client, alice: Membership) -> None:
    opened(pat)
    assert "nav__count" not in desk.get(DESK).text
    opened(pat, kind="object", days=40)
    shown = desk.get("/c/north/erasures/").text
    assert 'nav__count">1<' in shown
    assert "1 request is late." in desk.get(DESK).text
    assert "nav__count" not in signed_in(alice).get("/c/north/").text
