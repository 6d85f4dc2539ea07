"""Entries that could not reach the database: signed local files, until `log_replay` writes them to the chain.

Only an emergency card opens so: whoever needs a telephone number in an emergency does not wait for a log.

Each host numbers its entries, links each to the one before, and keeps a signed head of the number it gave
last: a file that is deleted leaves a gap. A lost head begins a new series, and `log_replay` misses the old.
"""

import fcntl
import json
import logging
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from clinics import signing
from clinics.access_log import Act
from clinics.verify_log import FIRST_HASH, BadSignatureError, Type, line_hash, open_signed

logger = logging.getLogger(__name__)

HEAD, LOCK = "head.signed", "lock"
NAME = re.compile(r"(?P<series>[0-9a-f-]{36})\.(?P<number>[0-9]{9})\.json")


@dataclass(frozen=True)
class Place:
    """A number that a host gave in a series, and the hash of the line that bears it."""

    series: uuid.UUID
    number: int = 0
    digest: str = FIRST_HASH


@dataclass(frozen=True)
class Snapshot:
    """What a host's folder holds at one moment: the last place it gave, and the files that wait."""

    head: Place
    files: dict[tuple[uuid.UUID, int], Path]


def spool(clinic_id: uuid.UUID, acts: list[Act]) -> None:
    """On the disk when it returns; raises OSError where that fails too, and then nothing may be shown."""
    folder = folder_of(settings.ACCESS_LOG_SPOOL_HOST)
    with _locked(folder):
        last = _mended_head(folder)
        for act in acts:
            last = _spool(folder, last, clinic_id, act)
            _write_head(folder, last)
    logger.error("The access log of clinic %s cannot be written: %d entries spooled.", clinic_id, len(acts))


def folder_of(host: str) -> Path:
    return settings.ACCESS_LOG_SPOOL_DIR / re.sub(r"[^A-Za-z0-9._-]|^\.+", "_", host)[:100]


def hosts() -> list[str]:
    """Those with a folder."""
    root = settings.ACCESS_LOG_SPOOL_DIR
    return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.exists() else []


def snapshot(host: str) -> Snapshot:
    """Makes the folder and its head where they are missing, so that who deletes them later is seen."""
    folder = folder_of(host)
    with _locked(folder):
        return Snapshot(_mended_head(folder), waiting(folder))


def waiting(folder: Path) -> dict[tuple[uuid.UUID, int], Path]:
    """By the place that a file's name says; what the file says is asked when it is replayed."""
    named = ((NAME.fullmatch(file.name), file) for file in sorted(folder.glob("*.json")))
    return {(uuid.UUID(name["series"]), int(name["number"])): file for name, file in named if name}


def strays(folder: Path) -> list[Path]:
    """Files that bear no place's name."""
    return [file for file in sorted(folder.glob("*.json")) if not NAME.fullmatch(file.name)]


def read_head(folder: Path) -> Place | None:
    """None where it is missing, or not one of ours."""
    try:
        line = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        said = open_signed(line, signing.trusted(), Type.SPOOL_HEAD)
        return Place(uuid.UUID(said["series"]), int(said["number"]), str(said["hash"]))
    except (OSError, BadSignatureError, ValueError, KeyError, TypeError):
        return None


def _spool(folder: Path, last: Place, clinic_id: uuid.UUID, act: Act) -> Place:
    number = last.number + 1
    content = {
        "host": folder.name, "series": str(last.series), "number": number, "previous": last.digest,
        "clinic": str(clinic_id), "id": str(act.id),
        "body": replace(act, detail={**act.detail, "spooled": True}).body(),
    }  # fmt: skip
    line = json.dumps(signing.signed(Type.SPOOLED, content))
    _write(folder / f"{last.series}.{number:09}.json", line)
    return Place(last.series, number, line_hash(line))


def begin_anew(host: str) -> None:
    """Where the head names a lower number than was replayed: it was set back, and cannot be believed."""
    folder = folder_of(host)
    with _locked(folder):
        _write_head(folder, Place(uuid.uuid4()))


def _mended_head(folder: Path) -> Place:
    """The head, moved on to what was written when the machine stopped; a new series where it is lost."""
    head = found = read_head(folder) or Place(uuid.uuid4())
    while (line := _line_after(folder, head)) is not None:
        head = Place(head.series, head.number + 1, line_hash(line))
    if head is not found or head.number == 0:
        _write_head(folder, head)
    return head


def _line_after(folder: Path, place: Place) -> str | None:
    """Only one that was signed for this place: anybody can name a file so."""
    file = folder / f"{place.series}.{place.number + 1:09}.json"
    try:
        line = file.read_text(encoding="utf-8")
        said = open_signed(json.loads(line), signing.trusted(), Type.SPOOLED)
        is_next = (said["series"], said["number"]) == (str(place.series), place.number + 1)
    except (OSError, BadSignatureError, ValueError, KeyError, TypeError):
        return None
    return line if is_next else None


def _write_head(folder: Path, place: Place) -> None:
    content = {"host": folder.name, "series": str(place.series), "number": place.number, "hash": place.digest}
    _write(folder / HEAD, json.dumps(signing.signed(Type.SPOOL_HEAD, content)))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(file: Path, text: str) -> None:
    draft = file.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
