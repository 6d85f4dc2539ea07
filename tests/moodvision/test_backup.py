"""Dumps without keys, keys apart for days, and a restore that erases again."""

import io
import os
import time
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django import Settings

from clinics import keys, tenancy
from clinics.models import Clinic, ClinicSettings, DataKey
from moodvision import backup, scratch
from patients import erasure, services
from patients.models import CheckIn, Erasure, Patient
from scoring.models import Alert
from tests import raw_scan
from tests.clinics.factories import make_clinic
from tests.patients.factories import make_check_in, make_patient

pytestmark = pytest.mark.commits


@pytest.fixture
def north(committing: str) -> Clinic:
    clinic = make_clinic("north")
    with tenancy.enter(clinic.pk):
        ClinicSettings.objects.update(erasure_cooling_off_days=0, record_retention_years=0)
    return clinic


def erase(clinic: Clinic, patient: Patient) -> Erasure:
    with tenancy.enter(clinic.pk):
        wish = services.request_erasure(patient=patient, by=patient)
        services.confirm_erasure(wish=wish, by=patient)
    return services.run_erasure(clinic=clinic, erasure_id=wish.pk)


def write(folder: Path) -> backup.Backup:
    said = io.StringIO()
    call_command("backup", str(folder / "dumps"), "--keys", str(folder / "keys"), stdout=said)
    return backup.Backup(*(Path(line) for line in said.getvalue().split()))


def test_the_dump_holds_no_key_and_the_keys_nothing_else(north: Clinic, tmp_path: Path) -> None:
    made = write(tmp_path)
    with tenancy.enter(north.pk):
        wrapped = [bytes(row.wrapped).hex() for row in DataKey.objects.all()]
    assert wrapped
    for text in wrapped:
        assert raw_scan.in_dump(made.keys, [bytes.fromhex(text).decode()])
        assert not raw_scan.in_dump(made.dump, [bytes.fromhex(text).decode()])
    assert not raw_scan.in_dump(made.keys, ["north"])
    assert {file.stat().st_mode & 0o777 for file in (made.dump, made.keys, made.erased)} == {0o600}


def test_the_keys_lie_elsewhere_and_old_files_go(north: Clinic, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(CommandError, match="another folder"):
        call_command("backup", str(tmp_path), "--keys", str(tmp_path))
    first = write(tmp_path)
    for file, days in (
        (first.dump, settings.DUMP_DAYS - 1),
        (first.keys, settings.KEY_BACKUP_DAYS + 1),
        (first.erased, settings.KEY_BACKUP_DAYS - 1),
    ):
        os.utime(file, (time.time() - days * 86400,) * 2)
    write(tmp_path)
    assert (first.dump.exists(), first.keys.exists(), first.erased.exists()) == (True, False, True)
    os.utime(first.dump, (time.time() - (settings.DUMP_DAYS + 1) * 86400,) * 2)
    write(tmp_path)
    assert not first.dump.exists()


def test_an_older_dump_comes_back_without_who_was_erased_since(north: Clinic, tmp_path: Path) -> None:
    pat, otto = make_patient(north, "Pat Petersen"), make_patient(north, "Otto Oster")
    for patient in (pat, otto):
        make_check_in(patient, note="private", mood=3)
    older = write(tmp_path)
    erase(north, pat)
    younger = write(tmp_path)
    name = f"{scratch.create('name')}_r"
    try:
        said = io.StringIO()
        call_command(
            "restore_backup", str(older.dump), "--keys", str(younger.keys), "--erased", str(younger.erased),
            "--database", name, stdout=said,
        )  # fmt: skip
        assert "1 erasures replayed" in said.getvalue()
        keys.forget()
        with scratch.pointed_at(name, "default", "owner"), tenancy.enter(north.pk):
            assert [patient.name for patient in Patient.objects.all()] == ["Otto Oster"]
            assert CheckIn.objects.get().note == "private"
            assert set(erasure.scan(pat.pk, ignoring=set(erasure.KEPT))) == set()
            assert Erasure.objects.get().certificate
        with scratch.pointed_at(name, "default", "owner"):
            assert Patient.objects.count() == 0, "policies were restored too"
        with pytest.raises(CommandError, match="already"):
            call_command(
                "restore_backup", str(older.dump), "--keys", str(younger.keys),
                "--erased", str(younger.erased), "--database", name,
            )  # fmt: skip
    finally:
        scratch.drop(name)
        scratch.drop(name.removesuffix("_r"))


def test_what_is_kept_by_law_is_replayed_as_such(north: Clinic, tmp_path: Path) -> None:
    """The record of the older dump lies under the old key: it comes back as rows, and does not open."""
    pat = make_patient(north, "Pat Petersen")
    make_check_in(pat, note="private", mood=3)
    with tenancy.enter(north.pk):
        ClinicSettings.objects.update(record_retention_years=10)
    older = write(tmp_path)
    kept_until = erase(north, pat).kept_until
    younger = write(tmp_path)
    name = scratch.create("restored")
    try:
        backup.restore_rows(backup.Backup(older.dump, younger.keys, younger.erased), name)
        keys.forget()
        with scratch.pointed_at(name, "default", "owner"):
            assert backup.replay(younger.erased) == 1
            with tenancy.enter(north.pk):
                assert not CheckIn.objects.exists()
                assert not Alert.objects.exists()
                kept = Patient.objects.get()
                assert (kept.kept_until, kept.user) == (kept_until, None)
                with pytest.raises(keys.Shredded):
                    _ = kept.name
    finally:
        scratch.drop(name)


def test_an_older_dump_opens_with_the_keys_of_a_rotation_since(north: Clinic, tmp_path: Path) -> None:
    """Retired versions wait for the dumps that need them."""
    pat = make_patient(north, "Pat Petersen")
    older = write(tmp_path)
    for kind in ("patients", "clinic", "index"):
        call_command("rotate_keys", kind, "--yes", stdout=io.StringIO())
    younger = write(tmp_path)
    name = scratch.create("restored")
    try:
        backup.restore_rows(backup.Backup(older.dump, younger.keys, younger.erased), name)
        keys.forget()
        with scratch.pointed_at(name, "default", "owner"), tenancy.enter(north.pk):
            assert Patient.objects.get(pk=pat.pk).name == "Pat Petersen"
    finally:
        scratch.drop(name)


def test_the_backup_role_writes_nothing(north: Clinic) -> None:
    with psycopg.connect(backup.address()) as connection, pytest.raises(psycopg.Error):
        connection.execute("DELETE FROM clinics_datakey")


def test_a_failing_program_is_one_line(
    north: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "address", lambda: "host=/nowhere dbname=none")
    with pytest.raises(CommandError, match="pg_dump failed: ") as raised:
        write(tmp_path)
    assert "\n" not in str(raised.value)


def test_the_drill_passes_and_says_what_it_found(committing: str) -> None:
    before = connections["default"].settings_dict["NAME"]
    said = io.StringIO()
    call_command("drill", stdout=said)
    assert '"passed": true' in said.getvalue()
    assert '"erased_name_is_unreadable": true' in said.getvalue()
    assert connections["default"].settings_dict["NAME"] == before


def test_a_drill_that_finds_the_name_readable_fails(committing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the keys are restored from the older backup."""
    written = []
    write_backup = backup.write

    def older_keys(*folders: Path) -> backup.Backup:
        written.append(write_backup(*folders))
        return backup.Backup(written[-1].dump, written[0].keys, written[-1].erased)

    monkeypatch.setattr(backup, "write", older_keys)
    said = io.StringIO()
    with pytest.raises(CommandError, match="drill failed"):
        call_command("drill", stdout=said)
    assert '"erased_name_is_unreadable": false' in said.getvalue()
