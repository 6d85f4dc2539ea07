"""An exported log, verified offline by somebody who has the file, a public key and perhaps mailed anchors."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from clinics import anchoring, anchors, signing
from clinics.models import Clinic
from clinics.verify_log import Type
from tests.clinics.chains import offline, tampering, write_entries
from tests.clinics.factories import make_clinic

pytestmark = pytest.mark.commits
Lines = list[str]


@pytest.fixture
def clinic(committing: str, tmp_path: Path, settings: Settings) -> Clinic:
    settings.ANCHOR_DIR = tmp_path / "anchors"
    clinic = make_clinic("north", jurisdiction=None)
    write_entries(clinic, 6)
    anchoring.anchor_all()
    return clinic


@pytest.fixture
def export(clinic: Clinic, tmp_path: Path) -> Path:
    """A head, one anchor and rows 1..8."""
    file = tmp_path / "north.jsonl"
    call_command("export_access_log", "north", file, verbosity=0)
    return file


def with_key(file: Path, *arguments: str) -> tuple[int, str]:
    ended = offline(file, "--public-key", signing.public_key_text(), *arguments)
    return ended.returncode, ended.stdout + ended.stderr


def damage(file: Path, change: Callable[[Lines], Lines]) -> None:
    file.write_text("\n".join(change(file.read_text().splitlines())))


def beginning_later(head: str, first_hash: str) -> str:
    """The head saying that row 2 is the first, with the signature it had."""
    line = json.loads(head)
    said = json.loads(line["text"]) | {"after": 1, "after_hash": first_hash, "count": 7}
    return json.dumps(line | {"text": json.dumps(said)})


def of_version_1(lines: Lines) -> Lines:
    """The first row left out, under a head as it was before heads were signed."""
    row = json.loads(lines[2])
    said = json.loads(json.loads(lines[0])["text"])
    head = {
        "format": "moodvision-access-log", "version": 1, "chain": said["chain"], "clinic": "north",
        "after": 1, "after_hash": row["hash"], "last": said["last"],
    }  # fmt: skip
    return [json.dumps(head), *lines[3:]]


def test_an_export_is_verified_offline(clinic: Clinic, export: Path) -> None:
    said = f"{clinic.pk}: rows 1..8 verified; 1 signed anchors agree\n"
    assert with_key(export) == (0, said)
    call_command("verify_access_log", file=export)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines[:4], lines[4].replace("system", "nobody"), *lines[5:]], "row 3: its text was"),
        (lambda lines: [*lines[:4], *lines[5:]], "row 3: deleted"),
        (lambda lines: lines[:-1], "row 8: signed once, and cut off since"),
        (lambda lines: [lines[0], *lines[2:-1]], "row 8: missing at the end"),
        (lambda lines: [*lines[:2], *lines[4:]], "rows 1..2: deleted"),
        (
            lambda lines: [beginning_later(lines[0], json.loads(lines[2])["hash"]), lines[1], *lines[3:]],
            "its head is not signed by a key that is trusted",
        ),
        (of_version_1, "its head is not signed by a key that is trusted"),
        (lambda lines: [lines[0].replace('"signature"', '"stripped"'), *lines[1:]], "its head is not signed"),
        (lambda lines: [lines[0], *lines[2:]], "its signed lines are not those it was made with"),
        (lambda lines: [lines[0], lines[1].replace("number", "numbes"), *lines[2:]], "cannot be believed"),
    ],
)  # fmt: skip
def test_a_damaged_export_is_found_offline(export: Path, change: Callable[[Lines], Lines], said: str) -> None:
    damage(export, change)
    code, told = with_key(export)
    assert (code, said in told) == (1, True), told
    with pytest.raises(SystemExit):
        call_command("verify_access_log", file=export)


def test_the_head_of_another_clinics_export_does_not_fit(export: Path, tmp_path: Path) -> None:
    south = make_clinic("south", jurisdiction=None)
    write_entries(south, 6)
    other = tmp_path / "south.jsonl"
    call_command("export_access_log", "south", other, verbosity=0)
    damage(export, lambda lines: [other.read_text().splitlines()[0], *lines[1:]])
    code, told = with_key(export)
    assert (code, "belongs to another chain" in told) == (1, True)


def test_another_signed_text_is_no_head(export: Path) -> None:
    def passed_off(lines: Lines) -> Lines:
        return [json.dumps(json.loads(lines[0]) | json.loads(lines[1])), *lines[1:]]

    damage(export, passed_off)
    code, told = with_key(export)
    assert (code, "signed as another thing (anchor)" in told) == (2, True)


def test_without_a_key_it_says_that_the_origin_was_not_checked(export: Path) -> None:
    ended = offline(export)
    assert ended.returncode == 2
    assert "rows 1..8 fit together, but ORIGIN NOT CHECKED" in ended.stdout
    assert "--public-key" in ended.stdout
    damage(export, lambda lines: lines[:-1])
    assert offline(export).returncode == 1


def test_with_another_key_it_is_not_believed(export: Path) -> None:
    ended = offline(export, "--public-key", "A" * 43 + "=")
    assert ended.returncode == 1
    assert "its head is not signed by a key that is trusted" in ended.stdout


def test_anchors_that_were_mailed_are_compared(clinic: Clinic, export: Path, tmp_path: Path) -> None:
    write_entries(clinic, 1)
    anchoring.anchor_all()
    mail = tmp_path / "mail.txt"
    mail.write_text("Keep this mail:\n\n" + "\n".join(anchors.lines_of(str(clinic.pk))) + "\n")
    code, told = with_key(export, "--anchor", str(mail))
    assert code == 0
    assert "2 signed anchors agree; 1 given anchors are of rows that are not here" in told
    assert offline(export, "--anchor", str(mail)).returncode == 2  # they cannot be believed without a key


def test_an_export_of_a_cut_log_is_found_by_a_mailed_anchor(
    clinic: Clinic, tmp_path: Path, committing: str
) -> None:
    """Whoever cuts rows, anchors and the database's memory of them, and then exports what is left."""
    mail, file = tmp_path / "mail.txt", tmp_path / "north.jsonl"
    mail.write_text("\n".join(anchors.lines_of(str(clinic.pk))))
    (tmp_path / "anchors" / f"{clinic.pk}.jsonl").unlink()
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_anchormemory")
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number > 5")
    call_command("export_access_log", "north", file, verbosity=0)
    assert with_key(file)[0] == 0
    code, told = with_key(file, "--anchor", str(mail))
    assert (code, "rows 6..8: signed once, and cut off since" in told) == (1, True)


def test_a_file_without_anchors_compares_nothing_and_says_so(export: Path, tmp_path: Path) -> None:
    (tmp_path / "mail.txt").write_text("Dear auditor,\n")
    code, told = with_key(export, "--anchor", str(tmp_path / "mail.txt"))
    assert (code, "no line of it is an anchor" in told) == (2, True)


def test_a_given_anchor_that_nobody_signed_is_named(clinic: Clinic, export: Path, tmp_path: Path) -> None:
    line = json.loads(anchors.lines_of(str(clinic.pk))[0])
    line["text"] = line["text"].replace('"number":8', '"number":7')
    (tmp_path / "mail.txt").write_text(json.dumps(line))
    code, told = with_key(export, "--anchor", str(tmp_path / "mail.txt"))
    assert (code, "a given anchor cannot be believed" in told) == (1, True)


def test_a_signed_line_of_another_type_is_no_anchor(clinic: Clinic, export: Path, tmp_path: Path) -> None:
    content = {"chain": str(clinic.pk), "number": 3, "hash": "0" * 64, "at": "2026-11-21T00:00:00+00:00"}
    (tmp_path / "mail.txt").write_text(json.dumps(signing.signed(Type.SEGMENT, content)))
    code, told = with_key(export, "--anchor", str(tmp_path / "mail.txt"))
    assert (code, "signed as another thing (segment)" in told) == (1, True)
