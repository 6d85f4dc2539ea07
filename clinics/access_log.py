"""The access log: who did what to whose data, chained so that a later change shows.

Gates and services *record*; the entries are written by one statement just before the clinic's transaction
commits. The chain's lock is the last lock a transaction takes. If the write fails, so does what it records.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

FIRST_HASH = "0" * 64


class Actor(Protocol):
    """Whoever acts: a Membership, a Patient or `System(reason)`."""

    @property
    def actor_label(self) -> str: ...


@dataclass(frozen=True)
class System:
    """The platform itself, and why it acts."""

    reason: str

    @property
    def actor_label(self) -> str:
        return f"system:{self.reason}"


@dataclass(frozen=True)
class Act:
    """One entry to be written: ids only, never content."""

    action: str
    actor: str
    outcome: str
    patient_id: uuid.UUID | None
    at: datetime
    detail: dict[str, Any]


@dataclass
class Collector:
    """The acts of one stay in a clinic; a stay inside a stay in the same clinic hands its acts outwards."""

    clinic_id: uuid.UUID | None
    using: str
    outer: "Collector | None"
    acts: list[Act] = field(default_factory=list)

    def discard(self) -> None:
        self.acts.clear()

    def close(self) -> None:
        if self.outer is not None and self.outer.clinic_id == self.clinic_id:
            self.outer.acts.extend(self.acts)
        elif self.acts and self.clinic_id is not None:
            _append(self.clinic_id, self.acts, self.using)
        self.discard()


class NothingCollectsError(Exception):
    """An act was recorded outside `tenancy.enter`: there is no clinic to write it to."""


def record(
    action: str,
    *,
    by: Actor,
    patient_id: uuid.UUID | None = None,
    objects: Iterable[Any] = (),
    outcome: str = "ok",
    using: str = DEFAULT_DB_ALIAS,
    **detail: str | int | bool | None,
) -> None:
    """Collects one act. A list page is one entry with the ids it shows."""
    collector = connections[using].__dict__.get("moodvision_log")
    if collector is None or collector.clinic_id is None:
        raise NothingCollectsError(action)
    shown = sorted(str(item) for item in objects)
    collector.acts.append(
        Act(
            action=action,
            actor=by.actor_label,
            outcome=outcome,
            patient_id=patient_id,
            at=timezone.now(),
            detail={**detail, **({"objects": shown} if shown else {})},
        )
    )


@contextmanager
def collecting(clinic_id: uuid.UUID | None, using: str) -> Iterator[Collector]:
    """Collects acts until left; `tenancy` closes the collector before the transaction does."""
    attributes = connections[using].__dict__
    outer = attributes.get("moodvision_log")
    collector = attributes["moodvision_log"] = Collector(clinic_id, using, outer)
    try:
        yield collector
    finally:
        attributes["moodvision_log"] = outer


def canonical(number: int, clinic_id: uuid.UUID, act: Act, previous_hash: str) -> str:
    """The text that is stored and hashed: JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(
        {
            "number": number,
            "clinic": str(clinic_id),
            "at": act.at.isoformat(),
            "action": act.action,
            "outcome": act.outcome,
            "actor": act.actor,
            "patient": str(act.patient_id) if act.patient_id else None,
            "detail": act.detail,
            "previous": previous_hash,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def _append(clinic_id: uuid.UUID, acts: list[Act], using: str) -> None:
    from clinics.models import AccessLogEntry

    entries = AccessLogEntry.objects.using(using)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"access_log:{clinic_id}"])
    last = entries.filter(clinic_id=clinic_id).order_by("-number").only("number", "entry_hash").first()
    number, previous = (last.number, last.entry_hash) if last else (0, FIRST_HASH)
    rows = []
    for act in acts:
        number += 1
        text = canonical(number, clinic_id, act, previous)
        digest = hashlib.sha256(text.encode()).hexdigest()
        rows.append(
            AccessLogEntry(
                clinic_id=clinic_id,
                number=number,
                at=act.at,
                action=act.action,
                outcome=act.outcome,
                actor=act.actor,
                patient_id=act.patient_id,
                canonical=text,
                previous_hash=previous,
                entry_hash=digest,
            )
        )
        previous = digest
    entries.bulk_create(rows)
