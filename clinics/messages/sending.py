"""Sends what is due. A message is claimed in one transaction, sent outside any, and recorded in another.

Between the two it is *sending*, with a lease: a worker killed there leaves at most one double, a marked one.
"""

import logging
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Case, Q, When
from django.utils import timezone

from clinics import tenancy
from clinics.messages import channels, endings, recipients, words
from clinics.messages.channels import Line, Parcel
from clinics.messages.outcomes import (
    ChannelDown,
    Gone,
    InDoubt,
    NotNow,
    NotOffered,
    NotReached,
    NotSent,
    RefusedForGood,
)
from clinics.messages.recipients import Target
from clinics.models import Channel, Clinic, Message

logger = logging.getLogger(__name__)

_SLOWER = Case(When(channel=Channel.EMAIL, then=1), default=0)
TURN = 50
"""Messages of one clinic before the next has its turn."""
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_URGENT_WAIT = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=15)


@dataclass
class Run:
    """One call of `send_due`: its lines, and which channels turned out to be down."""

    left: int
    ends: float
    is_urgent_alone: bool = False
    lines: dict[str, Line | None] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    sent: int = 0

    @property
    def is_over(self) -> bool:
        return self.left <= 0 or time.monotonic() > self.ends

    def line(self, channel: str) -> Line:
        if channel not in self.lines:
            self.lines[channel] = channels.line_of(channel)
        line = self.lines[channel]
        if line is None:
            raise NotOffered("channel_not_set_up")
        return line

    def close(self) -> None:
        for line in self.lines.values():
            if line is not None:
                line.close()


def send_due(limit: int = 500, *, seconds: float = 40.0, clinic_id: uuid.UUID | None = None) -> int:
    """Sends up to `limit` messages; how many went. The urgent ones of every clinic go first, phones before
    mail servers, which may be slow; then the others, clinics taking turns.

    Ends after `seconds`. May run in several processes at once. Call it outside any transaction.
    """
    run = Run(limit, time.monotonic() + seconds)
    clinics = [clinic_id] if clinic_id else list(Clinic.objects.order_by("?").values_list("pk", flat=True))
    try:
        for run.is_urgent_alone in (True, False):
            ids = clinics
            while ids and not run.is_over:
                ids = [pk for pk in ids if _take_turn_alone(pk, run)]
    finally:
        run.close()
    return run.sent


def _take_turn_alone(clinic_id: uuid.UUID, run: Run) -> bool:
    """What fails in one clinic keeps no other waiting; the next run tries again."""
    try:
        return _take_turn(clinic_id, run)
    except Exception as error:
        logger.error("Messages of clinic %s wait: %s", clinic_id, type(error).__name__)
        return False


def _take_turn(clinic_id: uuid.UUID, run: Run) -> bool:
    """Whether the clinic may have more."""
    for _number in range(TURN):
        if run.is_over:
            return False
        claimed = _claim(clinic_id, run)
        if claimed is None:
            return False
        if claimed.target is not None:
            _deliver(claimed.message, claimed.target, run)
    return True


@dataclass(frozen=True)
class Claimed:
    """A message taken from the outbox; without a target it was settled on the spot."""

    message: Message
    target: Target | None


def _claim(clinic_id: uuid.UUID, run: Run) -> Claimed | None:
    with tenancy.enter(clinic_id):
        now = timezone.now()
        rows = Message.objects.filter(clinic_id=clinic_id).exclude(channel__in=run.down)
        if run.is_urgent_alone:
            rows = rows.filter(is_urgent=True)
        row = (
            rows.filter(_is_due(now))
            .order_by("-is_urgent", _SLOWER, "next_try_at")
            .select_for_update(skip_locked=True)
            .first()
        )
        if row is None:
            return None
        run.left -= 1
        return Claimed(row, _prepare(row, now))


def _is_due(now: datetime) -> Q:
    """Also what a clock that was set back would keep waiting: further ahead than any try or lease is set."""
    longest = LONGEST_WAIT + timedelta(minutes=1)
    is_early_by_wish = Q(not_before__gt=now)
    queued = Q(state=Message.State.QUEUED) & (
        Q(next_try_at__lte=now)
        | (Q(next_try_at__gt=now + longest) & Q(created_at__gt=now) & ~is_early_by_wish)
    )
    lease = timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)
    abandoned = Q(state=Message.State.SENDING) & (Q(lease_until__lte=now) | Q(lease_until__gt=now + lease))
    return queued | abandoned


def _prepare(row: Message, now: datetime) -> Target | None:
    """Marks the row as being sent, before it is; or ends it, or puts it off."""
    if row.state == Message.State.SENDING:
        if row.sent_maybe_twice:
            endings.die(row, "in_doubt", now)
            return None
        row.sent_maybe_twice = True
    if row.expires_at is not None and row.expires_at <= now:
        endings.expire(row, now)
        return None
    directory = recipients.directory(row.to)
    try:
        target = directory.target(row, now) if directory else None
    except DatabaseError:
        raise
    except Exception as error:  # by this way it can never go; by another, perhaps
        logger.error("The address of message %s cannot be read: %s", row.pk, type(error).__name__)
        endings.die(row, "address_unreadable", now)
        return None
    if target is None or not target.addresses:
        endings.drop(row, "nobody_to_send_to", now)
        return None
    if target.quiet is not None and (later := target.quiet.ends_at(now)):
        endings.put_off(row, later, now)
        return None
    row.state = Message.State.SENDING
    row.lease_until = now + timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)
    row.save(update_fields=["state", "lease_until", "sent_maybe_twice"])
    return target


def _deliver(row: Message, target: Target, run: Run) -> None:
    """Outside any transaction: another server may take its time."""
    gone: list[str] = []
    failure: NotSent | None = None
    is_sent = False
    for address in target.addresses:
        try:
            parcel = Parcel(row.pk, address, words.write(row, target, timezone.now()), row.is_urgent)
            run.line(row.channel).send(parcel)
            is_sent = True
        except Gone as error:
            gone.append(address)
            failure = error
        except NotSent as error:
            failure = error
        except Exception as error:  # one message that cannot be made keeps no other waiting
            logger.error("Message %s could not be made: %s", row.pk, type(error).__name__)
            failure = NotNow("internal_error")
    if isinstance(failure, ChannelDown):
        run.down.add(row.channel)
    with tenancy.enter(row.clinic_id):
        _forget(row, target, gone)
        _record(row, None if is_sent else failure)
    run.sent += is_sent


def _forget(row: Message, target: Target, gone: list[str]) -> None:
    directory = recipients.directory(row.to)
    for address in gone:
        if directory is not None and (handle := target.handles.get(address)):
            directory.forget(row, handle)


def _record(row: Message, failure: NotSent | None) -> None:
    now = timezone.now()
    mine = Message.objects.filter(pk=row.pk, state=Message.State.SENDING, lease_until=row.lease_until)
    if failure is None:
        if not mine.update(
            **endings.sent(now)
        ):  # stopped meanwhile, or taken for abandoned: it went all the same
            again = Message.objects.filter(pk=row.pk).exclude(state=Message.State.STOPPED)
            again.update(sent_maybe_twice=True)
            Message.objects.filter(pk=row.pk).update(**endings.sent(now))
        return
    current = mine.select_for_update().first()
    if current is None:
        return
    if isinstance(failure, RefusedForGood | Gone):
        endings.die(current, failure.why, now)
    elif isinstance(failure, InDoubt) and current.sent_maybe_twice:
        endings.die(current, "in_doubt", now)
    else:
        _try_again(current, failure, now)


def _try_again(row: Message, failure: NotSent, now: datetime) -> None:
    """An outage is not the message's failure: only time ends it. What an address refuses is counted."""
    is_outage = isinstance(failure, NotReached)
    attempts = row.attempts + (0 if is_outage else 1)
    too_old = now - max(row.created_at, row.not_before or row.created_at) > timedelta(
        hours=settings.MESSAGE_GIVE_UP_HOURS
    )
    if attempts >= settings.MESSAGE_MAX_ATTEMPTS or too_old:
        endings.die(row, failure.why, now)
        return
    row.state, row.lease_until, row.why = Message.State.QUEUED, None, failure.why
    row.attempts = attempts
    row.sent_maybe_twice = row.sent_maybe_twice or isinstance(failure, InDoubt)
    waited = now - row.created_at if isinstance(failure, NotReached) else None
    row.next_try_at = now + wait_after(attempts, is_urgent=row.is_urgent, waited=waited)
    row.save(update_fields=["state", "lease_until", "why", "attempts", "sent_maybe_twice", "next_try_at"])


def wait_after(attempts: int, *, is_urgent: bool, waited: timedelta | None = None) -> timedelta:
    """Twice as long after each failure, up to a quarter of an hour, two minutes if urgent.

    `waited`: how long it has been on its way, where nobody answered at all, which is not counted: a minute,
    and longer for what has waited long.
    """
    longest = LONGEST_URGENT_WAIT if is_urgent else LONGEST_WAIT
    if waited is not None:
        return min(max(timedelta(minutes=1), waited / 4), longest)
    return min(FIRST_WAIT * (1 << min(attempts, 10)), longest)
