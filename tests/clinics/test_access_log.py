import hashlib
import json

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from clinics import access_log, tenancy, verify_log
from clinics.models import AccessLogEntry, Clinic, Membership
from moodvision import scratch
from patients import access
from patients.models import Patient
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient


def test_entries_are_numbered_and_chained(clinic_a: Clinic, alice: Membership) -> None:
    for _ in range(3):
        with tenancy.enter(clinic_a.pk):
            access_log.record("patients.listed", by=alice)
    with tenancy.enter(clinic_a.pk):
        entries = list(AccessLogEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    previous = verify_log.FIRST_HASH
    for entry in entries:
        assert entry.previous_hash == previous == json.loads(entry.canonical)["previous"]
        previous = hashlib.sha256(entry.canonical.encode()).hexdigest()
        assert entry.entry_hash == previous


def test_a_read_is_logged_with_who_and_whom(clinic_a: Clinic, alice: Membership, pat: Patient) -> None:
    with tenancy.enter(clinic_a.pk):
        access.get_patient(alice, pat.pk)
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="patient.read")
    assert (entry.actor, entry.patient_id) == (alice.actor_label, pat.pk)


def test_what_fails_leaves_no_entry(clinic_a: Clinic, alice: Membership) -> None:
    def read_and_fail() -> None:
        with tenancy.enter(clinic_a.pk):
            access_log.record("patients.listed", by=alice)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        read_and_fail()
    with tenancy.enter(clinic_a.pk):
        assert not AccessLogEntry.objects.filter(action="patients.listed").exists()


def test_outside_a_clinic_nothing_can_be_recorded(alice: Membership) -> None:
    with pytest.raises(access_log.NothingCollectsError):
        access_log.record("patients.listed", by=alice)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinics_accesslogentry SET actor = 'nobody'",
        "DELETE FROM clinics_accesslogentry",
        "TRUNCATE clinics_accesslogentry",
    ],
)
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_the_log_cannot_be_changed(committing: str, statement: str, alias: str) -> None:
    clinic = make_clinic("north")
    with (
        tenancy.enter(clinic.pk, using=alias),
        connections[alias].cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(using=alias),
    ):
        cursor.execute(statement)


def test_a_refusal_is_logged_though_its_request_was_rolled_back(
    clinic_a: Clinic, alice: Membership, pat: Patient
) -> None:
    response = signed_in(alice).get(f"/c/{clinic_a.slug}/me/consents/")
    assert response.status_code == 404
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="refused")
    assert (entry.actor, entry.outcome) == (alice.actor_label, "denied")


def test_an_entry_says_who_for_what_and_where_from(clinic_a: Clinic, alice: Membership, pat: Patient) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/133.0"
    response = signed_in(alice).get(
        f"/c/{clinic_a.slug}/patients/{pat.pk}/", headers={"User-Agent": agent}, REMOTE_ADDR="192.0.2.7"
    )
    assert response.status_code == 200
    with tenancy.enter(clinic_a.pk):
        row = AccessLogEntry.objects.get(action="patient.read")
    entry = json.loads(row.canonical)
    assert (row.kind, row.role, row.patient_id) == ("read", "clinician", pat.pk)
    assert (entry["purpose"], entry["request"]) == ("care", response["X-Request-ID"])
    assert entry["origin"] == {"address": "192.0.2.7", "agent": "Firefox 133, Linux"}


def test_a_denial_names_the_patient_that_was_asked_for(
    clinic_a: Clinic, audrey: Membership, pat: Patient
) -> None:
    signed_in(audrey).get(f"/c/{clinic_a.slug}/patients/{pat.pk}/")
    with tenancy.enter(clinic_a.pk):
        row = AccessLogEntry.objects.get(kind="denial")
    assert (row.actor, row.role, row.patient_id, row.outcome) == (
        audrey.actor_label, "auditor", pat.pk, "denied",
    )  # fmt: skip


def test_where_the_log_cannot_be_written_nothing_is_read(committing: str) -> None:
    clinic = make_clinic("north")
    alice, pat = make_member(clinic, "clinician", "Alice Adler"), make_patient(clinic, "Pat Petersen")
    browser = signed_in(alice)
    browser.raise_request_exception = False
    with scratch.owner_connection(committing) as owner:
        runtime = settings.DATABASES["default"]["USER"]
        owner.execute(f'REVOKE INSERT ON clinics_accesslogentry FROM "{runtime}"'.encode())
    response = browser.get(f"/c/north/patients/{pat.pk}/")
    assert response.status_code == 500
    assert "Pat Petersen" not in response.text


def test_a_page_made_for_printing_is_logged_as_printed(
    clinic_a: Clinic, alice: Membership, pat: Patient
) -> None:
    with tenancy.enter(clinic_a.pk):
        access_log.record_print("emergency_card", by=alice, patient_id=pat.pk)
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="emergency_card.printed")
    assert (entry.kind, entry.patient_id) == ("print", pat.pk)
