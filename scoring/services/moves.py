"""One move of an alert: by the table, with its event, its timers, its entry in the access log and its bell.

Order of locks, as everywhere: the patient, the alert, the clinic's sequence, the access log.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor, System
from clinics.errors import DomainError
from clinics.messages import AlertState
from clinics.models import Membership
from patients import services as patient_services
from patients.locks import lock_patients
from scoring import signals
from scoring.duty import calling, telling, timers
from scoring.duty.transitions import Act, Move, Offer, Owner, State, Timer, move_of
from scoring.models import Alert, AlertEvent, AlertSequence, AlertTimer, AlertWords

Scalar = str | int | float | bool | None
Facts = Mapping[str, Scalar]

SCORING = System("scoring")


def lock_alert(alert_id: uuid.UUID) -> Alert:
    """The patient's row first, as everywhere, then the alert's."""
    lock_patients(Alert.objects.filter(pk=alert_id).values_list("patient_id", flat=True))
    alert = Alert.objects.of_duty().filter(pk=alert_id).select_for_update(no_key=True, of=("self",)).first()
    if alert is None:
        raise DomainError("no_such_alert", _("This alert does not exist."))
    return alert


CALLED_AGAIN = "called_again"


def lock_to_treat(alert_id: uuid.UUID, by: Membership, called_seq: int | None = None) -> Alert:
    """`called_seq`: the call that was on the page somebody answers. If the alert has called again since, what
    they did was about an older one. None: from who has read the alert in this very act."""
    if not by.treats_patients:
        raise DomainError("may_not_treat", _("Only a treating clinician may do this."))
    alert = lock_alert(alert_id)
    if alert.patient.user_id == by.user_id:
        raise DomainError("own_record", _("This is about you: a colleague looks after it."))
    is_ended = alert.state == Alert.State.RESOLVED
    if called_seq is not None and called_seq != alert.called_seq and not is_ended:
        message = _("This alert has called again since your page was opened. Read what is new first.")
        raise DomainError(CALLED_AGAIN, message)
    return alert


def may(alert: Alert, act: Act) -> bool:
    return move_of(alert.state, act) is not None


def move(
    alert: Alert,
    act: Act,
    kind: AlertEvent.Kind,
    *,
    by: Membership | None = None,
    actor: Actor | None = None,
    toward: Membership | None = None,
    facts: Facts | None = None,
    until: datetime | None = None,
    text: str = "",
    whom: str = "",
) -> AlertEvent:
    """Does what the table says of a locked alert. `until`: when a timer that starts is due, if not by
    rule."""
    rule = move_of(alert.state, act)
    if rule is None:
        raise DomainError("not_now", _("The alert has changed meanwhile. Nothing was done."))
    now = timezone.now()
    alert.state = rule.to.value
    _hand(alert, rule, by, now)
    _offer(alert, rule, toward, now)
    _forget(alert, rule, until)
    if act is Act.CALL:
        _call_anew(alert, now)
    elif act is Act.RELEASE:
        alert.called_seq = 0  # who saw it while it had an owner does not have it now
    event = tell(alert, kind, by=by, toward=toward, facts=facts)
    _run(alert, act, rule, now, until)
    if text or whom:
        write_words(event, text=text, whom=whom)
    record(alert, kind, by or actor or SCORING)
    return event


def tell(
    alert: Alert,
    kind: AlertEvent.Kind,
    *,
    by: Membership | None = None,
    toward: Membership | None = None,
    facts: Facts | None = None,
) -> AlertEvent:
    """Saves the alert under the clinic's next number, writes its history and rings."""
    alert.seq = next_number(alert.clinic_id)
    if alert.called_seq == 0:
        alert.called_seq = alert.seq
    alert.updated_at = timezone.now()
    alert.save()
    event = AlertEvent.objects.create(
        clinic_id=alert.clinic_id,
        alert=alert,
        seq=alert.seq,
        kind=kind,
        line=alert.line,
        by=by,
        toward=toward,
        facts=dict(facts or {}),
        score=alert.score,
        readings=alert.readings,
    )
    if not alert.is_shadow:
        signals.alert_raised.send(sender=Alert, clinic_id=alert.clinic_id, alert_id=alert.pk, seq=alert.seq)
    return event


def record(alert: Alert, kind: AlertEvent.Kind, actor: Actor) -> None:
    """Never by which rule: who reads the log is not to learn what a patient said."""
    access_log.record(f"alert.{kind.value}", by=actor, patient_id=alert.patient_id, objects=[alert.pk])


def write_words(event: AlertEvent, *, text: str = "", whom: str = "") -> None:
    """What a person wrote at this event, under the patient's key."""
    AlertWords(
        clinic_id=event.clinic_id,
        patient_id=event.alert.patient_id,
        event=event,
        text=text or None,
        whom=whom or None,
    ).save(force_insert=True)


def next_number(clinic_id: uuid.UUID, count: int = 1) -> int:
    """The clinic's next number, or the last of so many. The row stays locked to the commit: no gaps, and
    numbers appear in order."""
    counted = AlertSequence.objects.filter(clinic=clinic_id).update(last=F("last") + count)
    if not counted:
        AlertSequence.objects.bulk_create([AlertSequence(clinic_id=clinic_id)], ignore_conflicts=True)
        AlertSequence.objects.filter(clinic=clinic_id).update(last=F("last") + count)
    return AlertSequence.objects.values_list("last", flat=True).get(clinic=clinic_id)


def _hand(alert: Alert, rule: Move, by: Membership | None, now: datetime) -> None:
    if rule.owner is Owner.NOBODY:
        alert.owner, alert.taken_at = None, None
    elif rule.owner is not Owner.STAYS:
        assert by is not None  # whom the table makes the owner, acts
        alert.owner, alert.taken_at = by, now
        calling.lend(alert, [by])  # who came through the broken glass can do what they took upon them


def _offer(alert: Alert, rule: Move, toward: Membership | None, now: datetime) -> None:
    if rule.offer is Offer.MADE:
        alert.offered_to, alert.offered_at = toward, now
    elif rule.offer is Offer.GONE:
        alert.offered_to, alert.offered_at = None, None


def _forget(alert: Alert, rule: Move, until: datetime | None) -> None:
    """What was true of the state before: set aside until then, given up after the clinic's own steps."""
    if rule.timer is not Timer.STAYS:
        alert.snoozed_until = until if rule.timer is Timer.SNOOZE else None
    if rule.to in {State.OPEN, State.REACHED}:
        alert.unreached_by, alert.unreached_at, alert.next_date = None, None, None


def _call_anew(alert: Alert, now: datetime) -> None:
    """Somebody is wanted again: receipts, reaching and acceptance of before do not count for this call."""
    alert.called_at, alert.called_seq = now, 0
    alert.reached_at = None
    alert.receiver = None  # type: ignore[assignment]  # the encrypted field's base has no types
    alert.received_at = None


def _run(alert: Alert, act: Act, rule: Move, now: datetime, until: datetime | None) -> None:
    """Stops and starts timers. Only an offer outlives what ran before."""
    own = AlertTimer.objects.filter(alert=alert)
    accept = AlertTimer.Kind.ACCEPT
    if rule.offer is Offer.GONE:
        own.filter(kind=accept).delete()
    elif rule.offer is Offer.MADE:
        calling.start_timer(alert, accept, timers.due_at(alert, accept, now, timers.read_cover(alert, now)))
    if rule.timer is Timer.STAYS:
        return
    own.exclude(kind=accept).delete()
    telling.stop(alert)
    if rule.timer is Timer.TAKE:
        calling.begin(alert, AlertState.OPEN_AGAIN if act is Act.RELEASE else AlertState.ANSWERED_AGAIN, now)
    elif rule.timer is not Timer.NONE:
        kind = AlertTimer.Kind(rule.timer.value)
        due = until or timers.due_at(alert, kind, now, timers.read_cover(alert, now))
        calling.start_timer(alert, kind, due, step=1)
    if rule.to is State.RESOLVED:
        patient_services.end_loans(alert_id=alert.pk)
