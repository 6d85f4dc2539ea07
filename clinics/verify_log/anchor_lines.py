"""Anchor lines: signed heads of a chain, each naming the hash of the line before it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from clinics.verify_log.chain import FIRST_HASH, Anchor, Finding
from clinics.verify_log.signatures import BadSignatureError, Type, content_of, line_hash, open_signed


@dataclass
class Known:
    """The anchors of one chain that can be believed, oldest first, and what is wrong with the others.

    `lines`: the hash of each linked line by its own number. `resumed`: why signing was taken up again after a
    finding; anchors from before that are in another file.
    """

    anchors: list[Anchor] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    lines: dict[int, str] = field(default_factory=dict)
    resumed: str = ""


def read_anchors(chain: str, lines: list[str], trusted: dict[str, bytes], *, is_quick: bool = False) -> Known:
    """Every link, and every signature; `is_quick`: only the last, which vouches through the links for those
    before it."""
    known = Known()
    before = _Place(0, FIRST_HASH)
    for place, line in enumerate(lines, start=1):
        number, digest = before.number + 1, line_hash(line)
        try:
            content = _opened(line, {} if is_quick and place < len(lines) else trusted)
            if content["chain"] != chain:
                raise BadSignatureError("it belongs to another chain")
            number = _linked(content, before, known)
            known.lines |= {number: digest} if "previous" in content else {}
            known.anchors.append(anchor_of(content))
        except (BadSignatureError, ValueError, KeyError, TypeError) as error:
            known.findings.append(Finding(0, "anchors", f"line {place} of its anchors: {error}"))
        before = _Place(number, digest)
    return known


@dataclass(frozen=True)
class _Place:
    number: int
    digest: str


def _opened(line: str, trusted: dict[str, bytes]) -> dict[str, Any]:
    said = json.loads(line)
    return open_signed(said, trusted, Type.ANCHOR) if trusted else content_of(said, Type.ANCHOR)


def _linked(content: dict[str, Any], before: _Place, known: Known) -> int:
    """The line's number, or BadSignatureError. Lines from before there were links stand at the top alone."""
    if "previous" not in content:
        if known.lines:
            raise BadSignatureError("it is linked to no line before it")
        return before.number + 1
    number = int(content["line"])
    if resumed := str(content.get("resumes") or ""):
        known.resumed = resumed
    is_next = (number, content["previous"]) == (before.number + 1, before.digest)
    if not is_next and (before.number or not resumed):
        raise BadSignatureError("the line before it was taken out or exchanged")
    return number


def anchor_of(content: dict[str, Any]) -> Anchor:
    return Anchor(str(content["chain"]), int(content["number"]), str(content["hash"]), str(content["at"]))


@dataclass
class Given:
    """Anchor lines that somebody kept elsewhere, of any chain; as mailed, with other text between."""

    lines: list[tuple[Anchor, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def of(self, chain: str) -> list[Anchor]:
        return [anchor for anchor, _line in self.lines if anchor.chain == chain]


def read_given(lines: Iterable[str], trusted: dict[str, bytes]) -> Given:
    """ValueError where no line is an anchor: nothing would be compared."""
    given = Given()
    for line in (text.strip() for text in lines):
        if not line.startswith("{"):
            continue
        try:
            anchor = anchor_of(open_signed(json.loads(line), trusted, Type.ANCHOR))
        except (BadSignatureError, ValueError, KeyError, TypeError) as error:
            given.findings.append(Finding(0, "anchors", f"a given anchor cannot be believed: {error}"))
        else:
            given.lines.append((anchor, line))
    if not given.lines and not given.findings:
        raise ValueError("no line of it is an anchor")
    return given
