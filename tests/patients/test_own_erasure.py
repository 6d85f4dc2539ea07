"""A patient erases their data from their own page: two steps to go, one to stay."""

import pytest
from django.test import Client

from clinics import tenancy
from clinics.models import Membership
from patients import services
from patients.models import Erasure, Patient
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in

PAGE, STEP = "/c/north/me/data/", "/c/north/me/data/erasure/"


@pytest.fixture
def browser(pat: Patient) -> Client:
    return signed_in(pat)


def states(patient: Patient) -> list[str]:
    with tenancy.enter(patient.clinic_id):
        return list(Erasure.objects.order_by("requested_at").values_list("state", flat=True))


def test_it_is_asked_for_confirmed_and_taken_back(pat: Patient, browser: Client) -> None:
    assert "I want my data erased" in browser.get(PAGE).text
    assert browser.post(STEP, {"step": "request"})["Location"] == f"{PAGE}#erasure"
    assert "Nothing is erased yet" in browser.get(PAGE).text
    browser.post(STEP, {"step": "confirm"})
    assert "Your data will be erased from" in browser.get(PAGE).text
    browser.post(STEP, {"step": "cancel"})
    assert states(pat) == ["cancelled"]
    assert "I want my data erased" in browser.get(PAGE).text


def test_a_session_left_open_erases_nothing(pat: Patient, browser: Client) -> None:
    with later(3600):
        response = browser.post(STEP, {"step": "request"})
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert states(pat) == []


def test_under_a_legal_hold_it_says_so(pat: Patient, browser: Client, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        services.place_legal_hold(patient=pat, reason="A court asked for it.", by=alice)
    response = browser.post(STEP, {"step": "request"})
    assert response.status_code == 400
    assert "Your clinic must keep this record for now" in response.text
    assert "A court" not in response.text
    assert states(pat) == []


def test_what_was_not_asked_for_cannot_be_confirmed(pat: Patient, browser: Client) -> None:
    assert browser.post(STEP, {"step": "confirm"}).status_code == 404
    assert states(pat) == []
