"""Whom a patient named is shown while their agreement is in force, or through a broken glass."""

import pytest

from clinics import tenancy
from clinics.models import AccessLogEntry, Membership
from patients import services
from patients.models import BreakGlass, EmergencyContact, Patient, Purpose
from patients.services import ContactDraft
from tests.clinics.factories import switch_off
from tests.conftest import signed_in
from tests.patients.factories import make_patient

SISTER = ContactDraft("Petra Petersen", "+49 30 222", "sister")
SAID = ("Petra Petersen", "+49 30 222", "sister")
BREAK_GLASS = "/c/north/break-glass/"


def url(patient: Patient, page: str = "") -> str:
    return f"/c/north/patients/{patient.pk}/emergency-card/{page}"


@pytest.fixture
def card(pat: Patient, alice: Membership) -> Patient:
    """Pat's card names a sister; whether she may be called, Pat has not said."""
    with tenancy.enter(pat.clinic_id):
        services.save_emergency_card(
            patient=pat, phone="+49 30 111", contacts=[SISTER], safety_plan="Go to the lake.", by=alice
        )
    return pat


def decide(patient: Patient, *, is_granted: bool) -> None:
    decision = "grant" if is_granted else "withdraw"
    body = {"purpose": Purpose.EMERGENCY_CONTACT, "decision": decision}
    assert signed_in(patient).post("/c/north/me/consents/", body).status_code == 302


def is_shown(member: Membership, patient: Patient) -> bool:
    browser = signed_in(member)
    pages = [browser.get(url(patient))]
    if member.treats_patients:
        pages.append(browser.get(url(patient, "edit/")))
    assert all(page.status_code == 200 for page in pages)
    shown = {said in page.text for page in pages for said in SAID}
    assert len(shown) == 1, "all of it or nothing"
    return shown.pop()


def test_it_is_shown_with_consent_alone_and_withdrawing_counts_at_once(
    card: Patient, alice: Membership, bob: Membership
) -> None:
    everybody = (alice, bob)
    assert [is_shown(member, card) for member in everybody] == [False, False]
    decide(card, is_granted=True)
    assert [is_shown(member, card) for member in everybody] == [True, True]
    decide(card, is_granted=False)
    assert [is_shown(member, card) for member in everybody] == [False, False]


def test_without_it_the_card_says_that_there_is_somebody_and_shows_the_rest(
    card: Patient, alice: Membership
) -> None:
    text = signed_in(alice).get(url(card)).text
    for said in ("Somebody is named", "+49 30 111", "Go to the lake.", "Open in an emergency"):
        assert said in text


def test_where_nobody_is_named_nothing_is_hidden(pat: Patient, alice: Membership) -> None:
    text = signed_in(alice).get(url(pat)).text
    assert "Nobody is named yet" in text
    assert "Open in an emergency" not in text


def test_what_the_clinic_does_not_do_is_not_shown_either(card: Patient, alice: Membership) -> None:
    decide(card, is_granted=True)
    switch_off(card.clinic, Purpose.EMERGENCY_CONTACT)
    assert not is_shown(alice, card)


def test_in_an_emergency_a_clinician_sees_it_with_a_reason_that_is_reviewed_and_told(
    card: Patient, alice: Membership
) -> None:
    body = {"record_number": card.record_number, "reason": "Not reached, a farewell note was found."}
    assert signed_in(alice).post(BREAK_GLASS, body)["Location"] == url(card)
    card_page = signed_in(alice).get(url(card)).text
    assert "+49 30 222" in card_page
    assert "has not agreed to a call" in card_page
    with tenancy.enter(card.clinic_id):
        assert BreakGlass.objects.get().notice_at
        assert AccessLogEntry.objects.filter(action="break_glass.opened", patient_id=card.pk).exists()


def test_another_clinicians_broken_glass_shows_nothing(
    card: Patient, alice: Membership, bob: Membership
) -> None:
    with tenancy.enter(card.clinic_id):
        services.break_glass(patient=card, reason="A farewell note was found.", by=alice)
    assert not is_shown(bob, card)


def test_with_consent_there_is_no_glass_to_break(card: Patient, alice: Membership) -> None:
    decide(card, is_granted=True)
    body = {"record_number": card.record_number, "reason": "Not reached, a farewell note was found."}
    assert "no glass to break" in signed_in(alice).post(BREAK_GLASS, body, follow=True).text
    with tenancy.enter(card.clinic_id):
        assert not BreakGlass.objects.exists()


def test_a_card_written_while_they_are_hidden_does_not_lose_them(card: Patient, alice: Membership) -> None:
    body = {"phone": "+49 30 999", "safety_plan": "Go to the sea."}
    assert signed_in(alice).post(url(card, "edit/"), body).status_code == 302
    decide(card, is_granted=True)
    assert is_shown(alice, card)
    assert signed_in(alice).post(url(card, "edit/"), body).status_code == 302
    with tenancy.enter(card.clinic_id):
        assert not EmergencyContact.objects.exists(), "seen and left out"


def test_new_contacts_replace_hidden_ones(card: Patient, alice: Membership) -> None:
    body = {"phone": "", "safety_plan": "", "name_1": "Bruno", "phone_1": "+49 30 333"}
    assert signed_in(alice).post(url(card, "edit/"), body).status_code == 302
    with tenancy.enter(card.clinic_id):
        assert [row.name for row in EmergencyContact.objects.all()] == ["Bruno"]


def test_another_patients_consent_opens_nothing(card: Patient, alice: Membership) -> None:
    decide(make_patient(card.clinic, "Quinn Quast"), is_granted=True)
    assert not is_shown(alice, card)
