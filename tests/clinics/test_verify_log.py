"""Each way to tamper with the log, done with the owner's login, and the row at which it is found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from clinics import access_log, anchoring, tenancy, verification
from clinics.access_log import Stranger
from clinics.models import AccessLogEntry, Clinic, PlatformLogEntry
from clinics.verify_log import Finding
from tests.clinics.chains import rebuild, tampering, write_entries
from tests.clinics.factories import make_clinic

pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def _own_anchors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ANCHOR_DIR", tmp_path / "anchors")


@pytest.fixture
def clinic(committing: str) -> Clinic:
    """Rows 1..2 by its making, then ten more, anchored at 6 and at 12."""
    clinic = make_clinic("north", jurisdiction=None)
    write_entries(clinic, 4)
    anchoring.anchor_all()
    write_entries(clinic, 6)
    assert anchoring.anchor_all() == []
    return clinic


def findings(clinic: Clinic) -> list[Finding]:
    return verification.verify_clinic(clinic).findings


def first(clinic: Clinic) -> tuple[str, int, int | None]:
    found = findings(clinic)[0]
    return found.code, found.number, found.until


def test_an_untouched_chain_is_sound(clinic: Clinic) -> None:
    verdict = verification.verify_clinic(clinic)
    assert str(verdict) == f"{clinic.pk}: rows 1..12 verified; 2 signed anchors agree"


def test_an_edited_row_is_found(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute(
            "UPDATE clinics_accesslogentry SET canonical = replace(canonical, 'system', 'nobody')"
            " WHERE number = 5"
        )
    assert first(clinic) == ("edited", 5, None)


def test_a_row_edited_together_with_its_hash_is_found(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute(
            "UPDATE clinics_accesslogentry SET canonical = c, entry_hash = encode(sha256(c::bytea), 'hex')"
            " FROM (SELECT id AS it, replace(canonical, 'system', 'nobody') AS c"
            "       FROM clinics_accesslogentry WHERE number = 5) AS made WHERE id = it"
        )
    assert first(clinic)[:2] in {("link", 5), ("projection", 5)}


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'membership:x'",
        "at = at + interval '1 hour'",
        "kind = 'write'",
        "patient_id = id",
        "role = ''",
    ],
)
def test_a_column_that_differs_from_the_text_is_found(clinic: Clinic, committing: str, change: str) -> None:
    with tampering(committing) as owner:
        owner.execute(f"UPDATE clinics_accesslogentry SET {change} WHERE number = 7".encode())
    assert first(clinic) == ("projection", 7, None)
    assert change.split(" ")[0].removesuffix("_id") in findings(clinic)[0].text


def test_deleted_rows_are_found(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number IN (8, 9)")
    assert first(clinic) == ("missing", 8, 9)


def test_the_first_rows_deleted_are_found(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number < 3")
    assert first(clinic) == ("missing", 1, 2)


def test_an_inserted_row_is_found(clinic: Clinic, committing: str) -> None:
    """Row 5 is copied behind itself, and those after it move up by one."""
    with tampering(committing) as owner:
        owner.execute("UPDATE clinics_accesslogentry SET number = number + 100 WHERE number > 5")
        owner.execute("UPDATE clinics_accesslogentry SET number = number - 99 WHERE number > 100")
        owner.execute(
            "INSERT INTO clinics_accesslogentry (id, clinic_id, number, at, kind, action, outcome, actor,"
            " role, canonical, previous_hash, entry_hash) SELECT gen_random_uuid(), clinic_id, 6, at, kind,"
            " action, outcome, actor, role, replace(canonical, '\"number\":5,', '\"number\":6,'), entry_hash,"
            " encode(sha256(replace(canonical, '\"number\":5,', '\"number\":6,')::bytea), 'hex')"
            " FROM clinics_accesslogentry WHERE number = 5"
        )
    assert first(clinic)[1] == 6


def test_a_cut_tail_is_found_by_the_anchors(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number > 9")
    assert first(clinic) == ("cut", 10, 12)


def test_a_rebuilt_chain_is_found_by_the_anchors(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        rebuild(owner, clinic, {9: "membership:somebody-else"})
    write_entries(clinic, 1)
    assert [str(found) for found in findings(clinic)] == [
        "rows 7..12: rewritten since they were signed: the chain was rebuilt somewhere in here"
    ]


def test_a_rebuilt_chain_is_not_signed_again(clinic: Clinic, committing: str) -> None:
    with tampering(committing) as owner:
        rebuild(owner, clinic, {9: "membership:somebody-else"})
    write_entries(clinic, 1)
    (broken,) = anchoring.anchor_all()
    assert broken.chain == str(clinic.pk)


def test_a_forged_anchor_is_named_and_not_believed(clinic: Clinic) -> None:
    file = settings.ANCHOR_DIR / f"{clinic.pk}.jsonl"
    lines = file.read_text().splitlines()
    forged = json.loads(lines[1])
    forged["text"] = forged["text"].replace('"number":12', '"number":13')
    file.write_text(f"{lines[0]}\n{json.dumps(forged)}\n")
    assert str(findings(clinic)[0]) == "line 2 of its anchors: its signature does not fit"


def test_entries_of_the_first_format_still_verify(committing: str) -> None:
    """As version 0.1 wrote them: sorted keys, no version, no kind, no role."""
    clinic = make_clinic("north", jurisdiction=None)
    old = {
        "number": 1, "clinic": str(clinic.pk), "at": "2026-11-20T10:00:00+00:00", "action": "patient.read",
        "outcome": "ok", "actor": "membership:1", "patient": None, "detail": {}, "previous": "0" * 64,
    }  # fmt: skip
    text = json.dumps(old, sort_keys=True, separators=(",", ":"))
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry")
        owner.execute(
            "INSERT INTO clinics_accesslogentry (id, clinic_id, number, at, kind, action, outcome, actor,"
            " role, canonical, previous_hash, entry_hash) VALUES (gen_random_uuid(), %s, 1,"
            " '2026-11-20T10:00:00Z', '', 'patient.read', 'ok', 'membership:1', '', %s, repeat('0', 64),"
            " encode(sha256(convert_to(%s, 'UTF8')), 'hex'))",
            [clinic.pk, text, text],
        )
    write_entries(clinic, 2)
    anchoring.anchor_all()
    verdict = verification.verify_clinic(clinic)
    assert (verdict.findings, verdict.first, verdict.last) == ([], 1, 3)


def test_the_platform_has_a_chain_of_its_own(committing: str) -> None:
    for _ in range(3):
        access_log.record_on_platform("sign_in.failed", by=Stranger(), outcome="denied")
    assert verification.verify_platform().last == 3
    with tampering(committing) as owner:
        owner.execute("UPDATE clinics_platformlogentry SET canonical = replace(canonical, 'denied', 'ok')")
    assert verification.verify_platform().findings[0].number == 1
    assert PlatformLogEntry.objects.count() == 3


def test_the_command_names_the_range_and_fails_at_the_first_broken_row(
    clinic: Clinic, committing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_access_log", clinic="north")
    assert capsys.readouterr().out == "north: rows 1..12 verified; 2 signed anchors agree\n"
    with tampering(committing) as owner:
        owner.execute("DELETE FROM clinics_accesslogentry WHERE number = 8")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_access_log")
    assert ended.value.code == 1
    assert "north: BROKEN at row 8: deleted" in capsys.readouterr().out


def test_the_offline_verifier_imports_no_django() -> None:
    program = (
        "import sys, clinics.verify_log; "
        "sys.exit(any(name.split('.')[0] in {'django', 'psycopg', 'moodvision'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, check=False).returncode == 0


def test_the_texts_of_entries_hold_who_and_where_from(clinic: Clinic) -> None:
    with tenancy.enter(clinic.pk):
        entry = json.loads(AccessLogEntry.objects.latest("number").canonical)
    assert {
        "v",
        "number",
        "previous",
        "chain",
        "at",
        "kind",
        "action",
        "outcome",
        "actor",
        "role",
        "patient",
    } <= (entry.keys())
    assert (entry["v"], entry["number"], entry["chain"], entry["purpose"]) == (
        2,
        12,
        str(clinic.pk),
        "operation",
    )
