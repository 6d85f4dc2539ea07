"""The clinic sees who joined with a record, in part, and undoes it when it was somebody else."""

import json
from datetime import time, timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, Membership, Message
from patients import services
from patients.models import (
    Consent,
    NoteDraft,
    OwnPlanPart,
    Patient,
    PatientAddress,
    PatientChoices,
    PortalPin,
    Reminder,
    TrustedPerson,
)
from patients.services import ContactDraft, PlanPart, TrustedDraft, WaysDraft
from tests.clinics.factories import make_user
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in
from tests.patients.factories import make_check_in
from tests.scoring.factories import store_reading


@pytest.fixture
def stranger(clinic_a: Clinic, alice: Membership) -> Patient:
    """A record that somebody joined with another address than the clinic's."""
    with tenancy.enter(clinic_a.pk):
        patient = services.admit_patient(
            clinic=clinic_a, name="Nina Neu", email="nina@people.example", by=System("test")
        )
        token = services.invite_patient(patient=patient, by=alice)
        return services.accept_invitation(token=token, user=make_user("wrong.person@mail.example"))


def page_of(patient: Patient) -> str:
    return f"/c/north/patients/{patient.pk}/invite/"


def undo(member: Membership, patient: Patient) -> int:
    return signed_in(member).post(f"/c/north/patients/{patient.pk}/unlink/").status_code


def test_the_clinic_sees_which_address_joined_and_not_all_of_it(stranger: Patient, alice: Membership) -> None:
    text = signed_in(alice).get(page_of(stranger)).text
    assert "w…@mail.example" in text
    assert "wrong.person" not in text
    assert "The record holds another address" in text
    with tenancy.enter(stranger.clinic_id):
        entry = AccessLogEntry.objects.get(action="patient.linked", patient_id=stranger.pk)
    assert json.loads(entry.canonical)["detail"] == {"is_address_of_record": False}


def test_the_address_of_the_record_is_said_to_be_it(clinic_a: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        patient = services.admit_patient(
            clinic=clinic_a, name="Nina Neu", email="Nina@people.example", by=System("test")
        )
        token = services.invite_patient(patient=patient, by=alice)
        services.accept_invitation(token=token, user=make_user("nina@people.example"))
    assert "This is the address in the record." in signed_in(alice).get(page_of(patient)).text


def test_undone_the_account_meets_the_clinic_as_a_stranger_and_a_new_link_works(
    stranger: Patient, alice: Membership
) -> None:
    browser = signed_in(stranger)
    assert browser.get("/c/north/me/check-in/", follow=True).status_code == 200
    assert undo(alice, stranger) == 302
    assert browser.get("/c/north/me/check-in/").status_code == 404
    assert "Make the link" in signed_in(alice).get(page_of(stranger)).text
    with tenancy.enter(stranger.clinic_id):
        token = services.invite_patient(patient=stranger, by=alice)
        services.accept_invitation(token=token, user=make_user("nina@people.example"))
        entry = AccessLogEntry.objects.get(action="patient.unlinked")
        assert (entry.actor, entry.patient_id) == (alice.actor_label, stranger.pk)


def test_what_the_wrong_person_set_up_does_not_stand_and_what_they_sent_stays(
    stranger: Patient, alice: Membership
) -> None:
    with tenancy.enter(stranger.clinic_id):
        services.grant_consent(patient=stranger, purpose="facial_analysis", by=stranger)
        services.set_pin(patient=stranger, pin="4711", by=stranger)
        stranger.linked_at = timezone.now() - timedelta(days=8)
        stranger.save(update_fields=["linked_at"])
        wish = services.request_erasure(patient=stranger, by=stranger)
    make_check_in(stranger, mood=2, note="mine")
    assert undo(alice, stranger) == 302
    with tenancy.enter(stranger.clinic_id):
        assert not services.has_consent(stranger, "facial_analysis")
        assert Consent.objects.filter(patient=stranger).count() == 2
        assert not PortalPin.objects.filter(patient=stranger).exists()
        wish.refresh_from_db()
        assert wish.state == "cancelled"
        assert stranger.check_ins.count() == 1


def test_nothing_the_wrong_person_arranged_reaches_anybody_later(
    stranger: Patient, alice: Membership
) -> None:
    with tenancy.enter(stranger.clinic_id):
        contact = ContactDraft(name="Sister", phone="+49 170 1")
        services.save_emergency_card(
            patient=stranger, phone="", contacts=[contact], safety_plan="Ours", by=alice
        )
        ids = stranger.emergency_contacts.values_list("pk", flat=True)
        services.confirm_contacts(patient=stranger, conditions=dict.fromkeys(ids, "Never call"))
        services.save_own_plan(patient=stranger, parts=[PlanPart("Who", "Only me")])
        services.save_message_choices(patient=stranger, draft=WaysDraft(["email"], tells_of_notes=True))
        services.add_reminder(patient=stranger, at=time(9))
        NoteDraft.objects.create(
            clinic_id=stranger.clinic_id, patient=stranger, place="/x/", field="words", text="half"
        )
        PatientAddress.objects.create(
            clinic_id=stranger.clinic_id, patient=stranger, channel="push", address="{}", fingerprint="f"
        )
        draft = TrustedDraft("me", "thief@mail.example", "N", "sad", trigger="sad", times=1, of_last=1)
        row = services.save_trusted_person(patient=stranger, draft=draft)
        services.answer_as_trusted_person(row=row, agrees=True)
        services.send_to_trusted_person(patient=stranger)
    assert undo(alice, stranger) == 302
    with tenancy.enter(stranger.clinic_id):
        for kind in (TrustedPerson, PatientAddress, PatientChoices, Reminder, OwnPlanPart, NoteDraft):
            assert not kind.objects.exists(), kind
        assert not Message.objects.waiting().exclude(to="staff").exists()
        (sister,) = stranger.emergency_contacts.all()
        assert not sister.conditions
        assert sister.confirmed_at is None
        token = services.invite_patient(patient=stranger, by=alice)
        services.accept_invitation(token=token, user=make_user("nina@people.example"))
        stranger.refresh_from_db()
        services.grant_consent(patient=stranger, purpose="facial_analysis", by=stranger)
        store_reading(stranger, "sad", timezone.now())
        assert not Message.objects.filter(kind="trusted", state="queued").exists()


def test_a_plan_of_before_the_wrong_person_stays(stranger: Patient, alice: Membership) -> None:
    with tenancy.enter(stranger.clinic_id):
        services.save_own_plan(patient=stranger, parts=[PlanPart("Who", "My sister")])
        OwnPlanPart.objects.update(written_at=timezone.now() - timedelta(days=9))
    assert undo(alice, stranger) == 302
    with tenancy.enter(stranger.clinic_id):
        assert OwnPlanPart.objects.count() == 1


def test_only_those_who_invite_undo_and_only_after_confirming(
    stranger: Patient, alice: Membership, bob: Membership, mallory: Membership, pat: Patient
) -> None:
    assert [undo(who, stranger) for who in (bob, mallory)] == [403, 404]
    assert signed_in(pat).post(f"/c/north/patients/{stranger.pk}/unlink/").status_code == 404
    browser = signed_in(alice)
    with later(601):
        answer = browser.post(f"/c/north/patients/{stranger.pk}/unlink/")
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    with tenancy.enter(stranger.clinic_id):
        stranger.refresh_from_db()
    assert stranger.user is not None


def test_nobody_joined_so_nothing_is_undone(clinic_a: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        patient = services.admit_patient(clinic=clinic_a, name="Nina Neu", by=System("test"))
    assert undo(alice, patient) == 400
