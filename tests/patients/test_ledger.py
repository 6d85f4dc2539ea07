"""What the database itself holds about the ledger of consents, whoever asks and however."""

import pytest
from django.db import DatabaseError, connection, connections, transaction

from clinics import tenancy
from clinics.models import Clinic
from patients import services
from patients.erasing import erasing
from patients.models import Consent, Patient, Purpose
from tests.patients.factories import make_patient


@pytest.fixture
def nora(clinic_a: Clinic) -> Patient:
    return make_patient(clinic_a, "Nora Nolte")


def run(patient: Patient, statement: str, *, erased: Patient | None = None) -> None:
    with tenancy.enter(patient.clinic_id), connection.cursor() as cursor:
        if erased is None:
            cursor.execute(statement)
        else:
            with erasing(erased.pk):
                cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def rows(patient: Patient) -> int:
    with tenancy.enter(patient.clinic_id):
        return Consent.objects.filter(patient=patient).count()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_consent SET is_granted = false",
        "DELETE FROM patients_consent",
        "TRUNCATE patients_consent",
    ],
)
def test_a_decision_can_be_neither_changed_nor_taken_out(pat: Patient, statement: str) -> None:
    with pytest.raises(DatabaseError):
        run(pat, statement)
    assert rows(pat) == 1


def test_an_erasure_takes_the_whole_patient_and_nobody_else(pat: Patient, nora: Patient) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run(pat, "DELETE FROM patients_consent", erased=pat)  # nora's rows are among them
    run(pat, f"DELETE FROM patients_consent WHERE patient_id = '{pat.pk}'", erased=pat)
    assert (rows(pat), rows(nora)) == (0, 1)


def test_an_erasure_may_not_leave_half_a_ledger(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        services.withdraw_consent(patient=pat, purpose=Purpose.FACIAL_ANALYSIS, by=pat)
    with pytest.raises(DatabaseError, match="whole patients"):
        run(pat, f"DELETE FROM patients_consent WHERE patient_id = '{pat.pk}' AND number = 2", erased=pat)
    assert rows(pat) == 2


def test_not_even_an_erasure_changes_a_decision(pat: Patient) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run(pat, "UPDATE patients_consent SET is_granted = false", erased=pat)


def test_after_an_erasure_the_ledger_is_shut_again(pat: Patient, nora: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        with erasing(pat.pk):
            Consent.objects.filter(patient=pat).delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(patient=nora).delete()


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_is_bound_as_well() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'patients_consent'::regclass AND NOT tgisinternal"
        )
        held = {name for (name,) in cursor.fetchall()}
    assert held == {"ledger_rows", "ledger_erased_whole", "append_only_table"}
