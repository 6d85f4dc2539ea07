"""Discharge, transfer, return and death: the record is kept, what is closed is quiet."""

from typing import Any

import pytest

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from inference.models import Reading
from patients import services
from patients.models import Invitation, Patient
from scoring import services as scoring_services
from scoring.models import Alert, AlertTimer, PatientNote
from tests.conftest import signed_in
from tests.inference import photos
from tests.patients import check_in_page as page
from tests.patients.factories import make_check_in
from tests.patients.test_guardians import act, codes
from tests.scoring.duty.acts import answer, warn
from tests.scoring.factories import add_days_of, store_reading

TRIAGE = "/c/north/"
ENDINGS = {
    "discharge": {"is_sure": "on"},
    "transfer": {"has_agreed": "on"},
    "death": {"is_sure": "on"},
}


@pytest.fixture(autouse=True)
def _pat_is_moving(request: pytest.FixtureRequest) -> None:
    """Where a test runs through all the ends, Pat has asked for the transfer."""
    if "ending" in request.fixturenames:
        ask_to_move(request.getfixturevalue("pat"))


def ask_to_move(patient: Patient) -> None:
    body = {"kind": "transfer", "words": "To South Clinic."}
    assert signed_in(patient).post("/c/north/me/data/requests/", body).status_code == 302


def raise_alert(patient: Patient) -> Alert:
    add_days_of(patient, "sad", 6)
    store_reading(patient, "sad")
    with tenancy.enter(patient.clinic_id):
        return Alert.objects.get(patient=patient)


def state(patient: Patient) -> str:
    with tenancy.enter(patient.clinic_id):
        return Patient.objects.get(pk=patient.pk).state


def triage_numbers(member: Membership) -> list[int]:
    shown = signed_in(member).get(TRIAGE)
    return [row.patient.record_number for row in shown.context["rows"]]


@pytest.mark.parametrize(("ending", "data"), ENDINGS.items(), ids=ENDINGS.keys())
def test_a_closed_record_takes_no_check_in_and_is_not_missed(
    pat: Patient, alice: Membership, ending: str, data: dict[str, Any]
) -> None:
    make_check_in(pat, image=photos.selfie())
    assert triage_numbers(alice) == [pat.record_number]
    assert act(alice, pat, ending, **data).status_code == 302
    assert triage_numbers(alice) == []
    assert page.photos_kept(pat) == 0  # dropped unread
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="closed"):
        services.submit_check_in(
            patient=pat, by=pat, idempotency_key="k" * 32, captured_at=pat.created_at, zone="UTC", mood=1
        )


def test_who_was_discharged_can_still_read_and_is_told(pat: Patient, alice: Membership) -> None:
    act(alice, pat, "discharge", is_sure="on")
    browser = signed_in(pat)
    assert "Your record at this clinic is closed" in browser.get(page.URL).text
    assert browser.get("/c/north/me/consents/").status_code == 200
    assert signed_in(alice).get(f"/c/north/patients/{pat.pk}/").status_code == 200
    assert "Pat Petersen" in signed_in(alice).get("/c/north/patients/closed/").text


def test_an_open_alert_forbids_a_discharge(pat: Patient, alice: Membership) -> None:
    raise_alert(pat)
    assert codes(act(alice, pat, "discharge", is_sure="on"), "discharge") == ["alert_open"]
    assert state(pat) == "active"


def test_a_death_closes_alerts_and_shuts_the_portal_and_keeps_the_record(
    pat: Patient, alice: Membership
) -> None:
    alert = raise_alert(pat)
    assert act(alice, pat, "death", is_sure="on").status_code == 302
    with tenancy.enter(pat.clinic_id):
        alert.refresh_from_db()
        assert (alert.state, alert.resolved_by_id) == (Alert.State.RESOLVED, alice.pk)
        assert "has died" in str(alert.note)
    browser = signed_in(pat)
    for url in (page.URL, "/c/north/me/history/", "/c/north/me/consents/"):
        assert browser.get(url).status_code == 404
    assert "/c/north/" not in browser.get("/").text
    assert signed_in(alice).get(f"/c/north/patients/{pat.pk}/").status_code == 200


@pytest.mark.parametrize(("ending", "data"), ENDINGS.items(), ids=ENDINGS.keys())
def test_of_a_closed_record_no_late_reading_raises_an_alert_or_leaves_a_note(
    pat: Patient, alice: Membership, ending: str, data: dict[str, Any]
) -> None:
    add_days_of(pat, "sad", 7)
    act(alice, pat, ending, **data)
    with tenancy.enter(pat.clinic_id):
        late = Reading.objects.filter(patient=pat).latest("captured_at")
        scoring_services.judge_readings(clinic_id=pat.clinic_id, touched={pat.pk: [late.captured_at]})
        scoring_services.report_failed_analysis(clinic_id=pat.clinic_id, patient_id=pat.pk)
        assert not Alert.objects.filter(patient=pat).exists()
        assert not PatientNote.objects.filter(patient=pat).exists()


def test_a_closed_record_invites_nobody(clinic_a: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        newcomer = services.admit_patient(clinic=clinic_a, name="New", by=alice)
        services.invite_patient(patient=newcomer, by=alice)
        services.record_death(patient=newcomer, by=alice)
        assert not Invitation.objects.open().exists()
        with pytest.raises(DomainError, match="closed"):
            services.invite_patient(patient=newcomer, by=alice)


def test_a_death_recorded_by_mistake_can_be_taken_back(pat: Patient, alice: Membership) -> None:
    act(alice, pat, "death", is_sure="on")
    act(alice, pat, "readmit", is_sure="on")
    assert state(pat) == "active"
    assert page.post(pat, mood="5").status_code == 302


def test_nothing_is_done_unless_it_was_confirmed(pat: Patient, alice: Membership) -> None:
    for ending in ("discharge", "death"):
        assert act(alice, pat, ending).status_code == 400
    assert act(alice, pat, "vanish").status_code == 400
    assert state(pat) == "active"


def test_a_death_by_mistake_leaves_no_yes_to_the_last_question_unheard(
    pat: Patient, alice: Membership, in_a: Clinic
) -> None:
    from_before = answer(pat, 2)
    services.record_death(patient=pat, by=alice)
    services.readmit_patient(patient=pat, by=alice)
    again = Alert.objects.unresolved().get(patient=pat)
    assert (again.rule, again.lane, again.state) == ("item_9", "item_9", "open")
    assert again.pk != from_before.pk
    assert again.facts == from_before.facts
    assert AlertTimer.objects.filter(alert=again).exists()


def test_what_was_resolved_before_or_since_stays_resolved(
    pat: Patient, alice: Membership, in_a: Clinic
) -> None:
    alert = warn(pat)
    services.record_death(patient=pat, by=alice)
    services.readmit_patient(patient=pat, by=alice)
    again = Alert.objects.unresolved().get(patient=pat)
    assert again.pk != alert.pk
    scoring_services.resolve(alert_id=again.pk, note="Spoke.", by=alice)
    services.record_death(patient=pat, by=alice)
    services.readmit_patient(patient=pat, by=alice)
    assert not Alert.objects.unresolved().filter(patient=pat).exists()


def test_a_line_that_a_death_ended_comes_back_with_its_score(
    pat: Patient, alice: Membership, in_a: Clinic
) -> None:
    raise_alert(pat)
    services.record_death(patient=pat, by=alice)
    services.readmit_patient(patient=pat, by=alice)
    again = Alert.objects.unresolved().get(patient=pat, rule="score_line")
    assert again.score is not None
