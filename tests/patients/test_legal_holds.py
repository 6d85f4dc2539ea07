"""The privacy officer places a legal hold and lifts it; the record says that it stands."""

import pytest
from django.test import Client
from django.utils import timezone

from clinics import sudo, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Erasure, LegalHold, Patient
from tests.clinics.factories import make_member
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in

HOLDS = "/c/north/holds/"


@pytest.fixture
def olga(clinic_a: Clinic) -> Membership:
    """Privacy officer of A."""
    return make_member(clinic_a, "privacy_officer", "Olga Ott")


@pytest.fixture
def desk(olga: Membership) -> Client:
    return signed_in(olga)


def body(pat: Patient, **more: str) -> dict[str, str]:
    return {"record_number": str(pat.record_number), "reason": "Court file 7, letter of May.", **more}


def standing(pat: Patient) -> LegalHold:
    with tenancy.enter(pat.clinic_id):
        return LegalHold.objects.in_force().get(patient=pat)


def test_it_is_placed_shown_and_lifted_and_each_is_logged(
    pat: Patient, olga: Membership, desk: Client
) -> None:
    assert desk.post(HOLDS, body(pat, told="A court asked for it.")).status_code == 302
    hold = standing(pat)
    assert hold.placed_by == olga.actor_label
    with tenancy.enter(pat.clinic_id):
        assert (hold.reason, hold.told) == ("Court file 7, letter of May.", "A court asked for it.")
    assert "Court file 7" in desk.get(HOLDS).text
    page = f"{HOLDS}{hold.pk}/"
    assert "Court file 7" in desk.get(page).text
    assert desk.post(page, {"reason": " "}).status_code == 400
    assert desk.post(page, {"reason": "Settled out of court."}).status_code == 302
    assert "Settled out of court." in desk.get(HOLDS).text
    assert desk.get(page).status_code == 404
    with tenancy.enter(pat.clinic_id):
        assert not LegalHold.objects.in_force().exists()
        written = AccessLogEntry.objects.filter(patient_id=pat.pk, actor=olga.actor_label)
        actions = set(written.values_list("action", flat=True))
        texts = "".join(AccessLogEntry.objects.values_list("canonical", flat=True))
    assert {"legal_hold.placed", "legal_hold.read", "legal_hold.lifted"} <= actions
    assert "Court file" not in texts


def test_the_record_says_that_a_hold_stands_and_not_why(
    pat: Patient, alice: Membership, desk: Client
) -> None:
    page = f"/c/north/patients/{pat.pk}/"
    assert "A legal hold stands" not in signed_in(alice).get(page).text
    desk.post(HOLDS, body(pat))
    shown = signed_in(alice).get(page).text
    assert "A legal hold stands" in shown
    assert "Court file" not in shown


def test_a_session_left_open_holds_and_lifts_nothing(pat: Patient, olga: Membership, desk: Client) -> None:
    with later(sudo.FRESH_SECONDS + 1):
        response = desk.post(HOLDS, body(pat))
    assert response["Location"].startswith("/accounts/reauthenticate/")
    with tenancy.enter(pat.clinic_id):
        assert not LegalHold.objects.exists()
        hold = services.place_legal_hold(patient=pat, reason="x", by=olga)
    with later(sudo.FRESH_SECONDS + 1):
        response = desk.post(f"{HOLDS}{hold.pk}/", {"reason": "y"})
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert standing(pat).pk == hold.pk


def test_what_is_not_there_or_held_already_is_refused(pat: Patient, desk: Client) -> None:
    assert desk.post(HOLDS, body(pat, record_number="4711")).status_code == 400
    assert desk.post(HOLDS, body(pat, reason="x" * 2001)).status_code == 400
    assert desk.post(HOLDS, body(pat, told="x" * 2001)).status_code == 400
    desk.post(HOLDS, body(pat))
    again = desk.post(HOLDS, body(pat))
    assert again.status_code == 400
    assert "There is a legal hold already." in again.text


def test_nobody_else_of_the_clinic_holds_or_lifts(pat: Patient, alice: Membership, ada: Membership) -> None:
    for member in (alice, ada):
        with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="may_not_hold"):
            services.place_legal_hold(patient=pat, reason="x", by=member)
        with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="may_not_hold"):
            services.lift_legal_hold(patient=pat, reason="x", by=member)


@pytest.mark.django_db
def test_a_kept_record_under_a_hold_does_not_keep_the_others_waiting(pat: Patient, clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        Patient.objects.filter(pk=pat.pk).update(kept_until=timezone.now().date().replace(year=2020))
        services.place_legal_hold(patient=pat, reason="x", by=System("test"))
    services.run_due_erasures(clinic=clinic_a)
    with tenancy.enter(clinic_a.pk):
        assert not Erasure.objects.exists()
        services.lift_legal_hold(patient=pat, reason="y", by=System("test"))
        assert Patient.objects.filter(pk=pat.pk).exists()
