"""A patient's export: complete by the models, bounded, logged, and a file that harms nobody."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership, TenantModel
from inference.models import Reading
from patients import exports, services
from patients.models import BreakGlass, Capture, Patient, Purpose
from tests.conftest import signed_in
from tests.patients import image_files
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, store_reading

URL = "/c/north/me/data/export/"
OTHER_WAYS = {"clinics.AccessLogEntry": "the page “who looked at my data” shows it, in plain words"}
"""Tables that name a patient by a plain id column and are shown to them elsewhere."""


def archive_of(response: object) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(response.content))  # type: ignore[attr-defined]


def of_a_patient(tables: list[type[models.Model]]) -> set[str]:
    """Labels of the models whose rows hang on a patient, over however many references."""
    found: set[type[models.Model]] = {Patient}
    while True:
        more = {
            model
            for model in tables
            for field in model._meta.local_fields
            if (field.is_relation and field.related_model in found) or field.name == "patient_id"
        }
        if more <= found:
            return {model._meta.label for model in found}
        found |= more


def missing(tables: list[type[models.Model]]) -> set[str]:
    covered = {label for exporter in exports.exporters() for label in exporter.covers}
    return of_a_patient(tables) - covered - set(exports.left_out()) - set(OTHER_WAYS)


def tenant_tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def test_every_table_of_a_patient_is_exported_or_left_out_with_a_reason() -> None:
    assert missing(tenant_tables()) == set()
    assert all(exports.left_out().values())


def test_a_planted_table_without_an_exporter_is_caught() -> None:
    class Planted(models.Model):
        reading = models.ForeignKey(Reading, on_delete=models.PROTECT)

        class Meta:
            app_label = "planted"

    try:
        assert missing([*tenant_tables(), Planted]) == {"planted.Planted"}
    finally:
        del apps.all_models["planted"]
        apps.clear_cache()


def test_nothing_is_listed_that_is_not_there() -> None:
    known = {model._meta.label for model in apps.get_models()}
    assert {label for exporter in exports.exporters() for label in exporter.covers} <= known
    assert set(exports.left_out()) <= known


def test_the_patient_downloads_everything_in_one_file(pat: Patient) -> None:
    add_days_of(pat, "sad", 6)
    store_reading(pat, "sad")
    make_check_in(pat, mood=2, note="Ärger mit dem <b>Schlaf</b>")
    response = signed_in(pat).post(URL)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith('attachment; filename="moodvision-')
    archive = archive_of(response)
    data = json.loads(archive.read("data.json"))["data"]
    assert data["record"][0]["name"] == "Pat Petersen"
    assert [row["decision"] for row in data["consents"]] == ["granted"]
    assert "Ärger mit dem <b>Schlaf</b>" in [row["note"] for row in data["check_ins"]]
    assert len(data["readings"]) == 7
    assert data["alerts"]
    assert data["scores"]
    page = archive.read("index.html").decode()
    assert "&lt;b&gt;Schlaf" in page
    assert "<script" not in page
    for name in data:
        assert f"csv/{name}.csv" in archive.namelist()


def test_kept_photos_are_in_it(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        ClinicSettings.objects.update(image_retention_days=7)
        services.grant_consent(patient=pat, purpose=Purpose.IMAGE_RETENTION, by=pat)
    check_in = make_check_in(pat, image=image_files.still("JPEG"))
    with tenancy.enter(pat.clinic_id):
        services.finish_capture(
            capture=Capture.objects.select_related("check_in__patient").get(), clean_image=b"re-encoded"
        )
    archive = archive_of(signed_in(pat).post(URL))
    assert archive.read(f"images/{check_in.pk}.jpg") == b"re-encoded"


def test_nothing_of_another_patient_is_in_it(pat: Patient) -> None:
    make_check_in(make_patient(pat.clinic, "Quinn Quast"), mood=9, note="Zyxwvut")
    archive = archive_of(signed_in(pat).post(URL))
    assert not any(b"Zyxwvut" in archive.read(name) for name in archive.namelist())


def test_text_that_a_spreadsheet_would_run_is_quoted(pat: Patient) -> None:
    make_check_in(pat, note='=HYPERLINK("http://evil")')
    rows = archive_of(signed_in(pat).post(URL)).read("csv/check_ins.csv").decode()
    assert "'=HYPERLINK" in rows
    assert ',"=HYPERLINK' not in rows


def test_it_is_logged_and_counted(pat: Patient) -> None:
    browser = signed_in(pat)
    for _ in range(services.EXPORTS_A_DAY):
        assert browser.post(URL).status_code == 200
    assert browser.post(URL).status_code == 400
    with tenancy.enter(pat.clinic_id):
        entries = AccessLogEntry.objects.filter(action="patient.exported", patient_id=pat.pk)
        assert entries.count() == services.EXPORTS_A_DAY
        assert pat.actor_label in {entry.actor for entry in entries}


def test_yesterdays_downloads_do_not_count(pat: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: yesterday)
        with tenancy.enter(pat.clinic_id):
            for _ in range(services.EXPORTS_A_DAY):
                services.export_patient(patient=pat, by=pat)
    assert signed_in(pat).post(URL).status_code == 200


def test_what_is_too_large_is_refused_and_not_cut(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="export_too_large"):
        exports.write_archive(pat, limit=1000)


def test_a_link_alone_downloads_nothing(pat: Patient) -> None:
    assert signed_in(pat).get(URL).status_code == 405


def test_the_command_writes_a_file_for_its_owner_alone_and_is_logged(pat: Patient, tmp_path: Path) -> None:
    out = tmp_path / "pat.zip"
    call_command("export_patient", "north", pat.record_number, out=out, reason="handover")
    assert out.stat().st_mode & 0o777 == 0o600
    assert b"Pat Petersen" in zipfile.ZipFile(out).read("data.json")
    with tenancy.enter(pat.clinic_id):
        entry = AccessLogEntry.objects.get(action="patient.exported")
        assert entry.actor == "system:export_patient"
        assert "handover" in entry.canonical


def test_the_command_refuses_without_writing(pat: Patient, clinic_b: Clinic, tmp_path: Path) -> None:
    out = tmp_path / "pat.zip"
    for clinic, number in (("nowhere", pat.record_number), ("north", 9), ("south", pat.record_number)):
        with pytest.raises(CommandError):
            call_command("export_patient", clinic, number, out=out, reason="handover")
    assert not out.exists()
    out.write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_patient", "north", pat.record_number, out=out, reason="handover")
    assert out.read_text() == "mine"


def test_an_opened_record_is_in_it_only_once_its_notice_may_be_read(pat: Patient, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        opened = services.break_glass(patient=pat, reason="Found unconscious.", by=alice)
        for hours, is_told in ((1, False), (-1, True)):
            moment = timezone.now() + timedelta(hours=hours)
            BreakGlass.objects.filter(pk=opened.pk).update(notice_at=moment)
            data = json.loads(zipfile.ZipFile(exports.write_archive(pat)).read("data.json"))["data"]
            assert bool(data["emergencies"]) is is_told
