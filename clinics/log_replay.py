"""Writes spooled entries into the chains, and finds those that were deleted, changed or cannot be read.

The database remembers what became of each number a host gave; a number without a file and without such a
memory was deleted. A file that cannot be believed is set aside for a person to look at, and the others go on.
"""

import json
import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, transaction
from psycopg.errors import UniqueViolation

from clinics import access_log, log_spool, signing, tenancy
from clinics.access_log import NotWrittenError, System
from clinics.log_spool import Place, Snapshot
from clinics.models import AccessLogEntry, Clinic, SpoolMemory
from clinics.verify_log import BadSignatureError, Finding, Type, line_hash, open_signed

logger = logging.getLogger(__name__)
BY = System("replay")
Outcome = SpoolMemory.Outcome


class _LaterError(Exception):
    """Another replay works on the same files: the next run sees what is left."""


@dataclass(frozen=True)
class _Waiting:
    """A file, and the place in its host's series that its name says; none before entries were numbered."""

    file: Path
    host: str = ""
    series: uuid.UUID | None = None
    number: int = 0


def replay() -> int:
    """Each entry once, however often this runs; how many were written."""
    written = 0
    own = log_spool.folder_of(settings.ACCESS_LOG_SPOOL_HOST).name
    try:
        for host in sorted({own, *log_spool.hosts(), *_opened()}):
            written += _replay_host(host)
        for file in sorted(settings.ACCESS_LOG_SPOOL_DIR.glob("*.json")):
            written += _replay(_Waiting(file))
    except DatabaseError:
        logger.exception("Spooled entries still wait: the access log cannot be written.")
    except _LaterError:
        logger.info("Spooled entries are being replayed by another process.")
    return written


def gaps() -> list[Finding]:
    """What was deleted of the spool and not yet noticed by a replay."""
    found = []
    opened = _opened()
    for host in sorted({*log_spool.hosts(), *opened}):
        folder = log_spool.folder_of(host)
        head, files = log_spool.read_head(folder), log_spool.waiting(folder)
        series = opened.get(host)
        if series and (head is None or head.series != series or head.number < _last_noted(series)):
            found.append(f"the spool of {host} lost the head of its series: entries may be gone")
        elif head is not None:
            numbers = _missing(Snapshot(head, files))
            found += [
                f"spooled entry {number} of {host} was deleted before it was replayed" for number in numbers
            ]
    return [Finding(0, "spool", text) for text in found]


def losses() -> int:
    """How many were lost or refused until now; the platform's chain names each."""
    return SpoolMemory.objects.filter(outcome__in=(Outcome.LOST, Outcome.REFUSED)).count()


def _replay_host(host: str) -> int:
    snapshot = log_spool.snapshot(host)
    if snapshot.head.number < _last_noted(snapshot.head.series):
        log_spool.begin_anew(host)
        snapshot = log_spool.snapshot(host)
    _open_series(host, snapshot.head)
    missing = _missing(
        snapshot
    )  # after the snapshot: another replay notes a number before it removes the file
    for number in missing:
        _lose(host, snapshot.head.series, number)
    for file in log_spool.strays(log_spool.folder_of(host)):
        _refuse(_Waiting(file), "its name says no place")
    return sum(
        _replay(_Waiting(file, host, series, number))
        for (series, number), file in sorted(snapshot.files.items(), key=lambda item: item[1].name)
    )


def _missing(snapshot: Snapshot) -> list[int]:
    series, last = snapshot.head.series, snapshot.head.number
    noted = set(SpoolMemory.objects.filter(series=series).values_list("number", flat=True))
    return [
        number
        for number in range(1, last + 1)
        if number not in noted and (series, number) not in snapshot.files
    ]


def _open_series(host: str, head: Place) -> None:
    """Remembers a series before its first entry comes, and misses the one it replaces."""
    former = _opened().get(host)
    if former == head.series:
        return
    with transaction.atomic():
        if former is not None:
            logger.error("The spool of %s lost the head of its series: entries may be gone.", host)
            access_log.record_on_platform(
                "spooled_entries.head_lost", by=BY, outcome="failed", host=host, after=_last_noted(former)
            )
        place = Place(head.series)
        SpoolMemory.objects.create(
            host=host, series=place.series, number=0, line_hash=place.digest, outcome=Outcome.OPENED
        )


def _opened() -> dict[str, uuid.UUID]:
    """The series that each host opened last."""
    opened = SpoolMemory.objects.filter(outcome=Outcome.OPENED).order_by("at")
    return dict(opened.values_list("host", "series"))


def _last_noted(series: uuid.UUID) -> int:
    noted = SpoolMemory.objects.filter(series=series).order_by("-number")
    return noted.values_list("number", flat=True).first() or 0


def _lose(host: str, series: uuid.UUID, number: int) -> None:
    logger.error("Spooled entry %d of %s was deleted before it was replayed.", number, host)
    with transaction.atomic():
        _remember(_Waiting(Path(), host, series, number), "", Outcome.LOST)
        access_log.record_on_platform(
            "spooled_entry.lost", by=BY, outcome="failed", host=host, series=str(series), number=number
        )


def _replay(waiting: _Waiting) -> int:
    try:
        line = waiting.file.read_text(encoding="utf-8")
        content = _believed(line, waiting)
        is_new = _write(content, waiting, line_hash(line))
    except FileNotFoundError:
        raise _LaterError from None
    except (BadSignatureError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return _refuse(waiting, str(error))
    except NotWrittenError as error:
        if not _is_of_its_text(error.__cause__):
            raise
        return _refuse(waiting, "its text is no entry")
    waiting.file.unlink(missing_ok=True)
    return int(is_new)


def _is_of_its_text(error: BaseException | None) -> bool:
    """Not of the database, nor of another replay that was faster."""
    if isinstance(error, IntegrityError):
        return not isinstance(error.__cause__, UniqueViolation)
    return isinstance(error, DataError)


def _believed(line: str, waiting: _Waiting) -> dict[str, Any]:
    content = open_signed(json.loads(line), signing.trusted(), Type.SPOOLED)
    named = content.get("host", ""), content.get("series"), content.get("number", 0)
    if named != (waiting.host, str(waiting.series) if waiting.series else None, waiting.number):
        raise BadSignatureError("it was signed for another place")
    if not isinstance(content["body"], str):
        raise TypeError("its body is no text")
    return content


def _write(content: dict[str, Any], waiting: _Waiting, digest: str) -> bool:
    clinic_id, entry_id = uuid.UUID(content["clinic"]), uuid.UUID(content["id"])
    if not Clinic.objects.filter(pk=clinic_id).exists():
        raise ValueError("its clinic is not here")
    with tenancy.enter(clinic_id):
        is_new = not AccessLogEntry.objects.filter(pk=entry_id).exists()
        if is_new:
            access_log.write_bodies(clinic_id, [(entry_id, content["body"])])
        _remember(waiting, digest, Outcome.WRITTEN)
    if not _is_linked(waiting, content.get("previous"), digest):
        logger.error("Spooled entry %s is not linked to the one before it.", waiting.file.stem)
        access_log.record_on_platform(
            "spooled_entry.unlinked", by=BY, outcome="failed", entry=waiting.file.stem
        )
    return is_new


def _is_linked(waiting: _Waiting, previous: str | None, digest: str) -> bool:
    """To what the database remembers of its number and of the number before; lost lines have no hash."""
    if waiting.series is None:
        return True
    noted = dict(
        SpoolMemory.objects.filter(
            series=waiting.series, number__in=(waiting.number - 1, waiting.number)
        ).values_list("number", "line_hash")
    )
    before, own = noted.get(waiting.number - 1), noted.get(waiting.number)
    return before in {None, "", previous} and own in {None, "", digest}


def _remember(waiting: _Waiting, digest: str, outcome: str) -> None:
    if waiting.series is None:
        return
    SpoolMemory.objects.get_or_create(
        series=waiting.series,
        number=waiting.number,
        defaults={"host": waiting.host, "line_hash": digest, "outcome": outcome},
    )


def _refuse(waiting: _Waiting, reason: str) -> int:
    """Kept beside for a person to look at: somebody changed it, or the key."""
    file = waiting.file
    logger.error("Spooled entry %s was refused: %s", file.stem, reason)
    with transaction.atomic():
        _remember(waiting, "", Outcome.REFUSED)
        access_log.record_on_platform("spooled_entry.refused", by=BY, outcome="denied", entry=file.stem)
    file.rename(file.with_suffix(".refused"))
    return 0
