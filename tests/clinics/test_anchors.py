"""The files of anchors and what the database remembers of them: a cut of either is seen, not signed on."""

import base64
import json
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from clinics import anchoring, anchors, signing, tenancy, verification
from clinics.models import AnchorMemory, Clinic, PlatformLogEntry
from clinics.verify_log import FIRST_HASH, line_hash
from tests.clinics.chains import rebuild, tampering, write_entries
from tests.clinics.factories import make_clinic

pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def _own_anchors(tmp_path: Path, settings: Settings) -> None:
    settings.ANCHOR_DIR = tmp_path / "anchors"
    settings.ACCESS_LOG_SPOOL_DIR = tmp_path / "spool"


@pytest.fixture
def clinic(committing: str) -> Clinic:
    """Rows 1..8, anchored at 4, 6 and 8."""
    clinic = make_clinic("north", jurisdiction=None)
    for _ in range(3):
        write_entries(clinic, 2)
        assert anchoring.anchor_all() == []
    return clinic


@pytest.fixture
def file(clinic: Clinic, settings: Settings) -> Path:
    path: Path = settings.ANCHOR_DIR / f"{clinic.pk}.jsonl"
    return path


def said(clinic: Clinic) -> list[str]:
    return [str(finding) for finding in verification.verify_clinic(clinic).findings]


def keep(file: Path, *places: int) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[place] for place in places))


def is_signed_on(clinic: Clinic) -> bool:
    before = anchors.lines_of(str(clinic.pk))
    write_entries(clinic, 1)
    broken = {verdict.chain for verdict in anchoring.anchor_all()}
    after = anchors.lines_of(str(clinic.pk))
    assert (str(clinic.pk) in broken) == (before == after)
    return after != before


def test_each_line_names_the_hash_of_the_line_before(clinic: Clinic) -> None:
    lines = anchors.lines_of(str(clinic.pk))
    texts = [json.loads(json.loads(line)["text"]) for line in lines]
    assert [text["line"] for text in texts] == [1, 2, 3]
    assert [text["previous"] for text in texts] == [FIRST_HASH, *map(line_hash, lines[:2])]
    assert {text["type"] for text in texts} == {"anchor"}
    assert said(clinic) == []


@pytest.mark.parametrize("kept", [(0, 2), (1, 2), (0, 2, 1)])
def test_a_line_taken_out_or_moved_is_found(clinic: Clinic, file: Path, kept: tuple[int, ...]) -> None:
    keep(file, *kept)
    assert any("the line before it was taken out or exchanged" in finding for finding in said(clinic))
    assert not is_signed_on(clinic)


@pytest.mark.parametrize("kept", [(0, 1), (0,), ()])
def test_a_shortened_file_is_found(clinic: Clinic, file: Path, kept: tuple[int, ...]) -> None:
    keep(file, *kept)
    assert said(clinic)[0].startswith("its file of anchors was lost, shortened or exchanged: it lacks line 3")
    assert not is_signed_on(clinic)


def test_a_lost_file_is_found_and_no_rebuilt_chain_is_signed(
    clinic: Clinic, file: Path, committing: str
) -> None:
    file.unlink()
    with tampering(committing) as owner:
        rebuild(owner, clinic, {5: "membership:somebody-else"})
    assert said(clinic)[0].startswith("its file of anchors was lost")
    assert not is_signed_on(clinic)
    assert not file.exists()


def test_a_database_that_forgot_its_anchors_is_found(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_anchormemory WHERE line > 1")
    assert said(clinic) == ["the database remembers its anchors up to line 1, the file has 3: it was cut"]
    assert not is_signed_on(clinic)


def test_a_cut_tail_is_not_signed_on(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number > 5")
    (verdict,) = anchoring.anchor_all()
    assert str(verdict) == f"{clinic.pk}: BROKEN at rows 6..8: signed once, and cut off since"
    write_entries(clinic, 10)  # rows of the cut numbers, and beyond them
    assert not is_signed_on(clinic)


def test_the_operator_is_told_in_the_log_the_platforms_chain_and_the_mail(
    clinic: Clinic, file: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ANCHOR_MAIL_TO = ["keeper@elsewhere.example"]
    file.unlink()
    anchoring.anchor_all()
    anchoring.anchor_all()
    assert "Access log not signed" in caplog.text
    (entry,) = PlatformLogEntry.objects.filter(action="access_log.not_signed")  # once a day
    assert json.loads(entry.canonical)["detail"]["chain"] == str(clinic.pk)
    anchoring.mail_newest()
    assert "Not signed any more" in mail.outbox[0].body
    assert f"{clinic.pk}: BROKEN: its file of anchors was lost" in mail.outbox[0].body


def test_an_old_chain_without_any_anchor_is_a_finding(clinic: Clinic, settings: Settings) -> None:
    south = make_clinic("south", jurisdiction=None)
    assert said(south) == []  # the job has not come round yet
    settings.ANCHOR_SECONDS = 0
    assert "no anchor, though it began at" in said(south)[0]
    anchoring.anchor_all()
    assert said(south) == []


def test_a_machine_that_stopped_between_file_and_database_goes_on(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_anchormemory WHERE line = 3")
    assert said(clinic) == []
    assert is_signed_on(clinic)
    remembered = AnchorMemory.objects.filter(chain=str(clinic.pk)).order_by("line")
    assert list(remembered.values_list("line", flat=True)) == [1, 2, 3, 4]
    assert said(clinic) == []


def test_a_line_that_was_half_written_is_written_over(clinic: Clinic, file: Path) -> None:
    with file.open("a") as out:
        out.write('{"text": "{')
    assert said(clinic) == []
    assert is_signed_on(clinic)
    assert said(clinic) == []


def test_lines_of_before_they_were_linked_are_gone_on_from(committing: str, settings: Settings) -> None:
    """As version 0.1 signed them: no type, no number, no link."""
    clinic = make_clinic("north", jurisdiction=None)
    file: Path = settings.ANCHOR_DIR / f"{clinic.pk}.jsonl"
    with tenancy.enter(clinic.pk):
        rows = list(verification.rows_of(str(clinic.pk)))
    file.parent.mkdir()
    file.write_text("".join(f"{old_line(clinic, row.number, row.digest)}\n" for row in rows))
    assert said(clinic) == []
    assert is_signed_on(clinic)
    assert said(clinic) == []
    keep(file, 0, 2)
    assert said(clinic)[0] == "line 2 of its anchors: the line before it was taken out or exchanged"


def old_line(clinic: Clinic, number: int, digest: str) -> str:
    content = {"chain": str(clinic.pk), "number": number, "hash": digest, "at": "2026-11-20T10:00:00+00:00"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    key = signing._private_key(django_settings.ACCESS_LOG_SIGNING_KEY)
    signature = base64.b64encode(key.sign(text.encode())).decode()
    public = next(iter(signing.trusted()))
    return json.dumps({"text": text, "key": public, "signature": signature})


def test_a_mailed_line_that_is_no_longer_kept_is_found(
    clinic: Clinic, file: Path, committing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever cuts the file, the database's memory and the rows alike is found by who kept a mail."""
    kept = tmp_path / "mail.txt"
    kept.write_text(anchors.lines_of(str(clinic.pk))[-1])
    call_command("verify_access_log", clinic="north", anchor=[kept])
    assert "4 signed anchors agree" in capsys.readouterr().out
    keep(file, 0, 1)
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_anchormemory WHERE line = 3")
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number > 6")
    call_command("verify_access_log", clinic="north")
    with pytest.raises(SystemExit):
        call_command("verify_access_log", clinic="north", anchor=[kept])
    told = capsys.readouterr().out
    assert "rows 7..8: signed once, and cut off since" in told
    assert "the anchor of row 8 was given, and is no longer in its file" in told


def test_signing_goes_on_when_a_person_says_why(
    clinic: Clinic, file: Path, committing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after the restore of a dump of yesterday."""
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number > 5")
        owner.execute("DELETE FROM clinics_anchormemory WHERE line > 1")
    assert not is_signed_on(clinic)
    call_command("resume_access_log", clinic="north", reason="dump of 20 November restored")
    call_command("verify_access_log", clinic="north")
    assert "signing was taken up again: dump of 20 November restored" in capsys.readouterr().out
    assert len(list(file.parent.glob(f"{clinic.pk}.until-*.jsonl"))) == 1
    assert PlatformLogEntry.objects.filter(action="access_log.resumed").count() == 1
    assert is_signed_on(clinic)
    assert said(clinic) == []


def test_a_chain_that_is_broken_in_itself_is_never_signed_on(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number = 5")
    with pytest.raises(CommandError, match="row 5: deleted"):
        call_command("resume_access_log", clinic="north", reason="it looks fine")
