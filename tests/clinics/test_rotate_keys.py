"""Keys change while everybody goes on reading and writing, and a killed rotation goes on where it was."""

import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from clinics import keys, rotation, tasks, tenancy
from clinics.access_log import System
from clinics.keys import KeyName, Shredded
from clinics.models import AccessLogEntry, Clinic, DataKey, KeyRotation, Membership
from clinics.sealed_columns import sealed_models
from moodvision import scratch
from patients.models import CheckIn, Patient
from tests.clinics.factories import make_clinic
from tests.patients.factories import make_check_in, make_patient

BY = System("test")
ROOT = Path(__file__).resolve().parents[2]
NOTE = "slept badly"


def rotate(*words: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *words, "--yes", stdout=said)
    return said.getvalue()


def versions(clinic: Clinic, scope: str) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    with tenancy.enter(clinic.pk):
        for row in DataKey.objects.filter(scope=scope).order_by("version"):
            found.setdefault(row.subject, []).append(row.version)
    return found


def tokens(clinic: Clinic, table: str, column: str) -> list[str]:
    with tenancy.enter(clinic.pk), connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def north(committing: str) -> Clinic:
    """Three patients with a note each."""
    clinic = make_clinic("north")
    for number in range(3):
        make_check_in(make_patient(clinic, f"Person{number} Name"), note=NOTE)
    return clinic


def read_everything(clinic: Clinic) -> None:
    with tenancy.enter(clinic.pk):
        assert [check_in.note for check_in in CheckIn.objects.all()] == [NOTE] * 3
        assert all(str(patient.name).endswith("Name") for patient in Patient.objects.all())
        assert Membership.objects.get().name


@contextmanager
def meanwhile(work: Any) -> Iterator[list[int]]:
    """Does the work again and again in another thread; its first failure is the test's."""
    over, failures, turns = threading.Event(), [], [0]

    def run() -> None:
        try:
            while not over.is_set():
                work()
                turns[0] += 1
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield turns
    finally:
        over.set()
        thread.join(30)
    if failures:
        raise failures[0]


@pytest.mark.commits
@pytest.mark.parametrize("kind", ["clinic", "patients", "index"])
def test_a_new_version_seals_everything_and_the_old_one_is_removed_when_told_so(
    north: Clinic, kind: str
) -> None:
    said = rotate(kind, "--clinic", "north", "--at-once", "--batch", "1")
    scope = "patient" if kind == "patients" else kind
    assert set(map(tuple, versions(north, scope).values())) == {(2,)}
    if kind == "patients":
        assert all(token.startswith("mv1:2:") for token in tokens(north, "patients_checkin", "note"))
        assert "patients.checkin: 1 of 3 sealed again" in said
        assert "patients.checkin: 3 of 3 sealed again" in said
    if kind == "clinic":
        assert all(token.startswith("mv1:2:") for token in tokens(north, "clinics_membership", "name"))
    keys.forget()
    read_everything(north)
    with tenancy.enter(north.pk):
        entry = AccessLogEntry.objects.get(action="keys.rotated")
        assert entry.actor == "system:rotate_keys"
        assert KeyRotation.objects.get().finished_at is not None


@pytest.mark.commits
def test_an_older_version_is_kept_until_dumps_that_need_it_have_aged_out(
    north: Clinic, settings: Settings
) -> None:
    rotate("patients")
    assert set(map(tuple, versions(north, "patient").values())) == {(1, 2)}
    now = timezone.now()
    with tenancy.enter(north.pk):
        assert rotation.remove_retired(north.pk, now=now + timedelta(days=settings.DUMP_DAYS - 1)) == 0
        assert rotation.remove_retired(north.pk, now=now + timedelta(days=settings.DUMP_DAYS + 1)) == 3
    read_everything(north)


@pytest.mark.commits
def test_beat_removes_what_was_retired_long_ago(north: Clinic, settings: Settings) -> None:
    rotate("patients")
    tasks.remove_retired_keys()
    assert set(map(tuple, versions(north, "patient").values())) == {(1, 2)}
    settings.DUMP_DAYS = 0
    tasks.remove_retired_keys()
    assert set(map(tuple, versions(north, "patient").values())) == {(2,)}


@pytest.mark.commits
def test_a_version_that_is_still_used_is_never_removed(north: Clinic) -> None:
    with tenancy.enter(north.pk):
        patient = Patient.objects.first()
        assert patient is not None
        DataKey.objects.filter(subject=patient.pk).update(retired_at=timezone.now() - timedelta(days=999))
        assert rotation.remove_retired(north.pk) == 0


@pytest.mark.commits
def test_one_patients_keys_leave_the_others_alone(north: Clinic) -> None:
    with tenancy.enter(north.pk):
        patient = Patient.objects.order_by("record_number").first()
    assert patient is not None
    rotate("patient", "--clinic", "north", "--patient", str(patient.pk), "--at-once")
    found = versions(north, "patient")
    assert found.pop(patient.pk) == [2]
    assert set(map(tuple, found.values())) == {(1,)}
    read_everything(north)


@pytest.mark.commits
@pytest.mark.parametrize("is_cold", [False, True])
def test_nothing_is_unreadable_at_any_moment(north: Clinic, is_cold: bool) -> None:
    def read() -> None:
        if is_cold:
            keys.forget()
        read_everything(north)

    with meanwhile(read) as turns:
        for _ in range(3):
            for kind in ("patients", "clinic", "index"):
                rotation.rotate(north, kind, by=BY, batch=1, at_once=True)
    assert turns[0] > 3
    assert set(map(tuple, versions(north, "patient").values())) == {(4,)}


@pytest.mark.commits
def test_what_is_written_meanwhile_is_not_lost(north: Clinic) -> None:
    written: dict[Any, Any] = {}

    def write() -> None:
        with tenancy.enter(north.pk):
            for patient in Patient.objects.order_by("pk"):
                patient.phone = f"+49 {len(written)}"  # type: ignore[assignment]
                patient.save()
                written[patient.pk] = patient.phone

    with meanwhile(write):
        for _ in range(3):
            report = rotation.rotate(north, "patients", by=BY, batch=1, at_once=True)
            assert report.is_complete
    keys.forget()
    with tenancy.enter(north.pk):
        assert {patient.pk: patient.phone for patient in Patient.objects.all()} == written
    read_everything(north)


@pytest.mark.commits
def test_a_value_written_between_reading_and_sealing_again_stays(
    north: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer comes while the rotation holds the row: it waits, and is the last to write."""
    with tenancy.enter(north.pk):
        pk = Patient.objects.order_by("pk").values_list("pk", flat=True)[0]
    write_batch, threads = rotation.group._write, list[threading.Thread]()

    def write() -> None:
        with tenancy.enter(north.pk):
            patient = Patient.objects.get(pk=pk)
            patient.name = "Written Meanwhile"  # type: ignore[assignment]
            patient.save(update_fields=["name"])
        connections.close_all()

    def interrupted(*args: Any) -> None:
        if not threads:
            threads.append(threading.Thread(target=write))
            threads[0].start()
            threads[0].join(3)
        write_batch(*args)

    monkeypatch.setattr(rotation.group, "_write", interrupted)
    rotation.rotate(north, "patients", by=BY)
    threads[0].join(20)
    keys.forget()
    with tenancy.enter(north.pk):
        assert Patient.objects.get(pk=pk).name == "Written Meanwhile"


@pytest.mark.commits
def test_a_row_loaded_before_the_rotation_still_opens_and_does_not_undo_it(north: Clinic) -> None:
    with tenancy.enter(north.pk):
        opened, unopened = Patient.objects.order_by("pk")[:2]
        assert opened.name
    rotation.rotate(north, "patients", by=BY, at_once=True)
    keys.forget()
    with tenancy.enter(north.pk):
        assert str(unopened.name).endswith("Name")
        for patient in (opened, unopened):
            patient.time_zone = "UTC"
            patient.save()
    assert all(token.startswith("mv1:2:") for token in tokens(north, "patients_patient", "name"))
    read_everything(north)


@pytest.mark.commits
def test_a_writer_under_the_old_version_is_waited_for(north: Clinic) -> None:
    """It sealed before the new version was there and commits while the rotation removes the old one."""
    with tenancy.enter(north.pk):
        patient = Patient.objects.order_by("pk").first()
    assert patient is not None
    may_commit, has_sealed = threading.Event(), threading.Event()

    def write() -> None:
        with tenancy.enter(north.pk):
            CheckIn.objects.create(
                clinic=north, patient=patient, idempotency_key="late", body_hmac="", zone="UTC",
                captured_at=timezone.now(), note="late",
            )  # fmt: skip
            has_sealed.set()
            may_commit.wait(20)
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    assert has_sealed.wait(20)
    threading.Timer(1.0, may_commit.set).start()
    report = rotation.rotate(north, "patients", by=BY, at_once=True)
    thread.join(20)
    assert (report.is_complete, report.busy) == (False, 1)
    with tenancy.enter(north.pk):
        assert CheckIn.objects.get(idempotency_key="late").note == "late"
    assert rotation.rotate(north, "patients", by=BY, at_once=True).is_complete
    with tenancy.enter(north.pk):
        assert CheckIn.objects.get(idempotency_key="late").note == "late"
    assert set(map(tuple, versions(north, "patient").values())) == {(2,)}


@pytest.mark.commits
def test_a_killed_rotation_goes_on_where_it_was(north: Clinic) -> None:
    """`kill -9` after the first progress line, in a process of its own; then a second run."""
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "rotate_keys", "patients", "--batch", "1", "--at-once", "--yes"],
        cwd=ROOT,
        env={**os.environ, **scratch.database_environment()},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.kill()
    assert "1 of 3 sealed again" in line
    read_everything(north)
    with tenancy.enter(north.pk):
        begun = KeyRotation.objects.get(finished_at=None)
    half = tokens(north, "patients_patient", "name") + tokens(north, "patients_checkin", "note")
    assert {token.split(":")[1] for token in half} == {"1", "2"}
    left = sum(token.startswith("mv1:1:") for token in half)
    said = re.findall(
        r"patients\.(?:patient|checkin): (\d+) of (\d+) sealed", rotate("patients", "--at-once")
    )
    assert sum(int(of) for done, of in said if done == of) == left, "counted is what is left"
    with tenancy.enter(north.pk):
        assert KeyRotation.objects.get().pk == begun.pk
    assert set(map(tuple, versions(north, "patient").values())) == {(2,)}, "no third version was made"
    read_everything(north)


@pytest.mark.commits
def test_a_value_that_does_not_open_is_named_and_keeps_its_key(north: Clinic) -> None:
    with tenancy.enter(north.pk), connection.cursor() as cursor:
        patient = Patient.objects.order_by("pk").first()
        assert patient is not None
        cursor.execute("UPDATE patients_patient SET name = 'mv1:1:AAAA' WHERE id = %s", [patient.pk])
    said = io.StringIO()
    with pytest.raises(CommandError, match="Not complete in north"):
        call_command("rotate_keys", "patients", "--at-once", "--yes", stdout=io.StringIO(), stderr=said)
    assert f"patients.patient.name of {patient.pk}" in said.getvalue()
    assert versions(north, "patient")[patient.pk] == [1, 2]


def test_every_encrypted_model_is_found_with_the_column_that_names_its_key() -> None:
    found = {sealed.label: (sealed.scope, sealed.subject) for sealed in sealed_models()}
    assert found["patients.patient"] == ("patient", "id")
    assert found["patients.checkin"] == ("patient", "patient_id")
    assert found["patients.capture"] == ("image", "id")
    assert found["clinics.membership"] == ("clinic", "clinic_id")


@pytest.mark.django_db
def test_what_is_sealed_can_be_sealed_again() -> None:
    """A table that refuses UPDATE could never be rotated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only_rows'")
        frozen = {row[0] for row in cursor.fetchall()}
    assert frozen
    assert not frozen & {sealed.model._meta.db_table for sealed in sealed_models()}


@pytest.mark.parametrize(
    "words",
    [
        ("patient",),
        ("patients", "--patient", "00000000-0000-0000-0000-000000000001"),
        ("clinic", "--batch", "0"),
    ],
)
def test_wrong_words_are_refused_in_one_line(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        rotate(*words)


def test_a_dropped_version_is_unreadable(pat: Patient, clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        keys.add_version(KeyName.of_patient(clinic_a.pk, pat.pk))
        DataKey.objects.filter(subject=pat.pk, version=1).delete()
        keys.forget()
        with pytest.raises(Shredded):
            _ = Patient.objects.get(pk=pat.pk).name
