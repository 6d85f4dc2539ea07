"""Exports of the log, and its retention: a segment is closed and signed, exported, and only then removed.

Closing is the runtime's right; removing needs the owner's login, who alone can lift the triggers.
"""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, anchors, signing, tenancy, verification
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, AccessLogSegment, Clinic
from clinics.verify_log import (
    EXPORT_FORMAT,
    FIRST_HASH,
    BadSignatureError,
    Type,
    Verdict,
    check_export,
    digest_of,
    open_signed,
    read_export,
)

OWNER = "owner"


@dataclass(frozen=True)
class Stretch:
    """Rows after `after` up to `last`, the hashes of these two, and when it was looked at."""

    after: int
    after_hash: str
    last: int
    last_hash: str
    at: datetime

    def holds(self, number: int) -> bool:
        return self.after < number <= self.last


def export_clinic(clinic: Clinic, file: Path) -> Verdict:
    """All rows that are kept, with the anchors, so that anybody can verify them without us."""
    with _drafts() as drafts, tenancy.enter(clinic.pk):
        drafts.append(file)
        begun_at = timezone.now()
        verdict = _sound(verification.verify_clinic(clinic))
        after, after_hash = verification.start_of(str(clinic.pk))
        _write(clinic, Stretch(after, after_hash, verdict.last, verdict.last_hash, begun_at), file)
        access_log.record(
            "access_log.exported", by=access_log.System("export_access_log"), entries=verdict.rows
        )
    return verdict


def close_segment(
    *, clinic: Clinic, before: datetime, folder: Path, by: Actor
) -> tuple[AccessLogSegment, Path]:
    """Signs and exports the rows from the last closed segment up to this moment."""
    with _drafts() as drafts, tenancy.enter(clinic.pk):
        _sound(verification.verify_clinic(clinic))
        stretch = _stretch_before(clinic, before)
        head = AccessLogEntry.objects.get(number=stretch.last)
        closing = signing.signed(
            Type.SEGMENT,
            {
                "chain": str(clinic.pk),
                "first": stretch.after + 1,
                "number": stretch.last,
                "hash": stretch.last_hash,
                "after_hash": stretch.after_hash,
                "newest_entry_at": head.at.isoformat(),
                "at": stretch.at.isoformat(),
            },
        )
        file = folder / f"{clinic.slug}-{stretch.after + 1}-{stretch.last}.jsonl"
        drafts.append(file)
        _write(clinic, stretch, file, closing)
        segment = AccessLogSegment.objects.create(
            clinic=clinic, first_number=stretch.after + 1, last_number=stretch.last, closing=closing
        )
        access_log.record("access_log.closed", by=by, objects=[segment.pk], last=stretch.last)
    return segment, file


def remove_segment(*, clinic: Clinic, file: Path, by: Actor) -> int:
    """Deletes the rows of a closed segment, after its export was verified and its time is over."""
    closing, verdict = _verified(file)
    with tenancy.enter(clinic.pk, using=OWNER):
        segment = AccessLogSegment.objects.using(OWNER).filter(last_number=closing["number"]).first()
        is_this = segment is not None and _closing_of(segment) == closing
        if not is_this or closing["chain"] != str(clinic.pk) or verdict.last != closing["number"]:
            raise DomainError("not_this_segment", _("This file is not the export of a closed segment here."))
        _refuse_young(datetime.fromisoformat(closing["newest_entry_at"]))
        removed = _delete_up_to(clinic, closing["number"])
        access_log.record("access_log.removed", by=by, last=closing["number"], rows=removed, using=OWNER)
    return removed


def _verified(file: Path) -> tuple[dict[str, Any], Verdict]:
    with file.open(encoding="utf-8") as lines:
        export = read_export(lines)
        verdict = _sound(check_export(export, signing.trusted()))
    try:
        closing = open_signed(json.loads(export.signed[-1]), signing.trusted(), Type.SEGMENT)
    except (BadSignatureError, IndexError):
        raise DomainError("not_closed", _("This file holds no signed closing record.")) from None
    return closing, verdict


def _closing_of(segment: AccessLogSegment) -> dict[str, Any]:
    return open_signed(segment.closing, signing.trusted(), Type.SEGMENT)


def _refuse_young(newest: datetime) -> None:
    kept = timedelta(days=settings.ACCESS_LOG_KEEP_DAYS)
    if timezone.now() - newest < kept:
        raise DomainError("too_young", _("These entries must still be kept: nothing was removed."))


def _delete_up_to(clinic: Clinic, last: int) -> int:
    """The chain's lock first: who writes to this chain waits there, and not for the table."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"access_log:{clinic.pk}"])
        cursor.execute("ALTER TABLE clinics_accesslogentry DISABLE TRIGGER append_only_rows")
        cursor.execute(
            "DELETE FROM clinics_accesslogentry WHERE clinic_id = %s AND number <= %s", [clinic.pk, last]
        )
        removed: int = cursor.rowcount
        cursor.execute("ALTER TABLE clinics_accesslogentry ENABLE TRIGGER append_only_rows")
    return removed


def _stretch_before(clinic: Clinic, before: datetime) -> Stretch:
    """Never the newest row: the chain goes on from it."""
    rows = AccessLogEntry.objects.order_by("number")
    first_kept = rows.filter(at__gte=before).first() or rows.last()
    closed = AccessLogSegment.objects.order_by("-last_number").first()
    after, after_hash = 0, FIRST_HASH
    if closed is not None:
        content = _closing_of(closed)
        after, after_hash = content["number"], content["hash"]
    if first_kept is None or first_kept.number - 1 <= after:
        raise DomainError("nothing_to_close", _("Every entry before that day is closed already."))
    newest = AccessLogEntry.objects.get(number=first_kept.number - 1)
    return Stretch(after, after_hash, newest.number, newest.entry_hash, timezone.now())


def _sound(verdict: Verdict) -> Verdict:
    if not verdict.is_sound:
        raise DomainError("chain_broken", str(verdict))
    return verdict


@contextmanager
def _drafts() -> Iterator[list[Path]]:
    """Files written inside take their names once the log has its entry of them, and are gone where that
    failed. After the commit one that could not be renamed stays as the draft it is."""
    files: list[Path] = []
    try:
        yield files
    except BaseException:
        for file in files:
            _draft_of(file).unlink(missing_ok=True)
        raise
    for file in files:
        _draft_of(file).rename(file)


def _draft_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.draft")


def _write(clinic: Clinic, stretch: Stretch, file: Path, closing: dict[str, str] | None = None) -> None:
    """As a draft. A file of that name is never overwritten; a draft that a crash left is."""
    if file.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_of(file)
    draft.unlink(missing_ok=True)
    with draft.open("x", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in _lines(clinic, stretch, closing))


def _lines(clinic: Clinic, stretch: Stretch, closing: dict[str, str] | None) -> Iterator[str]:
    chain = str(clinic.pk)
    signed = [line for line in anchors.lines_of(chain) if stretch.holds(anchors.number_of(line))]
    if closing is not None:
        signed.append(json.dumps(closing))
    yield json.dumps(_head(clinic, stretch, signed, is_closed=closing is not None))
    yield from signed
    for row in verification.rows_of(chain, after=stretch.after):
        if row.number > stretch.last:
            break
        yield json.dumps({"number": row.number, "hash": row.digest, "canonical": row.canonical})


def _head(clinic: Clinic, stretch: Stretch, signed: list[str], *, is_closed: bool) -> dict[str, Any]:
    """An export is never a selection: all rows after `after` up to `last`."""
    text = signing.signed(
        Type.EXPORT,
        {
            "chain": str(clinic.pk), "clinic": clinic.slug, "at": stretch.at.isoformat(),
            "after": stretch.after, "after_hash": stretch.after_hash,
            "last": stretch.last, "hash": stretch.last_hash, "count": stretch.last - stretch.after,
            "signed": len(signed), "signed_hash": digest_of(signed), "is_closed": is_closed,
        },
    )  # fmt: skip
    return {"format": EXPORT_FORMAT, "version": 2, "public_key": signing.public_key_text(), **text}
