"""The third net alone: what the database holds, and what comes of touching it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import F, Value

from clinics import keys, tenancy
from clinics.keys import KeyName, Shredded, Tampered
from clinics.models import Clinic, DataKey, Membership
from moodvision import scratch
from patients.models import Patient
from tests.clinics.factories import make_clinic, make_member
from tests.patients.factories import make_patient

ROOT = Path(__file__).resolve().parents[2]


def raw(patient: Patient, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM patients_patient WHERE id = %s", [patient.pk])
        value: str = cursor.fetchone()[0]
    return value


def write_raw(patient: Patient, column: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE patients_patient SET {column} = %s WHERE id = %s", [value, patient.pk])


def test_the_database_holds_a_ciphertext_and_the_model_the_name(in_a: Clinic, pat: Patient) -> None:
    assert raw(pat, "name").startswith("mv1:1:")
    assert "Petersen" not in raw(pat, "name")
    assert Patient.objects.get(pk=pat.pk).name == "Pat Petersen"


def test_saving_an_unchanged_value_keeps_its_ciphertext(in_a: Clinic, pat: Patient) -> None:
    before = raw(pat, "name")
    again = Patient.objects.get(pk=pat.pk)
    assert again.name
    again.save()
    assert raw(pat, "name") == before


def test_a_ciphertext_swapped_between_rows_is_an_error(in_a: Clinic, pat: Patient) -> None:
    other = make_patient(in_a, "Otto Oster")
    write_raw(pat, "name", raw(other, "name"))
    with pytest.raises(Tampered, match=str(pat.pk)):
        _ = Patient.objects.get(pk=pat.pk).name


def test_a_ciphertext_swapped_between_rows_of_one_key_is_an_error(in_a: Clinic, alice: Membership) -> None:
    """Members' names lie under the clinic's one key: only the row's own id keeps them apart."""
    ada = make_member(in_a, "administrator", "Ada Ahrens")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clinics_membership SET name = other.name FROM clinics_membership other"
            " WHERE clinics_membership.id = %s AND other.id = %s",
            [alice.pk, ada.pk],
        )
    with pytest.raises(Tampered, match=str(alice.pk)):
        _ = Membership.objects.get(pk=alice.pk).name


def test_a_ciphertext_moved_to_another_column_is_an_error(in_a: Clinic, pat: Patient) -> None:
    write_raw(pat, "notes", raw(pat, "name"))
    with pytest.raises(Tampered):
        _ = Patient.objects.get(pk=pat.pk).notes


@pytest.mark.parametrize("planted", ["Pat Petersen", "mv1:1:AAAA", "mv1:x:AAAA", "mv1:1:%%%", ""])
def test_anything_else_in_the_column_is_an_error_and_never_data(
    in_a: Clinic, pat: Patient, planted: str
) -> None:
    write_raw(pat, "name", planted)
    with pytest.raises(Tampered):
        _ = Patient.objects.get(pk=pat.pk).name


def test_a_dropped_key_shreds_the_row_while_lists_still_work(in_a: Clinic, pat: Patient) -> None:
    assert keys.drop(pat.sealed_under()) == 1
    shredded = list(Patient.objects.all())
    assert [row.record_number for row in shredded] == [pat.record_number]
    with pytest.raises(Shredded):
        _ = shredded[0].name


def test_every_way_around_saving_is_refused(in_a: Clinic, pat: Patient) -> None:
    with pytest.raises(FieldError):
        Patient.objects.update(name="Eve")
    with pytest.raises(FieldError):
        Patient.objects.update(name=F("notes"))
    with pytest.raises(FieldError):
        Patient.objects.update(name=Value("Eve"))
    setattr(pat, "name", "Eve")  # noqa: B010  the stubs know a field here, not its text
    with pytest.raises(FieldError):
        Patient.objects.bulk_update([pat], ["name"])


@pytest.mark.parametrize("lookup", ["name", "name__contains", "name__in", "name__lower", "name__gt"])
def test_every_lookup_but_isnull_is_refused(in_a: Clinic, lookup: str) -> None:
    with pytest.raises(FieldError):
        Patient.objects.filter(**{lookup: ["x"]}).exists()
    assert not Patient.objects.filter(name__isnull=True).exists()


def test_values_give_the_ciphertext(in_a: Clinic, pat: Patient) -> None:
    assert str(Patient.objects.values_list("name", flat=True).get()).startswith("mv1:")


def test_a_clinics_own_rows_lie_under_the_clinics_key(in_a: Clinic, alice: Membership) -> None:
    keys.drop(KeyName.of_clinic(in_a.pk))
    with pytest.raises(Shredded):
        _ = Membership.objects.get(pk=alice.pk).name


def test_a_patients_key_is_wrapped_by_the_clinics(in_a: Clinic, pat: Patient) -> None:
    row = DataKey.objects.get(subject=pat.pk)
    assert (row.parent_scope, row.parent_subject, row.parent_version) == ("clinic", in_a.pk, 1)
    keys.drop(KeyName.of_clinic(in_a.pk))
    keys.forget()
    with pytest.raises(Shredded):
        _ = Patient.objects.get(pk=pat.pk).name


def test_the_keys_of_another_clinic_are_out_of_reach(pat: Patient, clinic_b: Clinic) -> None:
    with tenancy.enter(clinic_b.pk), pytest.raises(Shredded):
        keys.get(pat.sealed_under(), 1)


def test_a_page_of_names_takes_one_query_for_its_keys(
    committing: str, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    clinic = make_clinic("north")
    for number in range(5):
        make_patient(clinic, f"Person{number} Name")
    with tenancy.enter(clinic.pk):
        rows = list(Patient.objects.all())
        keys.get(KeyName.of_clinic(clinic.pk), 1)
        with django_assert_num_queries(1):  # type: ignore[operator]
            keys.preload(row.sealed_under() for row in rows)
            assert all(row.name for row in rows)


@pytest.mark.parametrize("level", ["patient", "clinic"])
def test_a_key_dropped_by_another_process_is_unreadable_within_a_minute(
    committing: str, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    """The other process deletes rows and cannot reach this cache. A child never outlives its parent here:
    opened late in the parent's minute, it is held for what is left of it."""
    clinic = make_clinic("north")
    patient = make_patient(clinic, "Pat Petersen")
    name = patient.sealed_under() if level == "patient" else KeyName.of_clinic(clinic.pk)
    now = [1000.0]
    monkeypatch.setattr("clinics.keys.time.monotonic", lambda: now[0])
    keys.forget()
    with tenancy.enter(clinic.pk):
        keys.get(name, 1)
    drop_elsewhere(name)
    now[0] += keys.CACHE_SECONDS - 1
    with tenancy.enter(clinic.pk):
        assert Patient.objects.get(pk=patient.pk).name == "Pat Petersen"
    now[0] += 1
    with tenancy.enter(clinic.pk), pytest.raises(Shredded):
        _ = Patient.objects.get(pk=patient.pk).name
    assert keys.CACHE_SECONDS <= 60


def drop_elsewhere(name: KeyName) -> None:
    """A process of its own, as a worker or a command would be."""
    program = (
        "import django; django.setup(); import uuid\n"
        "from clinics import keys, tenancy\n"
        f"clinic = uuid.UUID('{name.clinic_id}')\n"
        "with tenancy.enter(clinic):\n"
        f"    assert keys.drop(keys.KeyName(clinic, '{name.scope}', uuid.UUID('{name.subject}'))) == 1\n"
    )
    environment = {
        **os.environ,
        **scratch.database_environment(),
        "DJANGO_SETTINGS_MODULE": "moodvision.settings",
    }
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, timeout=60)
