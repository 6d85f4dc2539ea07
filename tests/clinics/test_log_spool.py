"""Spooled entries: numbered and linked, written once each, and missed where one was deleted or changed."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from clinics import access_log, log_replay, log_spool, signing, tenancy, verification
from clinics.access_log import Act, NotWrittenError, System
from clinics.models import AccessLogEntry, Clinic, PlatformLogEntry, SpoolMemory
from clinics.verify_log import FIRST_HASH, Type, line_hash
from tests.clinics.chains import tampering
from tests.clinics.factories import make_clinic

pytestmark = pytest.mark.commits


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ACCESS_LOG_SPOOL_DIR = tmp_path / "spool"
    settings.ACCESS_LOG_SPOOL_HOST = "ward-server"
    settings.ANCHOR_DIR = tmp_path / "anchors"
    return tmp_path / "spool" / "ward-server"


@pytest.fixture
def clinic(committing: str, folder: Path) -> Clinic:
    """Three entries wait."""
    clinic = make_clinic("north", jurisdiction=None)
    assert log_replay.replay() == 0
    for number in range(3):
        log_spool.spool(clinic.pk, [an_act(number)])
    return clinic


def an_act(number: int) -> Act:
    return Act(
        action="patient.read", kind="read", actor="membership:x", role="clinician", outcome="ok",
        purpose="emergency", patient_id=None, objects=[], at=timezone.now(), origin=None,
        detail={"number": number},
    )  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def content(file: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.loads(file.read_text())["text"])
    return found


def written(clinic: Clinic) -> list[int]:
    with tenancy.enter(clinic.pk):
        rows = AccessLogEntry.objects.filter(action="patient.read").order_by("number")
        return [json.loads(row.canonical)["detail"]["number"] for row in rows]


def told(action: str) -> int:
    return PlatformLogEntry.objects.filter(action=action).count()


def gaps() -> list[str]:
    return [finding.text for finding in verification.verify_platform().findings]


def test_entries_are_numbered_and_linked_and_written_in_their_order(clinic: Clinic, folder: Path) -> None:
    lines = [file.read_text() for file in files(folder)]
    texts = [content(file) for file in files(folder)]
    assert [text["number"] for text in texts] == [1, 2, 3]
    assert [text["previous"] for text in texts] == [FIRST_HASH, *map(line_hash, lines[:2])]
    assert {(text["type"], text["host"]) for text in texts} == {("spool", "ward-server")}
    assert gaps() == []
    assert log_replay.replay() == 3
    assert (written(clinic), files(folder), gaps()) == ([0, 1, 2], [], [])
    log_spool.spool(clinic.pk, [an_act(3)])
    assert content(files(folder)[0])["number"] == 4
    assert (log_replay.replay(), log_replay.replay()) == (1, 0)
    assert PlatformLogEntry.objects.count() == 0


@pytest.mark.parametrize("deleted", [0, 1, 2])
def test_a_deleted_file_is_missed(
    clinic: Clinic, folder: Path, deleted: int, capsys: pytest.CaptureFixture[str]
) -> None:
    files(folder)[deleted].unlink()
    assert gaps() == [f"spooled entry {deleted + 1} of ward-server was deleted before it was replayed"]
    assert log_replay.replay() == 2
    assert (written(clinic), told("spooled_entry.lost")) == ([n for n in range(3) if n != deleted], 1)
    assert (log_replay.replay(), told("spooled_entry.lost"), gaps()) == (0, 1, [])
    call_command("verify_access_log")
    assert "1 spooled entries were lost or refused" in capsys.readouterr().out


def without(field: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        kept = {name: value for name, value in content(file).items() if name != field}
        file.write_text(json.dumps(signing.signed(Type.SPOOLED, kept)))

    return change


def with_other(field: str, value: object) -> Callable[[Path], None]:
    return lambda file: _sign_again(file, Type.SPOOLED, **{field: value})


def _sign_again(file: Path, as_type: Type, **other: object) -> None:
    file.write_text(json.dumps(signing.signed(as_type, content(file) | other)))


@pytest.mark.parametrize(
    "change",
    [
        without("clinic"),
        without("body"),
        with_other("clinic", "no uuid"),
        with_other("clinic", str(uuid.uuid4())),
        with_other("body", "no entry"),
        with_other("body", '{"v":2}'),
        with_other("body", 7),
        with_other("number", 3),
        lambda file: _sign_again(file, Type.ANCHOR),
        lambda file: file.write_text("[]"),
        lambda file: file.write_text("{"),
        lambda file: file.write_bytes(b"\xff\xfe"),
        lambda file: (file.unlink(), file.mkdir()),
    ],
)
def test_a_bad_file_is_set_aside_and_the_others_go_on(
    clinic: Clinic, folder: Path, change: Callable[[Path], None]
) -> None:
    bad = files(folder)[1]
    change(bad)
    assert log_replay.replay() == 2
    assert (written(clinic), files(folder)) == ([0, 2], [])
    assert bad.with_suffix(".refused").exists()
    assert (told("spooled_entry.refused"), log_replay.losses()) == (1, 1)
    assert (log_replay.replay(), told("spooled_entry.refused")) == (0, 1)


def test_a_file_of_no_place_is_set_aside(clinic: Clinic, folder: Path) -> None:
    files(folder)[0].rename(folder / "elsewhere.json")
    assert log_replay.replay() == 2
    assert (folder / "elsewhere.refused").exists()
    assert (told("spooled_entry.refused"), told("spooled_entry.lost")) == (1, 1)


def test_a_lost_head_is_missed_once(clinic: Clinic, folder: Path) -> None:
    """Whoever deletes all that waits, and the record of how much it was."""
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert gaps() == ["the spool of ward-server lost the head of its series: entries may be gone"]
    assert (log_replay.replay(), log_replay.replay()) == (0, 0)
    assert (told("spooled_entries.head_lost"), gaps()) == (1, [])
    log_spool.spool(clinic.pk, [an_act(9)])
    assert (log_replay.replay(), written(clinic)) == (1, [9])


def test_a_head_that_was_set_back_is_missed(clinic: Clinic, folder: Path) -> None:
    former = (folder / log_spool.HEAD).read_text()
    log_spool.spool(clinic.pk, [an_act(3)])
    log_replay.replay()
    (folder / log_spool.HEAD).write_text(former)
    assert gaps() == ["the spool of ward-server lost the head of its series: entries may be gone"]
    assert (log_replay.replay(), log_replay.replay()) == (0, 0)
    assert told("spooled_entries.head_lost") == 1


def test_a_machine_that_stopped_between_file_and_head_goes_on(clinic: Clinic, folder: Path) -> None:
    former = (folder / log_spool.HEAD).read_text()
    log_spool.spool(clinic.pk, [an_act(3)])
    (folder / log_spool.HEAD).write_text(former)
    log_spool.spool(clinic.pk, [an_act(4)])
    assert [content(file)["number"] for file in files(folder)] == [1, 2, 3, 4, 5]
    assert (log_replay.replay(), written(clinic), gaps()) == (5, [0, 1, 2, 3, 4], [])


def test_a_file_named_ahead_does_not_move_the_head(clinic: Clinic, folder: Path) -> None:
    series = content(files(folder)[0])["series"]
    for number in (4, 999_999_999):
        (folder / f"{series}.{number:09}.json").write_text("{}")
    assert log_replay.replay() == 3
    assert (told("spooled_entry.refused"), told("spooled_entry.lost")) == (2, 0)


def test_entries_of_before_they_were_numbered_are_written(clinic: Clinic, folder: Path) -> None:
    act = an_act(7)
    old = {"clinic": str(clinic.pk), "id": str(act.id), "body": act.body()}
    (folder.parent / f"{act.id}.json").write_text(json.dumps(signing.signed(Type.SPOOLED, old)))
    assert log_replay.replay() == 4
    assert sorted(written(clinic)) == [0, 1, 2, 7]


def test_what_the_database_remembers_stays(clinic: Clinic, committing: str) -> None:
    log_replay.replay()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        SpoolMemory.objects.all().delete()
    with tampering(committing):
        pass
    assert SpoolMemory.objects.count() == 4


def test_entries_that_may_not_last_are_as_good_as_not_written(clinic: Clinic) -> None:
    """The connection is lost after the commit, before the disk was asked."""

    def lose_the_connection() -> None:
        with tenancy.enter(clinic.pk):
            access_log.record("patients.listed", by=System("test"))
            transaction.on_commit(lambda: connection.connection.close())

    with pytest.raises(NotWrittenError) as failed:
        lose_the_connection()
    assert failed.value.clinic_id == clinic.pk
    assert [act.action for act in failed.value.acts] == ["patients.listed"]
    connection.close()
    log_spool.spool(clinic.pk, failed.value.acts)
    assert log_replay.replay() == 3  # it lasted after all, and is in the chain once
