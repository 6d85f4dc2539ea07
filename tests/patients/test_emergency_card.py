"""The emergency card: written by clinicians, and open even where the access log cannot be written."""

import json
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from clinics import log_replay, sudo, tenancy, verification
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, Membership, PlatformLogEntry
from moodvision import scratch
from patients import services
from patients.models import Correction, EmergencyContact, Patient, Purpose, SafetyPlan
from patients.services import ContactDraft
from tests.clinics.factories import make_clinic, make_member
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in
from tests.patients.factories import make_patient

SISTER = ContactDraft("Petra Petersen", "+49 30 222", "sister")
RUNTIME = django_settings.DATABASES["default"]["USER"]


def url(patient: Patient, page: str = "") -> str:
    return f"/c/north/patients/{patient.pk}/emergency-card/{page}"


def agree(patient: Patient) -> None:
    with tenancy.enter(patient.clinic_id):
        services.grant_consent(patient=patient, purpose=Purpose.EMERGENCY_CONTACT, by=patient)


def write_card(patient: Patient, by: Membership) -> None:
    agree(patient)
    with tenancy.enter(patient.clinic_id):
        services.save_emergency_card(
            patient=patient, phone="+49 30 111", contacts=[SISTER], safety_plan="Go to the lake.", by=by
        )


def test_a_clinician_writes_the_card_and_an_observer_reads_it(
    alice: Membership, bob: Membership, pat: Patient
) -> None:
    agree(pat)
    body = {
        "phone": "+49 30 111", "safety_plan": "Go to the lake.",
        "name_1": SISTER.name, "phone_1": SISTER.phone, "relation_1": "sister",
    }  # fmt: skip
    assert signed_in(alice).post(url(pat, "edit/"), body).status_code == 302
    text = signed_in(bob).get(url(pat)).text
    for said in ("Pat Petersen", "+49 30 111", "Petra Petersen", "+49 30 222", "Go to the lake."):
        assert said in text
    assert "Change the card" not in text
    assert "Petra Petersen" in signed_in(alice).get(url(pat, "edit/")).text


def test_what_is_left_out_is_gone(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    write_card(pat, alice)
    services.save_emergency_card(patient=pat, phone="", contacts=[], safety_plan="", by=alice)
    assert not EmergencyContact.objects.exists()
    assert not SafetyPlan.objects.exists()


@pytest.mark.parametrize("body", [{"name_1": "Petra"}, {"phone_2": "+49"}])
def test_half_a_contact_is_refused(alice: Membership, pat: Patient, body: dict[str, str]) -> None:
    assert signed_in(alice).post(url(pat, "edit/"), body).status_code == 400


def test_reading_the_card_is_logged_for_an_emergency(alice: Membership, pat: Patient) -> None:
    signed_in(alice).get(url(pat))
    with tenancy.enter(pat.clinic_id):
        row = AccessLogEntry.objects.get(action="patient.read")
    assert json.loads(row.canonical)["purpose"] == "emergency"


def test_a_printed_card_opens_the_dialogue_and_is_logged_as_a_print(
    clinic_a: Clinic, alice: Membership, bob: Membership, mallory: Membership, pat: Patient
) -> None:
    write_card(pat, alice)
    browser = signed_in(bob)
    assert "js/print" not in browser.get(url(pat)).text
    assert browser.get(url(pat, "print/")).status_code == 405
    with later(sudo.FRESH_SECONDS + 1):  # whoever needs it on paper needs it now
        printed = browser.post(url(pat, "print/"))
    assert ("js/print" in printed.text, SISTER.phone in printed.text) == (True, True)
    assert signed_in(mallory).post(url(pat, "print/")).status_code == 404
    with tenancy.enter(clinic_a.pk):
        (row,) = AccessLogEntry.objects.filter(kind="print")
    assert (row.action, row.actor, row.patient_id) == ("emergency_card.printed", bob.actor_label, pat.pk)


@pytest.fixture
def broken_log(committing: str, tmp_path: Path, settings: Settings) -> tuple[Client, Patient]:
    """A clinician and a patient of a clinic whose log nobody can write."""
    settings.ACCESS_LOG_SPOOL_DIR = tmp_path / "spool"
    clinic = make_clinic("north")
    alice, pat = make_member(clinic, "clinician", "Alice Adler"), make_patient(clinic, "Pat Petersen")
    write_card(pat, alice)
    browser = signed_in(alice)
    browser.raise_request_exception = False
    with scratch.owner_connection(committing) as owner:
        owner.execute(f'REVOKE INSERT ON clinics_accesslogentry FROM "{RUNTIME}"'.encode())
    return browser, pat


def mend(database: str) -> None:
    with scratch.owner_connection(database) as owner:
        owner.execute(f'GRANT INSERT ON clinics_accesslogentry TO "{RUNTIME}"'.encode())


def spooled() -> list[Path]:
    return sorted(django_settings.ACCESS_LOG_SPOOL_DIR.glob("*/*.json"))


@pytest.mark.commits
def test_without_the_log_the_card_opens_and_nothing_else(broken_log: tuple[Client, Patient]) -> None:
    browser, pat = broken_log
    record = browser.get(f"/c/north/patients/{pat.pk}/")
    assert (record.status_code, "Petersen" in record.text) == (500, False)
    assert browser.get(url(pat, "edit/")).status_code == 500
    assert spooled() == []
    card = browser.get(url(pat))
    assert card.status_code == 200
    assert "+49 30 222" in card.text
    (file,) = spooled()
    assert file.stat().st_mode & 0o077 == 0
    assert "Petersen" not in file.read_text()


@pytest.mark.commits
def test_spooled_entries_are_replayed_once(broken_log: tuple[Client, Patient], committing: str) -> None:
    browser, pat = broken_log
    browser.get(url(pat))
    (file,) = spooled()
    kept = file.read_text()
    assert log_replay.replay() == 0  # still broken: it waits
    assert spooled() == [file]
    mend(committing)
    assert log_replay.replay() == 1
    file.write_text(kept)  # as after a crash between the commit and the removal of the file
    assert log_replay.replay() == 0
    assert spooled() == []
    with tenancy.enter(pat.clinic_id):
        row = AccessLogEntry.objects.get(action="patient.read")
    assert (row.patient_id, json.loads(row.canonical)["detail"]) == (pat.pk, {"spooled": True})
    assert verification.verify_clinic(Clinic.objects.get()).is_sound


@pytest.mark.commits
def test_without_the_log_the_card_is_printed_all_the_same(
    broken_log: tuple[Client, Patient], committing: str
) -> None:
    browser, pat = broken_log
    printed = browser.post(url(pat, "print/"))
    assert (printed.status_code, SISTER.phone in printed.text) == (200, True)
    assert len(spooled()) == 2
    mend(committing)
    assert log_replay.replay() == 2
    with tenancy.enter(pat.clinic_id):
        row = AccessLogEntry.objects.get(kind="print")
    assert (row.action, row.patient_id) == ("emergency_card.printed", pat.pk)
    assert verification.verify_clinic(Clinic.objects.get()).is_sound


@pytest.mark.commits
def test_a_spooled_entry_that_was_changed_is_refused(
    broken_log: tuple[Client, Patient], committing: str
) -> None:
    browser, pat = broken_log
    browser.get(url(pat))
    (file,) = spooled()
    file.write_text(file.read_text().replace("emergency", "curiosity"))
    mend(committing)
    assert log_replay.replay() == 0
    assert file.with_suffix(".refused").exists()
    assert PlatformLogEntry.objects.filter(action="spooled_entry.refused").count() == 1


@pytest.mark.commits
def test_where_it_cannot_be_spooled_either_nothing_opens(
    broken_log: tuple[Client, Patient], tmp_path: Path, settings: Settings
) -> None:
    browser, pat = broken_log
    (tmp_path / "file").write_text("")
    settings.ACCESS_LOG_SPOOL_DIR = tmp_path / "file"
    response = browser.get(url(pat))
    assert (response.status_code, "+49" in response.text) == (500, False)


def test_under_a_legal_hold_what_is_overwritten_is_kept(
    in_a: Clinic, alice: Membership, pat: Patient
) -> None:
    write_card(pat, alice)
    services.save_emergency_card(patient=pat, phone="+49 30 111", contacts=[], safety_plan="", by=alice)
    assert not former(pat, "safety_plan", "emergency_contacts")
    write_card(pat, alice)
    services.place_legal_hold(patient=pat, reason="Court file 7", by=System("test"))
    write_card(pat, alice)
    assert not former(pat, "safety_plan", "emergency_contacts")
    services.save_emergency_card(patient=pat, phone="", contacts=[], safety_plan="Call us.", by=alice)
    assert former(pat, "safety_plan", "emergency_contacts") == [
        "Petra Petersen, sister, +49 30 222",
        "Go to the lake.",
    ]
    assert former(pat, "phone")[-1] == "+49 30 111"


def former(patient: Patient, *fields: str) -> list[str | None]:
    with tenancy.enter(patient.clinic_id):
        rows = Correction.objects.filter(patient=patient, field__in=fields).order_by("at")
        return [row.before for row in rows]
