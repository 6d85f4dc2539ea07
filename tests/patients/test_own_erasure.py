"""A patient erases their data from their own page: two steps to go, one to stay."""

import pytest
from django.test import Client

from clinics import tenancy
from clinics.access_log import System
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


def hold(pat: Patient, told: str = "") -> None:
    with tenancy.enter(pat.clinic_id):
        services.place_legal_hold(patient=pat, reason="Court file 7.", told=told, by=System("test"))


def test_under_a_legal_hold_it_says_so(pat: Patient, browser: Client) -> None:
    hold(pat)
    response = browser.post(STEP, {"step": "request"})
    assert response.status_code == 400
    assert "cannot be erased yet" in response.text
    assert "data-protection authority" in response.text
    assert "Court file" not in response.text
    assert "I want my data erased" not in browser.get(PAGE).text
    assert states(pat) == []


def test_the_patient_reads_what_the_officer_wrote_for_them(pat: Patient, browser: Client) -> None:
    hold(pat, told="You asked us for damages. We keep this until that is settled.")
    shown = browser.get(PAGE).text
    assert "until that is settled" in shown
    assert "Court file" not in shown


def test_a_hold_placed_in_the_cooling_off_is_told_and_it_can_still_be_taken_back(
    pat: Patient, browser: Client
) -> None:
    browser.post(STEP, {"step": "request"})
    browser.post(STEP, {"step": "confirm"})
    hold(pat)
    assert "It waits: your clinic must keep this record" in browser.get(PAGE).text
    browser.post(STEP, {"step": "cancel"})
    assert states(pat) == ["cancelled"]


def test_the_number_of_the_certificate_is_shown_before_the_account_goes(
    pat: Patient, browser: Client
) -> None:
    browser.post(STEP, {"step": "request"})
    browser.post(STEP, {"step": "confirm"})
    with tenancy.enter(pat.clinic_id):
        number = Erasure.objects.get().pk
    assert str(number) in browser.get(PAGE).text


def test_what_was_not_asked_for_cannot_be_confirmed(pat: Patient, browser: Client) -> None:
    assert browser.post(STEP, {"step": "confirm"}).status_code == 404
    assert states(pat) == []
