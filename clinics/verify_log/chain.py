"""A chain of rows, checked against itself and against its anchors.

A row holds `canonical` (JSON text), its SHA-256 and the hash of the row before. The text names its own
number, its chain and the hash before, so a row that is changed, moved, added or taken out breaks the chain at
that row. Who rewrites every row from there on, or cuts the end off, is found by the anchors: heads of the
chain, signed with Ed25519 and kept outside the database.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

FIRST_HASH = "0" * 64
MOST_FINDINGS = 100
ORIGIN_UNKNOWN = (
    "ORIGIN NOT CHECKED: whoever made this file may have left out its beginning or its end, or written all of"
    " it. Name the key that you trust with --public-key"
)


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
    """Something wrong from row `number` on, up to `until` where a range is known; 0 where it is no row."""

    number: int
    code: str
    text: str
    until: int | None = None

    def __str__(self) -> str:
        if not self.number:
            return self.text
        is_one = self.until in {None, self.number}
        rows = f"row {self.number}" if is_one else f"rows {self.number}..{self.until}"
        return f"{rows}: {self.text}"


@dataclass(frozen=True)
class Anchor:
    """The head a chain had when it was signed."""

    chain: str
    number: int
    digest: str
    at: str


@dataclass
class Verdict:
    """`uncompared`: anchors that somebody brought, of rows that are not here. `is_origin_known`: whether a
    trusted key signed which rows these must be, or they come from the database itself. `resumed`: why signing
    was taken up again after a finding."""

    chain: str
    first: int = 0
    last: int = 0
    last_hash: str = FIRST_HASH
    rows: int = 0
    anchors: int = 0
    uncompared: int = 0
    is_origin_known: bool = True
    resumed: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.findings

    def __str__(self) -> str:
        if self.findings:
            first = self.findings[0]
            return f"{self.chain}: BROKEN{' at' if first.number else ':'} {first}"
        held = f"{self.anchors} signed anchors agree" if self.anchors else "no signed anchor to compare with"
        if self.uncompared:
            held += f"; {self.uncompared} given anchors are of rows that are not here"
        if self.resumed:
            held += f"; signing was taken up again: {self.resumed}"
        if not self.is_origin_known:
            return f"{self.chain}: {self._range('fit together')}, but {ORIGIN_UNKNOWN}"
        return f"{self.chain}: {self._range('verified')}; {held}"

    def _range(self, said: str) -> str:
        return f"rows {self.first}..{self.last} {said}" if self.rows else "empty"


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
        self.heads: dict[int, list[str]] = {}
        self.held = start[0]
        self.is_rebuilt = False
        for anchor in anchors:
            if anchor.number >= start[0]:
                self.heads.setdefault(anchor.number, []).append(anchor.digest)
        if start[0] in self.heads:
            self._compare(*start)

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
        agreeing = self.heads[number].count(digest)
        self.verdict.anchors += agreeing
        if agreeing == len(self.heads[number]):
            self.held = number
        elif not self.is_rebuilt:
            self.is_rebuilt = True
            text = "rewritten since they were signed: the chain was rebuilt somewhere in here"
            self._report(Finding(min(self.held + 1, number), "rebuilt", text, until=number))

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
