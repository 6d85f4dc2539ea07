"""An account that joined by a link gone astray, or a second mailbox, cannot end a record unnoticed."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Erasure, LegalHold, Patient
from tests.clinics.factories import make_member, make_user
from tests.conftest import signed_in

BY = System("test")
pytestmark = pytest.mark.django_db


def joined(clinic: Clinic, *, record_address: str, account: str, days_ago: int = 0) -> Patient:
    with tenancy.enter(clinic.pk):
        patient = services.admit_patient(clinic=clinic, name="Joan", email=record_address, by=BY)
        services.link_user(patient=patient, user=make_user(account), by=patient)
        patient.linked_at = timezone.now() - timedelta(days=days_ago)
        patient.save(update_fields=["linked_at"])
    return patient


@pytest.mark.parametrize(
    ("account", "days_ago", "is_refused"),
    [
        ("thief@elsewhere.example", 0, True),
        ("thief@elsewhere.example", 8, False),
        ("joan@home.example", 0, False),
    ],
)
def test_a_strange_young_account_cannot_ask_for_erasure(
    clinic_a: Clinic, account: str, days_ago: int, is_refused: bool
) -> None:
    patient = joined(clinic_a, record_address="joan@home.example", account=account, days_ago=days_ago)
    with tenancy.enter(clinic_a.pk):
        if is_refused:
            with pytest.raises(DomainError, match="account_too_young"):
                services.request_erasure(patient=patient, by=patient)
        else:
            assert services.request_erasure(patient=patient, by=patient).state == "requested"


def test_the_page_says_why_and_from_when(clinic_a: Clinic) -> None:
    patient = joined(clinic_a, record_address="joan@home.example", account="joan@new.example")
    page = signed_in(patient).post(
        reverse("patients:erase", args=["north"]), {"step": "request"}, follow=True
    )
    assert "connected only lately" in page.text


def test_the_address_of_record_is_told_of_another_account(
    clinic_a: Clinic, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        joined(clinic_a, record_address="joan@home.example", account="thief@elsewhere.example")
    [told] = mail.outbox
    assert told.to == ["joan@home.example"]
    assert "Joan" not in f"{told.subject} {told.body}"


def test_an_account_is_told_that_it_was_disconnected(
    clinic_a: Clinic, ada: Membership, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    patient = joined(clinic_a, record_address="joan@home.example", account="joan@home.example")
    with django_capture_on_commit_callbacks(execute=True), tenancy.enter(clinic_a.pk):  # type: ignore[operator]
        services.unlink_user(patient=patient, by=ada)
    assert [one.to for one in mail.outbox] == [["joan@home.example"]]


def test_undoing_a_link_keeps_a_wish_from_before_it(clinic_a: Clinic, ada: Membership) -> None:
    patient = joined(clinic_a, record_address="joan@home.example", account="joan@home.example", days_ago=1)
    with tenancy.enter(clinic_a.pk):
        wish = services.request_erasure(patient=patient, by=patient)
        Erasure.objects.filter(pk=wish.pk).update(requested_at=timezone.now() - timedelta(days=3))
        services.unlink_user(patient=patient, by=ada)
        wish.refresh_from_db()
    assert wish.state == Erasure.State.REQUESTED


def newcomer(clinic: Clinic) -> Membership:
    member = make_member(clinic, "privacy_officer", "Newt New")
    with tenancy.enter(clinic.pk):
        Membership.objects.filter(pk=member.pk).update(created_at=timezone.now() - timedelta(days=6))
        member.refresh_from_db()
    return member


def test_a_newcomer_is_not_the_second_pair_of_eyes(clinic_a: Clinic, ada: Membership) -> None:
    second = newcomer(clinic_a)
    with tenancy.enter(clinic_a.pk):
        patient = services.admit_patient(clinic=clinic_a, name="Joan", by=BY)
        asked = services.open_request(patient=patient, kind="erase", words="", by=ada)
        services.record_erasure(request=asked, identity_check=Erasure.IdentityCheck.values[0], by=ada)
        with pytest.raises(DomainError, match="newcomer"):
            services.confirm_recorded_erasure(request=asked, by=second)


def test_a_newcomer_lifts_no_hold(clinic_a: Clinic, pat: Patient) -> None:
    officer = newcomer(clinic_a)
    with tenancy.enter(clinic_a.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=officer)
        with pytest.raises(DomainError, match="newcomer"):
            services.lift_legal_hold(patient=pat, reason="done", by=officer)


def test_a_refused_request_takes_its_erasure_with_it(clinic_a: Clinic, ada: Membership) -> None:
    officer = make_member(clinic_a, "privacy_officer", "Olga Ott")
    with tenancy.enter(clinic_a.pk):
        patient = services.admit_patient(clinic=clinic_a, name="Joan", by=BY)
        asked = services.open_request(patient=patient, kind="erase", words="", by=ada)
        check = Erasure.IdentityCheck.values[0]
        wish = services.record_erasure(request=asked, identity_check=check, by=ada)
        services.close_request(request_id=asked.pk, is_refused=True, answer="Not Joan.", by=officer)
        wish.refresh_from_db()
        assert wish.state == Erasure.State.CANCELLED
        with pytest.raises(DomainError, match="no_open_request"):
            services.confirm_recorded_erasure(request=asked, by=officer)


def test_a_merge_that_brings_an_account_is_logged_as_a_link(clinic_a: Clinic, alice: Membership) -> None:
    double = joined(clinic_a, record_address="", account="thief@elsewhere.example", days_ago=20)
    with tenancy.enter(clinic_a.pk):
        keep = services.admit_patient(clinic=clinic_a, name="Joan", email="joan@home.example", by=BY)
        services.merge_patients(keep=keep, double=double, by=alice)
        keep.refresh_from_db()
    with tenancy.enter(clinic_a.pk):
        assert AccessLogEntry.objects.filter(action="patient.linked", patient_id=keep.pk).exists()
        with pytest.raises(DomainError, match="account_too_young"):
            services.request_erasure(patient=keep, by=keep)


@pytest.mark.parametrize(
    "change",
    [
        {"lifted_at": None},
        {"placed_by": "somebody else"},
        {"lifted_by": "somebody else"},
    ],
)
def test_of_a_hold_only_its_end_is_written_once(
    clinic_a: Clinic, pat: Patient, change: dict[str, object]
) -> None:
    with tenancy.enter(clinic_a.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        services.lift_legal_hold(patient=pat, reason="done", by=BY)
        with pytest.raises(DatabaseError, match="only its end"), transaction.atomic():
            LegalHold.objects.update(**change)


def test_a_lifted_hold_is_not_deleted_either(clinic_a: Clinic, pat: Patient) -> None:
    with tenancy.enter(clinic_a.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        services.lift_legal_hold(patient=pat, reason="done", by=BY)
        with pytest.raises(DatabaseError, match="stays with its record"), transaction.atomic():
            LegalHold.objects.all().delete()
