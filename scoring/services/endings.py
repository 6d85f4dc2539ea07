"""How an alert ends: with what was done, and for the last question of the PHQ-9 with who spoke to whom and
when, what was agreed and the next date; or, unreached, after the clinic's steps and a second clinician."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent, AlertWords
from scoring.services.moves import lock_to_treat, may, move

NOTE_LIMIT = 4000
CLOCK_TOLERANCE = timedelta(minutes=5)
OF_ONES_OWN = {Alert.Outcome.NOTED, Alert.Outcome.SPOKEN, Alert.Outcome.NO_CONTACT}
"""What one clinician alone may say of an ending."""


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
def resolve(
    *,
    alert_id: uuid.UUID,
    note: str,
    by: Membership,
    outcome: str = Alert.Outcome.NOTED,
    spoken: Spoken | None = None,
    next_date: date | None = None,
    was_helpful: bool | None = None,
    called_seq: int | None = None,
) -> HandledAlert:
    """Closes an alert with what was done. The first note stands; a later one changes nothing."""
    note = checked_note(note)
    alert = lock_to_treat(alert_id, by, called_seq)
    if alert.state == Alert.State.RESOLVED:
        return HandledAlert(alert, has_changed=False)
    if outcome not in OF_ONES_OWN:
        raise DomainError("unknown_outcome", _("Please choose how it ended."), field="outcome")
    if spoken is not None:
        spoken = _checked_spoken(spoken, alert)
    _check_next(alert, next_date)
    if alert.rule == Alert.Rule.ITEM_9:
        _check_item_nine(outcome, spoken, next_date)
    alert.was_helpful = was_helpful
    _finish(alert, outcome=outcome, note=note, by=by, spoken=spoken, next_date=next_date)
    return HandledAlert(alert, has_changed=True)


@transaction.atomic
def propose_unreached(
    *,
    alert_id: uuid.UUID,
    note: str,
    next_date: date | None,
    took_steps: bool,
    by: Membership,
    called_seq: int | None = None,
) -> Alert:
    """The patient could not be reached and the clinic's own steps were taken: a second clinician looks."""
    note = checked_note(note)
    if not took_steps:
        raise DomainError("steps_missing", _("First take the clinic's own steps."), field="took_steps")
    alert = lock_to_treat(alert_id, by, called_seq)
    if not may(alert, Act.PROPOSE):
        raise DomainError("no_attempt", _("Write down at least one attempt to reach the patient first."))
    if next_date is None:
        raise DomainError("next_date_missing", _("Please give the next date."), field="next_date")
    _check_next(alert, next_date)
    alert.unreached_by, alert.unreached_at, alert.next_date = by, timezone.now(), next_date
    move(alert, Act.PROPOSE, AlertEvent.Kind.PROPOSED, by=by, text=note)
    return alert


@transaction.atomic
def confirm_unreached(
    *, alert_id: uuid.UUID, note: str, by: Membership, called_seq: int | None = None
) -> HandledAlert:
    """The second clinician agrees; the alert is resolved with the words of both."""
    note = checked_note(note)
    alert = lock_to_treat(alert_id, by, called_seq)
    if alert.state == Alert.State.RESOLVED:
        return HandledAlert(alert, has_changed=False)
    if alert.unreached_by_id is None or alert.state != Alert.State.NOT_REACHED:
        raise DomainError("not_proposed", _("Nobody has proposed this. Nothing was done."))
    if alert.unreached_by_id == by.pk:
        raise DomainError("second_needed", _("A second clinician must agree, not the one who proposed it."))
    both = f"{proposed_words(alert)}\n\n{note}"
    _finish(alert, outcome=Alert.Outcome.NOT_REACHED, note=both, by=by)
    return HandledAlert(alert, has_changed=True)


def proposed_words(alert: Alert) -> str:
    """What the first clinician wrote, of the proposal that stands."""
    rows = AlertWords.objects.filter(event__alert=alert, event__kind=AlertEvent.Kind.PROPOSED)
    newest = rows.order_by("-event__seq").first()
    return str(newest.text) if newest is not None else ""


def close(*, alert_id: uuid.UUID, outcome: Alert.Outcome, note: str, by: Membership) -> None:
    """With the record: the duty ended by a death, or is a named receiver's."""
    alert = lock_to_treat(alert_id, by)
    if alert.state != Alert.State.RESOLVED:
        _finish(alert, outcome=outcome, note=note, by=by)


def checked_note(note: str) -> str:
    note = checked_words(note, field="note")
    if not note:
        raise DomainError("note_missing", _("Please write what was done."), field="note")
    return note


def checked_words(words: str, *, field: str) -> str:
    words = words.strip()
    if len(words) > NOTE_LIMIT:
        raise DomainError("note_too_long", _("Please keep the note under 4,000 characters."), field=field)
    return words


def _checked_spoken(spoken: Spoken, alert: Alert) -> Spoken:
    whom = checked_words(spoken.whom, field="spoken_with")
    if not whom:
        raise DomainError("whom_missing", _("Please write who was spoken to."), field="spoken_with")
    if not spoken.by.treats_patients:
        raise DomainError("not_a_clinician", _("Only clinicians speak for the clinic."), field="spoken_by")
    if spoken.at > timezone.now() + CLOCK_TOLERANCE:
        raise DomainError("in_the_future", _("This time has not come yet."), field="spoken_at")
    if spoken.at < alert.called_at.replace(second=0, microsecond=0):  # people write minutes
        raise DomainError("before_the_call", _("The alert is newer than this."), field="spoken_at")
    return Spoken(spoken.by, whom, spoken.at)


def _check_next(alert: Alert, next_date: date | None) -> None:
    zone = Clinic.objects.get(pk=alert.clinic_id).zone
    if next_date is not None and next_date < timezone.now().astimezone(zone).date():
        raise DomainError("in_the_past", _("The next date lies in the past."), field="next_date")


def _check_item_nine(outcome: str, spoken: Spoken | None, next_date: date | None) -> None:
    """Not resolved until somebody spoke to the patient (decision 42)."""
    if outcome != Alert.Outcome.SPOKEN or spoken is None:
        message = _("This alert is resolved with who spoke to whom and when.")
        raise DomainError("not_spoken", message, field="outcome")
    if next_date is None:
        raise DomainError("next_date_missing", _("Please give the next date."), field="next_date")


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
        alert.reached_at = alert.reached_at or spoken.at
    if next_date is not None:
        alert.next_date = next_date
    move(alert, Act.RESOLVE, AlertEvent.Kind.RESOLVED, by=by)
