"""What people do with an alert. Who comes second changes nothing, and reads in the alert who was faster."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.messages import AlertState
from clinics.models import Membership
from patients import access as patients_access
from scoring.duty import telling, timers
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent
from scoring.services.endings import HandledAlert, checked_words
from scoring.services.moves import lock_to_treat, may, move

SNOOZES = 3
SNOOZE_DAYS = 5


@transaction.atomic
def take(*, alert_id: uuid.UUID, by: Membership) -> HandledAlert:
    """Of two in the same second one has it; the other reads in `owner` who."""
    alert = lock_to_treat(alert_id, by)
    if not may(alert, Act.TAKE):
        return HandledAlert(alert, has_changed=False)
    move(alert, Act.TAKE, AlertEvent.Kind.TAKEN, by=by)
    return HandledAlert(alert, has_changed=True)


@transaction.atomic
def note_attempt(
    *,
    alert_id: uuid.UUID,
    was_reached: bool,
    way: str,
    whom: str,
    text: str,
    by: Membership,
    called_seq: int | None = None,
) -> Alert:
    """One more attempt to reach the patient, by whoever made it. *Reached* is spoken to, and stops the timer;
    *not reached* leaves it running."""
    whom, text = checked_words(whom, field="whom"), checked_words(text, field="text")
    if was_reached and not whom:
        raise DomainError("whom_missing", _("Please write who was spoken to."), field="whom")
    alert = lock_to_treat(alert_id, by, called_seq)
    _must(alert, Act.REACH if was_reached else Act.MISS)
    if was_reached:
        alert.reached_at = timezone.now()
    act, kind = (Act.REACH, AlertEvent.Kind.REACHED) if was_reached else (Act.MISS, AlertEvent.Kind.MISSED)
    move(alert, act, kind, by=by, facts={"way": way}, whom=whom, text=text)
    return alert


@transaction.atomic
def give_back(*, alert_id: uuid.UUID, by: Membership) -> Alert:
    """The owner cannot look after it: it is open again, and those who are there are told."""
    alert = lock_to_treat(alert_id, by)
    _must_own(alert, by)
    move(alert, Act.RELEASE, AlertEvent.Kind.RELEASED, by=by, facts={"why": "given_back"})
    return alert


@transaction.atomic
def offer(*, alert_id: uuid.UUID, to: Membership, by: Membership) -> Alert:
    """Asks a colleague to take over. Until they accept it stays the owner's, and so does its timer."""
    alert = lock_to_treat(alert_id, by)
    _must_own(alert, by)
    _must(alert, Act.OFFER)
    if to.pk == by.pk or not to.treats_patients or not patients_access.follows(to, alert.patient):
        raise DomainError("cannot_receive", _("This colleague cannot take it over."), field="to")
    move(alert, Act.OFFER, AlertEvent.Kind.OFFERED, by=by, toward=to)
    telling.tell(alert, [to], AlertState.HANDED_TO_YOU)
    return alert


@transaction.atomic
def answer_offer(*, alert_id: uuid.UUID, accepts: bool, by: Membership) -> HandledAlert:
    """Only now is it theirs. Who was asked before, or is asked no longer, changes nothing."""
    alert = lock_to_treat(alert_id, by)
    if alert.offered_to_id != by.pk:
        return HandledAlert(alert, has_changed=False)
    before = alert.owner
    if accepts:
        move(alert, Act.ACCEPT, AlertEvent.Kind.ACCEPTED, by=by)
    else:
        move(alert, Act.DECLINE, AlertEvent.Kind.DECLINED, by=by)
        assert before is not None  # only an owner offers
        telling.tell(alert, [before], AlertState.NOT_ACCEPTED)
    return HandledAlert(alert, has_changed=True)


@transaction.atomic
def snooze(
    *, alert_id: uuid.UUID, days: int, reason: str, by: Membership, called_seq: int | None = None
) -> Alert:
    """Sets a warning aside for working days, three times at most; an intervention once, for four hours. Never
    in the urgent lanes. Who does so is its owner, and says why."""
    reason = checked_words(reason, field="reason")
    if not reason:
        raise DomainError("reason_missing", _("Please write why this can wait."), field="reason")
    alert = lock_to_treat(alert_id, by, called_seq)
    _must(alert, Act.SNOOZE)
    if alert.owner_id not in {None, by.pk}:
        raise DomainError("not_yours", _("Somebody else has this alert."))
    until = _snoozed_until(alert, days, timezone.now())
    alert.snoozes += 1
    move(alert, Act.SNOOZE, AlertEvent.Kind.SNOOZED, by=by, until=until, text=reason)
    return alert


@transaction.atomic
def hand_over(*, alert_id: uuid.UUID, receiver: str, by: Membership, called_seq: int | None = None) -> Alert:
    """Somebody named has accepted this duty outside the clinic. It stays open until the record is closed."""
    receiver = checked_words(receiver, field="receiver")
    if not receiver:
        raise DomainError("receiver_missing", _("Please write who has accepted it."), field="receiver")
    alert = lock_to_treat(alert_id, by, called_seq)
    _must(alert, Act.HAND_OVER)
    alert.receiver = receiver  # type: ignore[assignment]  # the encrypted field's base has no types
    alert.received_at = timezone.now()
    move(alert, Act.HAND_OVER, AlertEvent.Kind.HANDED_OVER, by=by, whom=receiver)
    return alert


def _snoozed_until(alert: Alert, days: int, now: datetime) -> datetime:
    read = timers.read_cover(alert, now)
    if alert.is_urgent_lane or alert.severity == Alert.Severity.URGENT:
        raise DomainError("never_snoozed", _("This alert cannot wait."))
    if alert.severity == Alert.Severity.INTERVENTION:
        if alert.snoozes:
            raise DomainError("snoozed_enough", _("This alert has waited once; it cannot wait again."))
        return now + timers.INTERVENTION_SNOOZE
    if alert.snoozes >= SNOOZES:
        raise DomainError("snoozed_enough", _("This alert has waited three times; it cannot wait again."))
    if not 1 <= days <= SNOOZE_DAYS:
        raise DomainError("days_out_of_range", _("Please choose one to five working days."), field="days")
    return timers.working_days_on(alert, now, days, read)


def _must(alert: Alert, act: Act) -> None:
    if not may(alert, act):
        raise DomainError("not_now", _("The alert has changed meanwhile. Nothing was done."))


def _must_own(alert: Alert, by: Membership) -> None:
    if alert.owner_id != by.pk:
        raise DomainError("not_yours", _("Only who has this alert can do this."))
