"""A segment of the log is closed, exported, verified offline, and only then removed by the owner."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from pytest_django import Settings

from clinics import access_log, anchoring, signing, tenancy, verification
from clinics.models import AccessLogEntry, Clinic
from tests.clinics.chains import offline, tampering, write_entries
from tests.clinics.factories import make_clinic

pytestmark = pytest.mark.commits


@pytest.fixture
def clinic(committing: str, tmp_path: Path, settings: Settings) -> Clinic:
    settings.ANCHOR_DIR = tmp_path / "anchors"
    settings.ACCESS_LOG_KEEP_DAYS = 0
    clinic = make_clinic("north", jurisdiction=None)
    write_entries(clinic, 6)
    anchoring.anchor_all()
    return clinic


@pytest.fixture
def closed(clinic: Clinic, tmp_path: Path) -> Path:
    """Everything but the newest row, closed; its file."""
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    call_command("close_access_log", "north", "--before", tomorrow, "--out", str(tmp_path / "closed"))
    return tmp_path / "closed" / "north-1-7.jsonl"


def test_a_closed_segment_is_removed_and_the_chain_stays_verifiable(clinic: Clinic, closed: Path) -> None:
    assert offline(closed, "--public-key", signing.public_key_text()).returncode == 0
    call_command("remove_access_log", "north", closed, verbosity=0)
    verdict = verification.verify_clinic(clinic)
    assert (verdict.findings, verdict.first) == ([], 8)
    with tenancy.enter(clinic.pk):
        assert AccessLogEntry.objects.order_by("number").first().number == 8  # type: ignore[union-attr]
        assert AccessLogEntry.objects.filter(action="access_log.removed").count() == 1
    assert anchoring.anchor_all() == []


def test_rows_removed_without_a_closing_record_are_missed(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number < 5")
    assert verification.verify_clinic(clinic).findings[0].code == "missing"


def test_a_forged_closing_record_is_not_believed(clinic: Clinic, closed: Path, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("ALTER TABLE clinics_accesslogsegment DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE clinics_accesslogsegment NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE clinics_accesslogsegment SET last_number = 5")
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number < 6")
    assert verification.verify_clinic(clinic).findings[0].code == "missing"


def test_what_must_still_be_kept_is_not_removed(clinic: Clinic, closed: Path, settings: Settings) -> None:
    settings.ACCESS_LOG_KEEP_DAYS = 1
    with pytest.raises(CommandError, match="must still be kept"):
        call_command("remove_access_log", "north", closed, verbosity=0)


def test_a_damaged_export_removes_nothing(clinic: Clinic, closed: Path) -> None:
    closed.write_text(closed.read_text().replace("patients.listed", "patients.copied", 1))
    with pytest.raises(CommandError, match="edited"):
        call_command("remove_access_log", "north", closed, verbosity=0)
    assert verification.verify_clinic(clinic).first == 1


def test_a_segment_of_another_clinic_removes_nothing(clinic: Clinic, closed: Path) -> None:
    make_clinic("south")
    with pytest.raises(CommandError, match="not the export of a closed segment here"):
        call_command("remove_access_log", "south", closed, verbosity=0)


def test_the_newest_anchor_of_each_chain_is_mailed(clinic: Clinic, settings: Settings) -> None:
    assert anchoring.mail_newest() == 0  # nobody to send it to
    settings.ANCHOR_MAIL_TO = ["keeper@elsewhere.example"]
    write_entries(clinic, 1)
    anchoring.anchor_all()
    assert anchoring.mail_newest() == 1
    line = next(row for row in mail.outbox[0].body.splitlines() if str(clinic.pk) in row)
    assert '"number":9' in json.loads(line)["text"]


def test_a_log_that_cannot_be_written_leaves_no_signed_file_and_the_next_time_works(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (timezone.now() + timedelta(days=2)).date().isoformat()
    closing = ("close_access_log", "north", "--before", day, "--out", str(tmp_path / "out"))
    exporting = ("export_access_log", "north", str(tmp_path / "out" / "all.jsonl"))
    for command in (closing, exporting):
        with monkeypatch.context() as broken:
            broken.setattr(access_log, "write", fail)
            with pytest.raises(CommandError):
                call_command(*command)
        assert list((tmp_path / "out").glob("*.jsonl*")) in ([], [tmp_path / "out" / "north-1-7.jsonl"])
        call_command(*command, verbosity=0)
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"all.jsonl", "north-1-7.jsonl"}


def fail(*args: object, **kwargs: object) -> None:
    raise OSError("no space left")


def test_an_export_overwrites_no_file(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    file.write_text("mine")
    with pytest.raises(CommandError):
        call_command("export_access_log", "north", str(file))
    assert file.read_text() == "mine"
