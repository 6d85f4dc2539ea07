"""What the tests of messages do again and again."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clinics import messages, tenancy
from clinics.models import Membership, Message


def facts(**other: Any) -> dict[str, Any]:
    since = timezone.now() - timedelta(minutes=40, seconds=5)
    plain: dict[str, Any] = {"number": 4127, "since": since, "state": "not_taken", "lane": "routine"}
    return {**plain, "path": "/c/north/alerts/", **other}


def queue(to: Membership, key: str = "alert:1:take", **more: Any) -> list[Message]:
    """An alert to a member, committed."""
    body = {"kind": messages.Kind.ALERT, "facts": facts(), **more}
    with tenancy.enter(to.clinic_id):
        return messages.queue(clinic_id=to.clinic_id, to=to, dedupe_key=key, **body)


def again(message: Message) -> Message:
    with tenancy.enter(message.clinic_id):
        return Message.objects.get(pk=message.pk)


def change(message: Message, **values: Any) -> None:
    with tenancy.enter(message.clinic_id):
        assert Message.objects.filter(pk=message.pk).update(**values)


def make_due(message: Message, at: datetime | None = None) -> None:
    change(message, next_try_at=at or timezone.now() - timedelta(seconds=1))


def states(clinic_id: uuid.UUID) -> list[str]:
    with tenancy.enter(clinic_id):
        return sorted(Message.objects.values_list("state", flat=True))
