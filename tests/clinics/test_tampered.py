"""Ciphertext that was changed or moved: an error that names the row, and never a value."""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from clinics import keys, tenancy
from clinics.keys import Tampered
from clinics.models import Clinic, Membership
from clinics.sealed_columns import SealedModel, sealed_models
from patients.models import Patient
from scoring.models import Alert
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.furnishing import Staff, furnish_clinic, furnish_patient
from tests.patients.factories import make_check_in, make_patient

SECRET = "Zvsecret Qxvalue"
APPS = ("clinics", "patients", "inference", "scoring")
COLUMNS = {
    app: [
        (sealed, field)
        for sealed in sealed_models()
        if sealed.label.startswith(f"{app}.")
        for field in sealed.fields
    ]
    for app in APPS
}


def words(label: str) -> str:
    return "secret@zv.example" if label == "clinics.staffinvitation.email" else f"{SECRET} {label}"


def furnish(slug: str, name: str) -> Clinic:
    """Two patients, and a value in every encrypted column of both."""
    clinic = make_clinic(slug)
    by = Staff(
        clinician=make_member(clinic, "clinician", f"Alice {name}"),
        administrator=make_member(clinic, "administrator", f"Ada {name}"),
        officer=make_member(clinic, "privacy_officer", f"Olga {name}"),
    )
    for first in ("Pat", "Otto"):
        furnish_patient(make_patient(clinic, f"{first} {name}"), by, words)
        furnish_clinic(clinic, by, words)
    return clinic


@pytest.fixture
def north(db: None) -> Clinic:
    return furnish("north", SECRET)


def tokens(clinic: Clinic, sealed: SealedModel, column: str) -> list[tuple[uuid.UUID, Any]]:
    with tenancy.enter(clinic.pk), connection.cursor() as cursor:
        cursor.execute(f'SELECT id, "{column}" FROM {sealed.table} WHERE "{column}" IS NOT NULL ORDER BY id')
        return [
            (pk, bytes(value) if isinstance(value, memoryview) else value) for pk, value in cursor.fetchall()
        ]


def assert_refused(clinic: Clinic, sealed: SealedModel, field: Any, pk: uuid.UUID, planted: Any) -> None:
    with tenancy.enter(clinic.pk), connection.cursor() as cursor:
        cursor.execute(f'UPDATE {sealed.table} SET "{field.column}" = %s WHERE id = %s', [planted, pk])
        assert cursor.rowcount == 1
        keys.forget()
        with pytest.raises((Tampered, keys.Shredded)) as raised:
            getattr(sealed.model._base_manager.get(pk=pk), field.name)
    said = str(raised.value)
    assert f"{sealed.label}.{field.name}" in said
    assert str(pk) in said
    assert SECRET not in said
    assert SECRET not in repr(raised.value.__cause__) + repr(raised.value.__context__)


def flipped(token: Any) -> Any:
    if isinstance(token, bytes):
        return token[:-1] + bytes([token[-1] ^ 1])
    at = len(token) // 2
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


HARMS: dict[str, Callable[[Any], Any]] = {
    "a flipped bit": flipped,
    "cut short": lambda token: token[: len(token) // 2],
    "cut to its head": lambda token: token[:8],
    "the tag is gone": lambda token: token[:-16],
    "emptied": lambda token: type(token)(),
    "data instead": lambda token: SECRET.encode() if isinstance(token, bytes) else SECRET,
    "another version": lambda token: (
        token[:6] + b"\x07" + token[7:] if isinstance(token, bytes) else token.replace("mv1:1:", "mv1:7:")
    ),
}


@contextmanager
def undone(column: str) -> Iterator[None]:
    """What is planted into one column is gone before the next is tried, and a failure says which it was."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    except AssertionError as error:
        raise AssertionError(f"{column}: {error}") from error


@pytest.mark.parametrize("app", APPS)
def test_a_changed_value_is_refused_in_every_encrypted_column(north: Clinic, app: str) -> None:
    for sealed, field in COLUMNS[app]:
        with undone(f"{sealed.label}.{field.name}"):
            found = tokens(north, sealed, field.column)
            assert found, "`furnish` plants no value"
            (pk, token), *_rest = found
            for harm in HARMS.values():
                assert_refused(north, sealed, field, pk, harm(token))


@pytest.mark.parametrize("app", APPS)
def test_a_value_of_another_row_field_or_clinic_is_refused(north: Clinic, app: str) -> None:
    south = furnish("south", "Someone Else")
    for sealed, field in COLUMNS[app]:
        with undone(f"{sealed.label}.{field.name}"):
            (mine, own), *others = tokens(north, sealed, field.column)
            strangers = [
                *(token for _, token in others[:1]),  # another row: of another patient where rows have one
                *(token for _, token in tokens(south, sealed, field.column)[:1]),
                *(
                    token
                    for other in sealed.fields
                    if other is not field
                    for pk, token in tokens(north, sealed, other.column)
                    if pk == mine
                ),
            ]
            assert len(strangers) >= 2
            for stranger in strangers:
                assert stranger != own
                assert_refused(north, sealed, field, mine, stranger)


def test_every_encrypted_column_is_of_an_app_that_is_tried() -> None:
    tried = [sealed.label for rows in COLUMNS.values() for sealed, _field in rows]
    assert set(tried) == {sealed.label for sealed in sealed_models()}


def test_two_rows_of_one_patient_cannot_swap_their_values(north: Clinic) -> None:
    with tenancy.enter(north.pk):
        patient = Patient.objects.order_by("pk").first()
    assert patient is not None
    make_check_in(patient, note="another")
    notes = next(sealed for sealed in sealed_models() if sealed.label == "patients.checkin")
    (first, _), (_, second), *_rest = [
        (pk, token) for pk, token in tokens(north, notes, "note") if pk in set(check_in_ids(north, patient))
    ]
    assert_refused(north, notes, notes.fields[0], first, second)


def check_in_ids(clinic: Clinic, patient: Patient) -> list[uuid.UUID]:
    with tenancy.enter(clinic.pk):
        return list(patient.check_ins.values_list("pk", flat=True))


def test_a_page_that_meets_it_fails_and_its_log_names_the_row(
    north: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with tenancy.enter(north.pk), connection.cursor() as cursor:
        alert = Alert.objects.filter(note__isnull=False).order_by("pk").first()
        alice = Membership.objects.filter(role="clinician").order_by("created_at").first()
        assert alice is not None
        assert alert is not None
        cursor.execute(
            "UPDATE scoring_alert SET note = overlay(note placing 'AAAA' from 30) WHERE id = %s", [alert.pk]
        )
    browser: Client = signed_in(alice)
    browser.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        response = browser.get(f"/c/north/alerts/{alert.pk}/")
    assert response.status_code == 500
    assert SECRET not in response.text
    assert f"scoring.alert.note|{north.pk}|{alert.pk}" in caplog.text
    assert SECRET not in caplog.text
