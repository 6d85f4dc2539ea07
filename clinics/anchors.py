"""Signed heads of the chains, in files outside the database: what shows a tail cut off or a chain rebuilt."""

import json
import os
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from clinics import signing
from clinics.verify_log import (
    Anchor,
    BadSignatureError,
    Finding,
    anchor_of,
    open_signed,
)


@dataclass
class Known:
    """The anchors of one chain that can be believed, oldest first, and what is wrong with the others."""

    anchors: list[Anchor] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def load(chain: str) -> Known:
    known = Known()
    trusted = signing.trusted()
    for number, line in enumerate(lines_of(chain), start=1):
        try:
            content = open_signed(json.loads(line), trusted)
        except (BadSignatureError, ValueError) as error:
            known.findings.append(Finding(0, "signature", f"line {number} of its anchors: {error}"))
            continue
        if content["chain"] != chain:
            text = f"line {number} of its anchors belongs to another chain"
            known.findings.append(Finding(0, "signature", text))
        else:
            known.anchors.append(anchor_of(content))
    return known


def lines_of(chain: str) -> list[str]:
    """The signed lines as they lie in the file."""
    file = settings.ANCHOR_DIR / f"{chain}.jsonl"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def append(chain: str, *, number: int, digest: str) -> None:
    content = {"chain": chain, "number": number, "hash": digest, "at": timezone.now().isoformat()}
    line = json.dumps(signing.signed(content)) + "\n"
    settings.ANCHOR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.ANCHOR_DIR / f"{chain}.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
