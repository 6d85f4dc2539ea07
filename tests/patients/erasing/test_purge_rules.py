"""Every table has its rule, the append-only ones go by a running erasure alone, and a scan finds the rest."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from clinics import tenancy
from clinics.models import Clinic, ClinicSettings
from patients import erasure, services, tasks
from patients.models import Erasure, Patient
from patients.services import SomethingIsLeft
from tests.clinics.factories import make_member
from tests.furnishing import Staff, furnish_patient
from tests.patients.erasing.acts import erase, policy, tables_with, wish_for
from tests.patients.factories import make_patient

HOLD_A_BARE_ID = {"clinics.KeyRotation", "clinics.Message"}
"""Of a lower app, which cannot refer to a patient: the scan of an erasure finds their rows."""


@pytest.mark.commits
def test_what_no_rule_purges_is_found_by_the_scan(north: Clinic, pat: Patient) -> None:
    """Planted: the id in a text where nobody would look."""
    with tenancy.enter(north.pk):
        ClinicSettings.objects.update(cover_hours=f"call {pat.pk}")
    wish = wish_for(north, pat)
    with pytest.raises(SomethingIsLeft, match=r"clinics_clinicsettings\.cover_hours \(1\)"):
        services.run_erasure(clinic=north, erasure_id=wish.pk)
    policy(north, cover_hours="always")
    tasks.erase_due()
    with tenancy.enter(north.pk):
        assert Erasure.objects.get().state == Erasure.State.FINISHED


def test_every_model_that_refers_to_a_patient_has_its_rule() -> None:
    assert erasure.without_rule() == []


@pytest.mark.parametrize("forgotten", [rule.model._meta.label for rule in erasure.rules()])
def test_a_forgotten_rule_is_found(forgotten: str) -> None:
    known = tuple(rule for rule in erasure.rules() if rule.model._meta.label != forgotten)
    expected = [] if forgotten in HOLD_A_BARE_ID else [forgotten]
    assert erasure.without_rule(known) == expected


@pytest.mark.django_db
def test_a_rule_for_an_append_only_table_says_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, p.proname FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE tgname = 'append_only_rows'"
        )
        frozen = dict(cursor.fetchall())
    for rule in erasure.rules():
        function = frozen.get(rule.model._meta.db_table)
        assert rule.is_append_only == (function is not None), rule
        assert function in {None, "refuse_change_but_erasure"}


@pytest.mark.commits
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM patients_consent",
        "SELECT erase_rows('{wish}', 'patients_consent')",
        "SELECT erase_rows('{nobody}', 'patients_consent')",
        "SELECT erase_rows('{wish}', 'clinics_accesslogentry')",
    ],
)
def test_append_only_rows_go_by_a_running_erasure_alone(north: Clinic, pat: Patient, statement: str) -> None:
    policy(north, erasure_cooling_off_days=7)
    wish = wish_for(north, pat)
    is_of_the_log = "accesslog" in statement
    with tenancy.enter(north.pk):
        if is_of_the_log:
            Erasure.objects.update(state="running")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.erasing', %s, true)", [str(north.pk)])
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement.format(wish=wish.pk, nobody=uuid.uuid4()))


@pytest.mark.commits
def test_a_patient_with_a_row_in_every_table_is_erased_whole(north: Clinic) -> None:
    by = Staff(
        clinician=make_member(north, "clinician", "Alice Adler"),
        administrator=make_member(north, "administrator", "Ada Ahrens"),
        officer=make_member(north, "privacy_officer", "Olga Ott"),
    )
    pat = make_patient(north, "Pat Petersen")
    furnish_patient(pat, by, lambda label: "1970-01-01" if label.endswith("birth_date") else label)
    with tenancy.enter(north.pk):
        programme = services.open_programme(clinic=north, name="P", employer="E", by=by.administrator)
        services.join_programme(patient=pat, programme_id=programme.pk)
        services.lift_legal_hold(patient=pat, reason="done", by=by.officer)
    assert erase(north, pat).state == Erasure.State.FINISHED
    assert tables_with(north, pat) <= set(erasure.KEPT)
