"""Emergency contacts: re-confirmed every six months, with the patient's own conditions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic, Membership, Message
from patients import services
from patients.models import EmergencyContact, Patient
from patients.services import ContactDraft, WaysDraft
from tests.conftest import signed_in

PAGE = "/c/north/me/contacts/"


@pytest.fixture
def contact(pat: Patient, alice: Membership) -> EmergencyContact:
    with tenancy.enter(pat.clinic_id):
        save(pat, alice)
        return EmergencyContact.objects.get()


def save(pat: Patient, alice: Membership, phone: str = "") -> None:
    sister = ContactDraft(name="Sister", phone="+49 170 1", relation="sister")
    services.save_emergency_card(patient=pat, phone=phone, contacts=[sister], safety_plan="", by=alice)


def age(contact: EmergencyContact, days: int) -> None:
    with tenancy.enter(contact.clinic_id):
        EmergencyContact.objects.update(confirmed_at=timezone.now() - timedelta(days=days))


def test_written_with_the_patient_it_counts_as_confirmed(contact: EmergencyContact) -> None:
    assert contact.is_confirmed


def test_after_half_a_year_it_does_not(contact: EmergencyContact, pat: Patient) -> None:
    age(contact, 184)
    with tenancy.enter(pat.clinic_id):
        assert len(services.contacts_to_confirm(pat)) == 1
    assert "please confirm" in signed_in(pat).get(PAGE).text


def test_one_click_confirms_and_keeps_the_conditions(contact: EmergencyContact, pat: Patient) -> None:
    age(contact, 184)
    browser = signed_in(pat)
    assert browser.post(PAGE, {f"conditions_{contact.pk}": "Only by day."}).status_code == 302
    assert "Only by day." in browser.get(PAGE).text
    with tenancy.enter(pat.clinic_id):
        row = EmergencyContact.objects.get()
        assert row.is_confirmed
        assert row.conditions == "Only by day."


def test_saving_the_card_again_keeps_what_the_patient_said(
    contact: EmergencyContact, pat: Patient, alice: Membership
) -> None:
    with tenancy.enter(pat.clinic_id):
        services.confirm_contacts(patient=pat, conditions={contact.pk: "Only by day."})
    age(contact, 184)
    with tenancy.enter(pat.clinic_id):
        save(pat, alice, phone="+49 170 2")
        row = EmergencyContact.objects.get()
        assert (row.conditions, row.is_confirmed) == ("Only by day.", False)


def test_the_patient_is_asked_once(contact: EmergencyContact, pat: Patient, in_a: Clinic) -> None:
    services.save_message_choices(patient=pat, draft=WaysDraft(["email"], tells_of_notes=True))
    assert services.ask_to_confirm(clinic=in_a) == 0
    age(contact, 184)
    services.ask_to_confirm(clinic=in_a)
    services.ask_to_confirm(clinic=in_a)
    (row,) = Message.objects.all()
    assert (row.kind, row.facts["path"]) == ("note", PAGE)


def test_nobody_confirms_whom_they_have_not_seen(
    contact: EmergencyContact, pat: Patient, alice: Membership
) -> None:
    """The clinic replaces the contact while the patient's page is open."""
    age(contact, 184)
    browser = signed_in(pat)
    with tenancy.enter(pat.clinic_id):
        other = ContactDraft(name="Ex", phone="+49 170 9")
        services.save_emergency_card(patient=pat, phone="", contacts=[other], safety_plan="", by=alice)
        EmergencyContact.objects.update(confirmed_at=None)
    answer = browser.post(PAGE, {f"conditions_{contact.pk}": "Only by day."}, follow=True)
    assert "has just changed this list" in answer.text
    with tenancy.enter(pat.clinic_id):
        row = EmergencyContact.objects.get()
        assert not row.conditions
        assert not row.is_confirmed


def test_who_named_nobody_reads_that(pat: Patient) -> None:
    assert "Nobody is named" in signed_in(pat).get(PAGE).text
