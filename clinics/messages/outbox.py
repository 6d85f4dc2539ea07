"""The outbox: rows are the truth. Queueing is part of the caller's transaction; sending is nobody's but
`send_due`'s."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from clinics import access_log, many_rows
from clinics.access_log import Actor
from clinics.messages import doorbell, kinds, recipients
from clinics.messages.recipients import PatientLike, Recipient, recipient_of
from clinics.models import Membership, Message


@dataclass(frozen=True)
class Draft:
    """What `queue` takes, for `queue_many`."""

    to: Membership | PatientLike | Recipient
    kind: str
    dedupe_key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: uuid.UUID | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    only: Collection[str] | None = None
    """These channels, whatever was chosen: a test of one of them."""


def queue(
    *,
    clinic_id: uuid.UUID,
    to: Membership | PatientLike | Recipient,
    kind: str,
    dedupe_key: str,
    facts: Mapping[str, Any],
    about: uuid.UUID | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> list[Message]:
    """One row for each channel that this person chose; queued before under this key: the rows of then.

    `about`: the patient it is about, so that `stop_for` finds it. Raises ForbiddenFactError.
    Inside the caller's transaction and clinic.
    """
    draft = Draft(to, kind, dedupe_key, facts, about, not_before, expires_at)
    queue_many(clinic_id=clinic_id, drafts=[draft])
    return list(Message.objects.filter(recipient_id=recipient_of(to).id, dedupe_key=dedupe_key))


def queue_many(*, clinic_id: uuid.UUID, drafts: Iterable[Draft]) -> int:
    """As `queue`, for thousands at once: one query for each kind's choices, one insert for all.

    How many rows were offered; those that were there before are left as they are.
    """
    rows = _rows(clinic_id, list(drafts))
    many_rows.insert(Message, rows, ignore_conflicts=True)
    if rows:
        doorbell.ring_after_commit(clinic_id)
    return len(rows)


def _rows(clinic_id: uuid.UUID, drafts: list[Draft]) -> list[dict[str, Any]]:
    by_choice = defaultdict(list)
    for draft in drafts:
        person, facts = recipient_of(draft.to), kinds.check(draft.kind, draft.facts)
        choice = (person.to, draft.kind, kinds.is_urgent(person.to, draft.kind, facts))
        by_choice[choice].append((draft, person, facts))
    now, rows = timezone.now(), []
    for (to, kind, is_urgent), items in by_choice.items():
        directory = recipients.directory(to)
        if directory is None:
            continue
        chosen = directory.channels({person.id for _, person, _ in items}, kind, is_urgent=is_urgent)
        rows += [
            _row(clinic_id, draft, person, facts, channel, now, is_urgent=is_urgent)
            for draft, person, facts in items
            for channel in (draft.only if draft.only is not None else chosen.get(person.id, ()))
        ]
    return rows


def _row(
    clinic_id: uuid.UUID,
    draft: Draft,
    person: Recipient,
    facts: dict[str, Any],
    channel: str,
    now: datetime,
    *,
    is_urgent: bool,
) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "to": person.to,
        "recipient_id": person.id,
        "patient_id": person.patient_id or draft.about,
        "channel": channel,
        "kind": draft.kind,
        "is_urgent": is_urgent,
        "facts": facts,
        "dedupe_key": draft.dedupe_key,
        "created_at": now,
        "not_before": draft.not_before,
        "next_try_at": max(now, draft.not_before or now),
        "expires_at": draft.expires_at,
    }


def stop(*, clinic_id: uuid.UUID, dedupe_prefix: str, why: str = "settled") -> int:
    """What waits under keys of this beginning is not sent any more: the alert was taken, say."""
    return _stop(Message.objects.filter(clinic_id=clinic_id, dedupe_key__startswith=dedupe_prefix), why)


def stop_for(patient_id: uuid.UUID, *, and_to_staff: bool = True, why: str = "stopped") -> int:
    """Nothing that waits to or about this patient is sent any more: death, erasure, discharge.

    With `and_to_staff` off, members still get what waits for them (an alert that a receiver accepted).
    What is being handed to a mail server at this very moment cannot be called back.
    """
    rows = Message.objects.filter(patient_id=patient_id)
    return _stop(rows if and_to_staff else rows.exclude(to=Message.To.STAFF), why)


def _stop(rows: Any, why: str) -> int:
    """Of those being sent too: a failure to send will not bring them back."""
    ended = {"state": Message.State.STOPPED, "why": why, "ended_at": timezone.now(), "lease_until": None}
    count: int = rows.filter(state__in=Message.UNDER_WAY).update(**ended)
    return count


def was_received(clinic_id: uuid.UUID, dedupe_prefix: str) -> bool:
    """Whether somebody opened one of these messages: sent is not received."""
    rows = Message.objects.filter(clinic_id=clinic_id, dedupe_key__startswith=dedupe_prefix)
    return rows.filter(receipt_at__isnull=False).exists()


def who_was_told(clinic_id: uuid.UUID, dedupe_keys: Collection[str]) -> set[tuple[str, uuid.UUID]]:
    """Key and recipient of what was queued under these, by whatever channel."""
    rows = Message.objects.filter(clinic_id=clinic_id, dedupe_key__in=dedupe_keys)
    return set(rows.values_list("dedupe_key", "recipient_id"))


def who_received(clinic_id: uuid.UUID, dedupe_keys: Collection[str]) -> set[uuid.UUID]:
    """Which recipients opened one of these messages."""
    rows = Message.objects.filter(clinic_id=clinic_id, dedupe_key__in=dedupe_keys, receipt_at__isnull=False)
    return set(rows.values_list("recipient_id", flat=True))


def confirm_receipt(message: Message, *, by: Actor | None = None) -> bool:
    """Its recipient, signed in, came by its link or a click on the notification. Once: the first counts.

    What was opened proves the way it came by: its addresses are confirmed.
    """
    now = timezone.now()
    if not Message.objects.filter(pk=message.pk, receipt_at=None).update(receipt_at=now):
        return False
    directory = recipients.directory(message.to)
    if directory is not None:
        directory.confirm(message, now)
    if by is not None:
        access_log.record("message.opened", by=by, patient_id=message.patient_id, objects=[message.pk])
    return True
