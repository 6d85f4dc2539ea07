"""From one clinic to another: asked for by the patient, closed here, admitted afresh there."""

import pytest

from clinics import sudo, tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Patient, RightsRequest
from scoring import services as scoring_services
from tests.conftest import signed_in
from tests.patients.factories import make_check_in
from tests.patients.test_guardians import act, codes
from tests.patients.test_lifecycle import ask_to_move, state

MOVING = "/c/north/moving/"


def test_who_has_an_account_asks_in_their_portal_first(pat: Patient, alice: Membership) -> None:
    assert codes(act(alice, pat, "transfer", has_agreed="on"), "transfer") == ["not_asked_for"]
    ask_to_move(pat)
    assert codes(act(alice, pat, "transfer"), "transfer") == ["agreement_missing"]
    assert state(pat) == "active"
    assert act(alice, pat, "transfer", has_agreed="on").status_code == 302
    assert state(pat) == "transferred"


def test_carrying_it_out_answers_the_request_and_the_patient_is_told(pat: Patient, alice: Membership) -> None:
    ask_to_move(pat)
    act(alice, pat, "transfer", has_agreed="on")
    with tenancy.enter(pat.clinic_id):
        request = RightsRequest.objects.get()
        assert (request.state, request.closed_by_id) == ("answered", alice.pk)
        assert AccessLogEntry.objects.filter(action="request.answered", patient_id=pat.pk).exists()
    browser = signed_in(pat)
    assert "Your record here is closed" in browser.get("/c/north/me/data/").text
    assert MOVING in browser.get("/c/north/me/check-in/").text
    assert browser.post("/c/north/me/data/export/")["Content-Type"] == "application/zip"


def test_a_refused_or_answered_request_moves_nobody(pat: Patient, alice: Membership, ada: Membership) -> None:
    ask_to_move(pat)
    with tenancy.enter(pat.clinic_id):
        request = RightsRequest.objects.get()
        services.close_request(request_id=request.pk, is_refused=True, answer="You stay.", by=ada)
    assert codes(act(alice, pat, "transfer", has_agreed="on"), "transfer") == ["not_asked_for"]


def test_who_has_no_account_tells_the_clinician(clinic_a: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        patient = services.admit_patient(clinic=clinic_a, name="Nora Nau", by=alice)
    act(alice, patient, "transfer", has_agreed="on")
    assert state(patient) == "transferred"


def test_an_open_alert_keeps_the_request_open(pat: Patient, alice: Membership) -> None:
    ask_to_move(pat)
    with tenancy.enter(pat.clinic_id):
        scoring_services.ask_for_call(patient=pat)
    assert codes(act(alice, pat, "transfer", has_agreed="on"), "transfer") == ["alert_open"]
    with tenancy.enter(pat.clinic_id):
        assert RightsRequest.objects.open().exists()


def test_a_session_left_open_transfers_nobody(
    pat: Patient, alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_to_move(pat)
    monkeypatch.setattr(sudo, "is_fresh", lambda request: False)
    answer = act(alice, pat, "transfer", has_agreed="on")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert state(pat) == "active"


def test_the_other_clinic_sees_nothing_and_admits_afresh_under_the_same_account(
    pat: Patient, alice: Membership, mallory: Membership
) -> None:
    make_check_in(pat, note="said at the old clinic")
    ask_to_move(pat)
    act(alice, pat, "transfer", has_agreed="on")
    there = signed_in(mallory)
    assert there.get(f"/c/south/patients/{pat.pk}/").status_code == 404
    with tenancy.enter(mallory.clinic_id):
        fresh = services.admit_patient(clinic=mallory.clinic, name="Pat Petersen", by=mallory)
        token = services.invite_patient(patient=fresh, by=mallory)
        assert pat.user is not None
        services.accept_invitation(token=token, user=pat.user)
        assert not services.has_consent(fresh, "facial_analysis")
    assert "said at the old clinic" not in there.get(f"/c/south/patients/{fresh.pk}/").text
    mine = signed_in(pat)
    assert mine.get("/c/south/me/consents/").status_code in {200, 302}
    assert mine.get("/c/north/me/data/").status_code == 200


def test_one_page_tells_all_three_what_to_do(pat: Patient, alice: Membership, clinic_a: Clinic) -> None:
    text = signed_in(pat).get(MOVING).text
    for title in ("You, the patient", "The clinic that is left", "The clinic that takes over"):
        assert title in text
    assert MOVING in signed_in(pat).get("/c/north/me/data/").text
    for page in (f"patients/{pat.pk}/standing/", "patients/new/"):
        assert MOVING in signed_in(alice).get(f"/c/north/{page}").text
    assert "Pat Petersen" not in text
