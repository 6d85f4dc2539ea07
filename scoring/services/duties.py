"""What people do with an alert. Who comes second changes nothing, and reads in the alert who was faster."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.models import Membership
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent
from scoring.services.moves import lock_to_treat, move

NOTE_LIMIT = 4000
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class HandledAlert:
    """The alert after the act. `has_changed` is False when somebody (see its columns) had done it before."""

    alert: Alert
    has_changed: bool


@dataclass(frozen=True)
class Spoken:
    """Who spoke to whom, and when."""

    by: Membership
    whom: str
    at: datetime


@transaction.atomic
def take(*, alert_id: uuid.UUID, by: Membership) -> HandledAlert:
    """Of two in the same second one has it; the other reads in `owner` who."""
    alert = lock_to_treat(alert_id, by)
    if alert.state != Alert.State.OPEN:
        return HandledAlert(alert, has_changed=False)
    move(alert, Act.TAKE, AlertEvent.Kind.TAKEN, by=by)
    return HandledAlert(alert, has_changed=True)


@transaction.atomic
def resolve(
    *,
    alert_id: uuid.UUID,
    note: str,
    by: Membership,
    outcome: str = Alert.Outcome.NOTED,
    spoken: Spoken | None = None,
    next_date: date | None = None,
    was_helpful: bool | None = None,
) -> HandledAlert:
    """Closes an alert with what was done. The first note stands; a later one changes nothing."""
    note = checked_note(note)
    alert = lock_to_treat(alert_id, by)
    if alert.state == Alert.State.RESOLVED:
        return HandledAlert(alert, has_changed=False)
    alert.was_helpful = was_helpful
    _finish(alert, outcome=outcome, note=note, by=by, spoken=spoken, next_date=next_date)
    return HandledAlert(alert, has_changed=True)


def close(*, alert_id: uuid.UUID, outcome: Alert.Outcome, note: str, by: Membership) -> None:
    """With the record: the duty ended by a death, or is a named receiver's."""
    alert = lock_to_treat(alert_id, by)
    if alert.state != Alert.State.RESOLVED:
        _finish(alert, outcome=outcome, note=note, by=by)


def checked_note(note: str) -> str:
    note = note.strip()
    if not note:
        raise DomainError("note_missing", _("Please write what was done."), field="note")
    if len(note) > NOTE_LIMIT:
        raise DomainError("note_too_long", _("Please keep the note under 4,000 characters."), field="note")
    return note


def _finish(
    alert: Alert,
    *,
    outcome: str,
    note: str,
    by: Membership,
    spoken: Spoken | None = None,
    next_date: date | None = None,
) -> None:
    alert.outcome = outcome
    alert.note = note  # type: ignore[assignment]  # the encrypted field's base has no types
    alert.resolved_by, alert.resolved_at = by, timezone.now()
    if spoken is not None:
        alert.spoken_by, alert.spoken_at = spoken.by, spoken.at
        alert.spoken_with = spoken.whom  # type: ignore[assignment]
    if next_date is not None:
        alert.next_date = next_date
    move(alert, Act.RESOLVE, AlertEvent.Kind.RESOLVED, by=by)
