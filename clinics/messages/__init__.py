"""Messages to people: one outbox, several channels, no patient data (docs/messages.md).

    facts = {"number": 4127, "since": moment, "state": "not_taken", "lane": "item_9", "path": "/c/north/..."}
    messages.queue(clinic_id=..., to=member, kind=messages.Kind.ALERT, dedupe_key=f"alert:{alert.pk}:take:1",
                   facts=facts, about=patient.pk)

Inside the caller's transaction and clinic; the same key to the same person is queued once. `queue_many` takes
thousands of `Draft`s. `send_due` sends (Celery, beat). `stop` ends what waits under a key, `stop_for` what
waits to or about a patient. `was_received` is true only once somebody signed in and opened one of them.
"""

from clinics.messages import staff as _staff  # noqa: F401  registers itself
from clinics.messages.kinds import AlertState, ForbiddenFactError, Kind
from clinics.messages.outbox import (
    Draft,
    confirm_receipt,
    queue,
    queue_many,
    stop,
    stop_for,
    was_received,
    who_received,
    who_was_told,
)
from clinics.messages.recipients import Recipient
from clinics.messages.sending import send_due
from clinics.messages.undelivered import are_urgent_late_anywhere

__all__ = [
    "AlertState",
    "Draft",
    "ForbiddenFactError",
    "Kind",
    "Recipient",
    "are_urgent_late_anywhere",
    "confirm_receipt",
    "queue",
    "queue_many",
    "send_due",
    "stop",
    "stop_for",
    "was_received",
    "who_received",
    "who_was_told",
]
