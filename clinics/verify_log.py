"""Verifies an access log: `python -m clinics.verify_log FILE` checks an export without database or Django.

Needs Python's standard library and `cryptography` alone, so that whoever doubts us can read and run it.

A row holds `canonical` (JSON text), its SHA-256 and the hash of the row before. The text names its own
number, its chain and the hash before, so a row that is changed, moved, added or taken out breaks the chain at
that row. Who rewrites every row from there on, or cuts the end off, is found by the anchors: heads of the
chain, signed with Ed25519 and kept outside the database.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain as chain_of
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIRST_HASH = "0" * 64
EXPORT_FORMAT = "moodvision-access-log"
MOST_FINDINGS = 100


class Row(NamedTuple):
    """One stored row. `columns`: the projections in the order of PROJECTED, or None where there are none."""

    number: int
    canonical: str
    previous: str
    digest: str
    columns: tuple[str | None, ...] | None = None


PROJECTED = ("chain", "at", "kind", "action", "outcome", "actor", "role", "patient")


@dataclass(frozen=True)
class Finding:
    """Something wrong from row `number` on, up to `until` where a range is known."""

    number: int
    code: str
    text: str
    until: int | None = None

    def __str__(self) -> str:
        rows = (
            f"row {self.number}" if self.until in {None, self.number} else f"rows {self.number}..{self.until}"
        )
        return f"{rows}: {self.text}"


@dataclass(frozen=True)
class Anchor:
    """The head a chain had when it was signed; `closes` where a segment up to here was closed."""

    chain: str
    number: int
    digest: str
    at: str


@dataclass
class Verdict:
    chain: str
    first: int = 0
    last: int = 0
    last_hash: str = FIRST_HASH
    rows: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.findings

    def __str__(self) -> str:
        if self.findings:
            return f"{self.chain}: BROKEN at {self.findings[0]}"
        held = f"{self.anchors} signed anchors agree" if self.anchors else "no signed anchor to compare with"
        if not self.rows:
            return f"{self.chain}: empty; {held}"
        return f"{self.chain}: rows {self.first}..{self.last} verified; {held}"


def check_chain(
    chain: str,
    rows: Iterable[Row],
    *,
    anchors: Iterable[Anchor] = (),
    start: tuple[int, str] = (0, FIRST_HASH),
) -> Verdict:
    """Reads the rows once, in order of their number. `start`: number and hash of the row before the first,
    where a closed segment was removed."""
    reading = _Reading(chain, anchors, start)
    for row in rows:
        reading.read(row)
        if len(reading.verdict.findings) >= MOST_FINDINGS:
            return reading.verdict
    return reading.end()


class _Reading:
    """A chain half read: what the next row must point at, and which row an anchor last agreed with."""

    def __init__(self, chain: str, anchors: Iterable[Anchor], start: tuple[int, str]) -> None:
        self.verdict = Verdict(chain)
        self.number, self.digest = start
        self.heads = {anchor.number: anchor.digest for anchor in anchors if anchor.number > start[0]}
        self.held = start[0]
        self.is_rebuilt = False

    def read(self, row: Row) -> None:
        number, canonical, previous, digest, columns = row
        if number != self.number + 1:
            self._report(_misnumbered(self.number, number))
        elif previous != self.digest:
            self._report(Finding(self.number or number, "link", _link_text(self.number)))
        if hashlib.sha256(canonical.encode()).hexdigest() != digest:
            self._report(Finding(number, "edited", "its text was edited after it was written"))
        elif problem := _disagreement(self.verdict.chain, canonical, number, previous, columns):
            self._report(Finding(number, "projection", problem))
        if number in self.heads:
            self._compare(number, digest)
        self.verdict.rows += 1
        self.verdict.first = self.verdict.first or number
        self.number, self.digest = number, digest

    def end(self) -> Verdict:
        self.verdict.last, self.verdict.last_hash = self.number, self.digest
        if (newest := max(self.heads, default=0)) > self.number:
            self._report(Finding(self.number + 1, "cut", "signed once, and cut off since", until=newest))
        # What names its row comes before what an anchor says of a range.
        self.verdict.findings.sort(key=lambda finding: (finding.code == "rebuilt", finding.number))
        return self.verdict

    def _compare(self, number: int, digest: str) -> None:
        """With a signed head. Only the first that differs says where."""
        if self.heads[number] == digest:
            self.held = number
            self.verdict.anchors += 1
        elif not self.is_rebuilt:
            self.is_rebuilt = True
            text = "rewritten since they were signed: the chain was rebuilt somewhere in here"
            self._report(Finding(self.held + 1, "rebuilt", text, until=number))

    def _report(self, finding: Finding) -> None:
        self.verdict.findings.append(finding)


def _misnumbered(before: int, number: int) -> Finding:
    if number <= before:
        return Finding(number, "inserted", "its number was given twice: one of the two was inserted")
    return Finding(before + 1, "missing", "deleted", until=number - 1)


def _link_text(before: int) -> str:
    if not before:
        return "it does not begin the chain: the row before it was deleted"
    return "inserted, or rewritten with its hash: the row after it still points at another"


def _disagreement(
    chain: str, canonical: str, number: int, previous: str, columns: tuple[str | None, ...] | None
) -> str:
    """What stands beside a text and differs from it; empty where they agree."""
    try:
        said = json.loads(canonical)
        if said["number"] != number:
            return f"its text says it is row {said['number']}: moved, or another was inserted before it"
        if said["previous"] != previous:
            return "its column previous_hash differs from its text"
        wanted = _projections(said)
    except (ValueError, KeyError, TypeError):
        return "its text is not an entry"
    if wanted[0] != chain:
        return "its text belongs to another chain"
    if columns is None or columns == wanted:
        return ""
    wrong = [name for name, has, is_said in zip(PROJECTED, columns, wanted, strict=True) if has != is_said]
    return f"differs from its text in: {', '.join(wrong)}"


def _projections(said: dict[str, Any]) -> tuple[str | None, ...]:
    """The columns as the text has them, by its format; entries of the first had neither kind nor role."""
    acted = said["action"], said["outcome"], said["actor"]
    if said.get("v") == 2:
        return said["chain"], said["at"], said["kind"], *acted, said["role"], said["patient"]
    return said["clinic"], _in_microseconds(said["at"]), "", *acted, "", said["patient"]


def _in_microseconds(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="microseconds")


# Signatures


class BadSignatureError(Exception):
    """A signed line whose signature does not fit, or whose key is not among the trusted."""


def key_id(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()[:16]


def open_signed(line: dict[str, Any], trusted: dict[str, bytes]) -> dict[str, Any]:
    """The content of `{"text", "key", "signature"}`, or BadSignatureError."""
    try:
        public = trusted[line["key"]]
        signature = base64.b64decode(line["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, line["text"].encode())
        content: dict[str, Any] = json.loads(line["text"])
    except KeyError as error:
        raise BadSignatureError(f"signed by a key that is not trusted, or unsigned ({error})") from None
    except (InvalidSignature, ValueError, TypeError, AttributeError, binascii.Error):
        raise BadSignatureError("its signature does not fit") from None
    return content


def anchor_of(content: dict[str, Any]) -> Anchor:
    return Anchor(str(content["chain"]), int(content["number"]), str(content["hash"]), str(content["at"]))


# Exports


@dataclass
class Export:
    """First line what it is, then the signed anchors and perhaps the closing record, then the rows, which are
    read while they are checked."""

    chain: str
    start: tuple[int, str]
    last: int
    signed: list[dict[str, Any]]
    rows: Iterator[Row]


def read_export(lines: Iterable[str]) -> Export:
    found = (json.loads(line) for line in lines)
    head = next(found, None)
    if not isinstance(head, dict) or head.get("format") != EXPORT_FORMAT:
        raise ValueError("this is not an export of a MoodVision access log")
    signed: list[dict[str, Any]] = []
    first = None
    for first in found:
        if "signature" not in first:
            break
        signed.append(first)
    rows = chain_of([first] if first is not None and "canonical" in first else [], found)
    start = (head["after"], head["after_hash"])
    return Export(head["chain"], start, head["last"], signed, (_row_of(content) for content in rows))


def _row_of(content: dict[str, Any]) -> Row:
    """The hash before it stands in the text alone; a text that is no entry is found by its own hash."""
    try:
        previous = json.loads(content["canonical"])["previous"]
    except (ValueError, KeyError, TypeError):
        previous = ""
    return Row(content["number"], content["canonical"], previous, content["hash"])


def check_export(export: Export, trusted: dict[str, bytes]) -> Verdict:
    """The rows against each other, and against the signed heads that the file brings along."""
    anchors, bad = [], []
    for line in export.signed:
        try:
            content = open_signed(line, trusted)
        except BadSignatureError as error:
            bad.append(Finding(0, "signature", f"an anchor cannot be believed: {error}"))
        else:
            anchors += [anchor_of(content)] if content["chain"] == export.chain else []
    verdict = check_chain(export.chain, export.rows, anchors=anchors, start=export.start)
    if verdict.last < export.last and not verdict.findings:
        verdict.findings.append(Finding(verdict.last + 1, "cut", "missing at the end", until=export.last))
    verdict.findings += bad
    return verdict


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m clinics.verify_log", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="an export of an access log (JSON lines)")
    parser.add_argument(
        "--public-key", action="append", default=[], help="base64; whose signatures to believe (repeatable)"
    )
    options = parser.parse_args(arguments)
    try:
        keys = [base64.b64decode(text, validate=True) for text in options.public_key]
        with options.file.open(encoding="utf-8") as lines:
            export = read_export(lines)
            if export.signed and not keys:
                raise ValueError("it holds signatures: name the key you trust with --public-key")
            verdict = check_export(export, {key_id(key): key for key in keys})
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file}: cannot be verified: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print(verdict)  # noqa: T201
    for finding in verdict.findings[1:]:
        print(f"  also {finding}")  # noqa: T201
    return 0 if verdict.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
