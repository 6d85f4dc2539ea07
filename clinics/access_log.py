"""The access log: who did what to whose data, chained so that a later change shows.

Gates and services *record*; the entries are written by one statement just before the clinic's transaction
commits. The chain's lock is the last lock a transaction takes. If the write fails, so does what it records.

What belongs to no clinic (failed sign-ins, acts of the operator) goes to the platform's own chain.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections, transaction
from django.utils import timezone

from clinics import origins
from clinics.log_kinds import kind_of

Detail = str | int | bool | None

APPEND = """
SELECT append_access_log(%s, %s::uuid[], ARRAY(
    SELECT body FROM json_array_elements_text(%s) WITH ORDINALITY AS given(body, place) ORDER BY place))
"""


PURPOSE_BY_ROLE = {
    "clinician": "care",
    "observer": "care",
    "administrator": "administration",
    "programme_manager": "programme",
    "privacy_officer": "audit",
    "auditor": "audit",
    "patient": "own_record",
    "system": "operation",
}


class Actor(Protocol):
    """Whoever acts: a Membership, a Patient or `System(reason)`."""

    @property
    def actor_label(self) -> str: ...

    @property
    def actor_role(self) -> str: ...


@dataclass(frozen=True)
class System:
    """The platform itself, and why it acts."""

    reason: str

    @property
    def actor_label(self) -> str:
        return f"system:{self.reason}"

    @property
    def actor_role(self) -> str:
        return "system"


@dataclass(frozen=True)
class Stranger:
    """Somebody signed in who is neither member nor patient of this clinic, or not known at all."""

    user_id: uuid.UUID | None = None

    @property
    def actor_label(self) -> str:
        return f"stranger:{self.user_id or 'unknown'}"

    @property
    def actor_role(self) -> str:
        return "stranger"


@dataclass(frozen=True)
class Act:
    """One entry to be written: ids only, never content. The id makes writing it twice impossible."""

    action: str
    kind: str
    actor: str
    role: str
    outcome: str
    purpose: str
    patient_id: uuid.UUID | None
    objects: list[str]
    at: datetime
    origin: origins.Origin | None
    detail: dict[str, Detail]
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def body(self) -> str:
        """The canonical text but for what only the chain knows: version, number, hash before, whose chain."""
        origin = self.origin
        return json.dumps(
            {
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "kind": self.kind,
                "action": self.action,
                "outcome": self.outcome,
                "actor": self.actor,
                "role": self.role,
                "patient": str(self.patient_id) if self.patient_id else None,
                "purpose": self.purpose,
                "objects": self.objects,
                "request": origin.request_id if origin else None,
                "origin": {"address": origin.address, "agent": origin.agent} if origin else None,
                "detail": self.detail,
            },
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )


class NothingCollectsError(Exception):
    """An act was recorded outside `tenancy.enter`: there is no clinic to write it to."""


class NotWrittenError(DatabaseError):
    """The entries could not be written, so what they record must not happen either. No clinic: of none."""

    def __init__(self, clinic_id: uuid.UUID | None, acts: "Iterable[Act]" = ()) -> None:
        super().__init__(
            f"the access log of {f'clinic {clinic_id}' if clinic_id else 'the platform'} was not written"
        )
        self.clinic_id = clinic_id
        self.acts = list(acts)


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
            write(self.clinic_id, self.acts, using=self.using)
        self.discard()


def record(
    action: str,
    *,
    by: Actor,
    patient_id: uuid.UUID | None = None,
    purpose: str = "",
    objects: Iterable[Any] = (),
    outcome: str = "ok",
    using: str = DEFAULT_DB_ALIAS,
    **detail: Detail,
) -> None:
    """Collects one act. A list page is one entry with the ids it shows."""
    collector = connections[using].__dict__.get("moodvision_log")
    if collector is None or collector.clinic_id is None:
        raise NothingCollectsError(action)
    collector.acts.append(_act(action, by, patient_id, purpose, objects, outcome, detail))


def record_print(
    subject: str, *, by: Actor, patient_id: uuid.UUID | None = None, objects: Iterable[Any] = ()
) -> None:
    """What a page calls that is made for printing, when it is served: `subject` is what is on it ("patient",
    "emergency_card"). What a browser prints of any other page cannot be seen from here."""
    record(f"{subject}.printed", by=by, patient_id=patient_id, objects=objects)


def record_on_platform(
    action: str, *, by: Actor, outcome: str = "ok", using: str = DEFAULT_DB_ALIAS, **detail: Detail
) -> None:
    """Writes one act of no clinic to the platform's chain, in a transaction of its own where none is open."""
    act = _act(action, by, None, "", (), outcome, detail)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT append_platform_log(%s, %s)", [[act.id], [act.body()]])
        transaction.on_commit(partial(_flush, using, None, []), using=using)


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


def write(clinic_id: uuid.UUID, acts: list[Act], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Chains and inserts the acts in one round trip: the chain is locked from here to the commit, so all that
    can be made before it (the text) is made before it, and the rest by the database itself."""
    _append(clinic_id, [(act.id, act.body()) for act in acts], list(acts), using)


def write_bodies(
    clinic_id: uuid.UUID, bodies: list[tuple[uuid.UUID, str]], *, using: str = DEFAULT_DB_ALIAS
) -> None:
    """As `write`, of entries whose text was made before: an id that is in the chain already is refused."""
    _append(clinic_id, bodies, [], using)


def _append(clinic_id: uuid.UUID, bodies: list[tuple[uuid.UUID, str]], acts: list[Act], using: str) -> None:
    ids = [str(pk) for pk, _text in bodies]
    texts = json.dumps([text for _pk, text in bodies])  # quoted once: an array is quoted text by text
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(APPEND, [clinic_id, f"{{{','.join(ids)}}}", texts])
    except (DatabaseError, InterfaceError) as error:
        raise NotWrittenError(clinic_id, acts) from error
    transaction.on_commit(partial(_flush, using, clinic_id, acts), using=using)


def _flush(using: str, clinic_id: uuid.UUID | None, acts: list[Act]) -> None:
    """Waits until the disk holds what was just committed: nothing is shown or acknowledged before.

    The commit itself did not wait (see migration 0030), so the chain was free for the next writer, and one
    flush of the disk serves all who wait here. An empty message to nobody is the least that can be flushed.
    Where it fails, whether the entries last is not known: NotWrittenError, and what they record is not shown.
    """
    try:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'access_log', '')")
    except (DatabaseError, InterfaceError) as error:
        raise NotWrittenError(clinic_id, acts) from error


def _act(
    action: str,
    by: Actor,
    patient_id: uuid.UUID | None,
    purpose: str,
    objects: Iterable[Any],
    outcome: str,
    detail: dict[str, Detail],
) -> Act:
    return Act(
        action=action,
        kind=kind_of(action).value,
        actor=by.actor_label,
        role=by.actor_role,
        outcome=outcome,
        purpose=purpose or PURPOSE_BY_ROLE.get(by.actor_role, ""),
        patient_id=patient_id,
        objects=sorted(str(item) for item in objects),
        at=timezone.now(),
        origin=origins.current(),
        detail=detail,
    )
