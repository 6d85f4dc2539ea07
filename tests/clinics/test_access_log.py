import hashlib
import json

import pytest
from django.db import DatabaseError, connections, transaction

from clinics import access_log, tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import access
from patients.models import Patient
from tests.clinics.factories import make_clinic
from tests.conftest import signed_in


def test_entries_are_numbered_and_chained(clinic_a: Clinic, alice: Membership) -> None:
    for _ in range(3):
        with tenancy.enter(clinic_a.pk):
            access_log.record("patients.listed", by=alice)
    with tenancy.enter(clinic_a.pk):
        entries = list(AccessLogEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    previous = access_log.FIRST_HASH
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
