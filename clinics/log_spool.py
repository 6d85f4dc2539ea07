"""Entries that could not reach the database: signed local files, until they are replayed into the chain.

Only an emergency card opens so: whoever needs a telephone number in an emergency does not wait for a log.
"""

import json
import logging
import os
import uuid
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from clinics import access_log, signing, tenancy
from clinics.access_log import Act, NotWrittenError, System
from clinics.models import AccessLogEntry
from clinics.verify_log import BadSignatureError, open_signed

logger = logging.getLogger(__name__)


def spool(clinic_id: uuid.UUID, acts: list[Act]) -> None:
    """On the disk when it returns; raises OSError where that fails too, and then nothing may be shown."""
    settings.ACCESS_LOG_SPOOL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    for act in acts:
        marked = replace(act, detail={**act.detail, "spooled": True})
        content = {"clinic": str(clinic_id), "id": str(act.id), "body": marked.body()}
        _write(settings.ACCESS_LOG_SPOOL_DIR / f"{act.id}.json", json.dumps(signing.signed(content)))
    logger.error("The access log of clinic %s cannot be written: %d entries spooled.", clinic_id, len(acts))


def replay() -> int:
    """Writes what waits into the chains, each entry once, however often this runs; how many were written."""
    files = sorted(settings.ACCESS_LOG_SPOOL_DIR.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    written = 0
    for file in files:
        try:
            written += _replay(file)
        except NotWrittenError:
            logger.error("Spooled entries still wait: the access log cannot be written.")
            break
    return written


def _replay(file: Path) -> int:
    try:
        content = open_signed(json.loads(file.read_text(encoding="utf-8")), signing.trusted())
    except FileNotFoundError:
        return 0  # another replay was faster
    except (BadSignatureError, ValueError) as error:
        return _refuse(file, str(error))
    clinic_id, entry_id = uuid.UUID(content["clinic"]), uuid.UUID(content["id"])
    with tenancy.enter(clinic_id):
        is_new = not AccessLogEntry.objects.filter(pk=entry_id).exists()
        if is_new:
            access_log.write_bodies(clinic_id, [(entry_id, content["body"])])
    file.unlink(missing_ok=True)
    return int(is_new)


def _refuse(file: Path, reason: str) -> int:
    """Kept beside for a person to look at: somebody changed it, or the key."""
    file.rename(file.with_suffix(".refused"))
    logger.error("Spooled entry %s was refused: %s", file.stem, reason)
    access_log.record_on_platform(
        "spooled_entry.refused", by=System("replay"), outcome="denied", entry=file.stem
    )
    return 0


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
