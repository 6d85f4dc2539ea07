"""Signed heads of the chains, in files outside the database: what shows a tail cut off or a chain rebuilt.

Each line names the hash of the line before it, and the database remembers each line: who cuts one of the two
is seen in the other.
"""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from clinics import signing
from clinics.models import AnchorMemory
from clinics.verify_log import FIRST_HASH, Finding, Given, Known, Type, line_hash, read_anchors


def load(chain: str, *, is_quick: bool = False) -> Known:
    """What can be believed of the chain's file, compared with what the database remembers of it."""
    known = read_anchors(chain, lines_of(chain), signing.trusted(), is_quick=is_quick)
    remembered = _newest_remembered(chain)
    newest = remembered.line if remembered else 0
    if remembered and known.lines.get(remembered.line) != remembered.line_hash:
        text = (
            f"its file of anchors was lost, shortened or exchanged: it lacks line {newest} as it was signed"
        )
        known.findings.append(Finding(0, "anchors", text))
    ahead = [line for line in known.lines if line > newest]
    if len(ahead) > 1:  # one alone: the machine stopped between the file and the database
        text = (
            f"the database remembers its anchors up to line {newest}, the file has {max(ahead)}: it was cut"
        )
        known.findings.append(Finding(0, "anchors", text))
    return known


def lost(chain: str, given: Given) -> list[Finding]:
    """Lines that somebody kept elsewhere and that are no longer in the file."""
    kept = {line for file in _files_of(chain) for line in _whole_lines(file)} if given.lines else set()
    return [
        Finding(0, "anchors", f"the anchor of row {anchor.number} was given, and is no longer in its file")
        for anchor, line in given.lines
        if anchor.chain == chain and line not in kept
    ]


def lines_of(chain: str) -> list[str]:
    """The signed lines as they lie in the file."""
    return _whole_lines(_file_of(chain))


def number_of(line: str) -> int:
    """Which row it is of; signatures are not asked about."""
    return int(json.loads(json.loads(line)["text"])["number"])


def append(chain: str, *, number: int, digest: str, resumes: str = "") -> None:
    """Inside a transaction that holds the chain's anchors: first the file, and the database at its commit.

    The database also learns the line before, which it lacks where the machine stopped in between.
    """
    lines, remembered = lines_of(chain), _newest_remembered(chain)
    before = json.loads(json.loads(lines[-1])["text"]) if lines else {}
    if "line" in before:
        _remember(chain, before["line"], lines[-1])
    newest = max(before.get("line", len(lines)), remembered.line if remembered else 0)
    content: dict[str, Any] = {
        "chain": chain, "number": number, "hash": digest, "at": timezone.now().isoformat(),
        "line": newest + 1, "previous": line_hash(lines[-1]) if lines else FIRST_HASH,
    }  # fmt: skip
    line = json.dumps(signing.signed(Type.ANCHOR, content | ({"resumes": resumes} if resumes else {})))
    _write(_file_of(chain), line)
    _remember(chain, newest + 1, line)


def set_aside(chain: str) -> Path | None:
    """Keeps the file as evidence under another name; None where there is none."""
    file = _file_of(chain)
    if not file.exists():
        return None
    return file.rename(file.with_name(f"{chain}.until-{timezone.now():%Y%m%dT%H%M%S%f}.jsonl"))


def _newest_remembered(chain: str) -> AnchorMemory | None:
    return AnchorMemory.objects.filter(chain=chain).order_by("-line").first()


def _remember(chain: str, number: int, line: str) -> None:
    AnchorMemory.objects.get_or_create(chain=chain, line=number, defaults={"line_hash": line_hash(line)})


def _file_of(chain: str) -> Path:
    return settings.ANCHOR_DIR / f"{chain}.jsonl"


def _files_of(chain: str) -> list[Path]:
    return [_file_of(chain), *settings.ANCHOR_DIR.glob(f"{chain}.until-*.jsonl")]


def _whole_lines(file: Path) -> list[str]:
    """Without the beginning of a line whose writing was interrupted."""
    if not file.exists():
        return []
    return file.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()


def _write(file: Path, line: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as out:
        out.truncate(out.seek(out.read().rfind(b"\n") + 1))
        out.write(f"{line}\n".encode())
        out.flush()
        os.fsync(out.fileno())
