"""How a message ends, or is put off. Each writes the row; a death tells the administrators."""

from datetime import datetime
from typing import Any

from clinics.messages import kinds, recipients, undelivered
from clinics.models import Channel, Message
from clinics.signals import message_dead


def sent(now: datetime) -> dict[str, Any]:
    return {"state": Message.State.SENT, "why": "", "ended_at": now, "lease_until": None}


def die(row: Message, why: str, now: datetime) -> None:
    """Given up: somebody has to look."""
    if _falls_back(row, now):
        _end(row, Message.State.DROPPED, why, now)
        return
    _end(row, Message.State.DEAD, why, now)
    undelivered.tell(row)
    message_dead.send(sender=Message, clinic_id=row.clinic_id, message=row)


def _falls_back(row: Message, now: datetime) -> bool:
    """Whether another channel has this occasion to this person, or takes it now. Nothing stands in for the
    phone of an urgent alert: at night it may be all the cover there is."""
    if row.is_urgent and row.channel == Channel.SMS:
        return False
    directory = recipients.directory(row.to)
    channel = directory.fall_back(row) if directory else None
    if channel is None or (row.expires_at is not None and row.expires_at <= now):
        return False
    others = Message.objects.filter(recipient_id=row.recipient_id, dedupe_key=row.dedupe_key, channel=channel)
    if others.exists():
        return not others.filter(state=Message.State.DEAD).exists()
    kept = (
        "clinic_id",
        "to",
        "recipient_id",
        "patient_id",
        "kind",
        "is_urgent",
        "facts",
        "dedupe_key",
        "expires_at",
    )
    Message.objects.create(
        channel=channel, created_at=now, next_try_at=now, **{name: getattr(row, name) for name in kept}
    )
    return True


def drop(row: Message, why: str, now: datetime) -> None:
    """Given up without harm."""
    _end(row, Message.State.DROPPED, why, now)


def expire(row: Message, now: datetime) -> None:
    """Too late: a reminder is dropped, of an alert the administrator learns."""
    if row.kind in kinds.DROPPED_WHEN_LATE:
        drop(row, "too_late", now)
    else:
        die(row, "too_late", now)


def put_off(row: Message, until: datetime, now: datetime) -> None:
    """Over quiet hours; a reminder that would be late then is dropped now."""
    if row.expires_at is not None and until >= row.expires_at and row.kind in kinds.DROPPED_WHEN_LATE:
        drop(row, "quiet_hours", now)
        return
    row.state, row.lease_until, row.next_try_at = Message.State.QUEUED, None, until
    row.not_before = until
    row.save(update_fields=["state", "lease_until", "next_try_at", "not_before", "sent_maybe_twice"])


def _end(row: Message, state: Message.State, why: str, now: datetime) -> None:
    row.state, row.why, row.ended_at, row.lease_until = state, why, now, None
    row.save(update_fields=["state", "why", "ended_at", "lease_until", "sent_maybe_twice"])
