"""Exports: a signed head that says which rows they must be, the signed lines of the chain, then the rows."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as chain_of
from typing import Any

from clinics.verify_log.anchor_lines import Given, anchor_of
from clinics.verify_log.chain import Anchor, Finding, Row, Verdict, check_chain
from clinics.verify_log.signatures import BadSignatureError, Type, content_of, open_signed

EXPORT_FORMAT = "moodvision-access-log"


@dataclass
class Export:
    """`said`: what its head says, believed or not. `signed`: its anchors and perhaps the closing record, as
    they stand in the file. The rows are read while they are checked."""

    head: dict[str, Any]
    said: dict[str, Any]
    signed: list[str]
    rows: Iterator[Row]

    @property
    def chain(self) -> str:
        return str(self.said["chain"])

    @property
    def start(self) -> tuple[int, str]:
        return int(self.said["after"]), str(self.said["after_hash"])


def read_export(lines: Iterable[str]) -> Export:
    """ValueError where it is none."""
    texts = (line.rstrip("\n") for line in lines)
    head = json.loads(next(texts, "null"))
    if not isinstance(head, dict) or head.get("format") != EXPORT_FORMAT:
        raise ValueError("this is not an export of a MoodVision access log")
    try:
        said = head if head["version"] == 1 else content_of(head, Type.EXPORT)
    except BadSignatureError as error:
        raise ValueError(f"its head cannot be read: {error}") from None
    signed: list[str] = []
    contents = []
    for text in texts:
        content = json.loads(text)
        if "signature" not in content:
            contents = [content]
            break
        signed.append(text)
    rows = (_row_of(content) for content in chain_of(contents, map(json.loads, texts)))
    return Export(head, said, signed, rows)


def digest_of(signed: list[str]) -> str:
    """Of all signed lines, in their order."""
    return hashlib.sha256("\n".join(signed).encode()).hexdigest()


def _row_of(content: dict[str, Any]) -> Row:
    """The hash before it stands in the text alone; a text that is no entry is found by its own hash."""
    try:
        previous = json.loads(content["canonical"])["previous"]
    except (ValueError, KeyError, TypeError):
        previous = ""
    return Row(content["number"], content["canonical"], previous, content["hash"])


def check_export(export: Export, trusted: dict[str, bytes], given: Given | None = None) -> Verdict:
    """The rows against each other, against the signed head, and against the anchors the file brings along or
    somebody gave. Without a trusted key nothing signed is believed, and the verdict says so."""
    anchors, bad = _anchors(export, trusted)
    received = given.of(export.chain) if given else []
    verdict = check_chain(
        export.chain, export.rows, anchors=_held(export, [*anchors, *received]), start=export.start
    )
    verdict.is_origin_known = bool(trusted)
    verdict.uncompared = len(received) - len(_held(export, received))
    if not verdict.findings:
        verdict.findings += _against_head(export, verdict)
    if export.said.get("signed_hash", digest_of(export.signed)) != digest_of(export.signed):
        verdict.findings.append(Finding(0, "stripped", "its signed lines are not those it was made with"))
    verdict.findings += _origin(export, trusted) + bad + (given.findings if given else [])
    return verdict


def _held(export: Export, anchors: list[Anchor]) -> list[Anchor]:
    """Those of rows that must be here: not of earlier, nor of later than the export or the closed segment."""
    ends_there = export.said.get("is_closed", True)
    made_at = datetime.fromisoformat(export.said["at"]) if not ends_there else None
    return [
        anchor
        for anchor in anchors
        if export.start[0] <= anchor.number
        and (
            anchor.number <= export.said["last"]
            or (made_at is not None and datetime.fromisoformat(anchor.at) <= made_at)
        )
    ]


def _anchors(export: Export, trusted: dict[str, bytes]) -> tuple[list[Anchor], list[Finding]]:
    anchors, bad = [], []
    for line in export.signed if trusted else ():
        try:
            content = open_signed(json.loads(line), trusted, Type.ANCHOR, Type.SEGMENT)
        except BadSignatureError as error:
            bad.append(Finding(0, "signature", f"an anchor cannot be believed: {error}"))
        else:
            anchors += [anchor_of(content)] if content["chain"] == export.chain else []
    return anchors, bad


def _against_head(export: Export, verdict: Verdict) -> list[Finding]:
    """What is missing or too much although the rows that are here fit together."""
    said, last = export.said, verdict.last
    found = []
    if last < said["last"]:
        found.append(Finding(last + 1, "cut", "missing at the end", until=said["last"]))
    elif last > said["last"]:
        found.append(Finding(said["last"] + 1, "added", "not in this export when it was made", until=last))
    elif (verdict.last_hash, verdict.rows) != (said.get("hash", verdict.last_hash), last - said["after"]):
        found.append(Finding(verdict.first, "rebuilt", "not the rows that were exported", until=last))
    return found


def _origin(export: Export, trusted: dict[str, bytes]) -> list[Finding]:
    """Whether a trusted key signed which rows these must be; of version 1 only closed segments show it."""
    if not trusted:
        return []
    try:
        if export.head["version"] != 1:
            open_signed(export.head, trusted, Type.EXPORT)
            return []
        closing = open_signed(json.loads(export.signed[-1]), trusted, Type.SEGMENT)
    except (BadSignatureError, IndexError) as error:
        return [Finding(0, "origin", f"its head is not signed by a key that is trusted: {error}")]
    said = export.said
    stretch = closing["chain"], closing["first"], closing["after_hash"], closing["number"]
    if stretch == (export.chain, said["after"] + 1, said["after_hash"], said["last"]):
        return []
    return [Finding(0, "origin", "its closing record is of other rows")]
