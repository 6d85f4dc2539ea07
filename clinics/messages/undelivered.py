"""What could not be delivered: administrators are told, by message at most once an hour, and on a page until
one of them has seen it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, tenancy
from clinics.access_log import System
from clinics.messages import channels, outbox
from clinics.messages.kinds import Kind
from clinics.models import Channel, Clinic, Membership, Message, Role
from clinics.models.messages import MessageQuerySet

BY = System("messages")
SHOWN = 200
LATE = timedelta(minutes=5)
WHY = {
    "address_refused": _("the mail server does not know this address, or its mailbox is full"),
    "address_unreadable": _("its address cannot be read any more: please enter it again"),
    "address_unusable": _("no mail can be sent to this address"),
    "channel_not_set_up": _("this channel is not set up any more"),
    "device_gone": _("the device does not take notifications any more"),
    "in_doubt": _("it may have arrived; a third try might have been one too many"),
    "internal_error": _("the message could not be made: please tell the operator"),
    "mail_server_failed": _("the mail server was not there for two days"),
    "mail_server_unreachable": _("the mail server was not there for two days"),
    "message_refused": _("the mail server refused the message"),
    "too_late": _("its time had passed before it could be sent"),
    "unreachable": _("the other side did not answer"),
    "webhook_gone": _("the chat's webhook is gone"),
}


def tell(row: Message) -> None:
    """Inside the transaction that gives the message up. A dead message of this kind makes no further one."""
    access_log.record(
        "message.undelivered",
        by=BY,
        patient_id=row.patient_id,
        objects=[row.pk],
        channel=row.channel,
        why=row.why,
    )
    if row.kind == Kind.UNDELIVERED:
        return
    hour = timezone.now().strftime("%Y-%m-%dT%H")
    path = reverse("clinics:outbox", args=[Clinic.objects.get(pk=row.clinic_id).slug])
    facts = {"count": unseen().count(), "path": path}
    admins = Membership.objects.filter(clinic_id=row.clinic_id, role=Role.ADMINISTRATOR, is_active=True)
    outbox.queue_many(
        clinic_id=row.clinic_id,
        drafts=[outbox.Draft(admin, Kind.UNDELIVERED, f"undelivered:{hour}", facts) for admin in admins],
    )


def are_urgent_late() -> bool:
    """Whether an urgent mail or text of this clinic has found nobody to take it for five minutes. What one
    address refuses is not meant: that is counted, and told when it is given up."""
    now = timezone.now()
    rows = Message.objects.waiting().filter(is_urgent=True, attempts=0, created_at__lt=now - LATE)
    is_due = Q(not_before=None) | Q(not_before__lte=now - LATE)
    return rows.filter(is_due, channel__in=[Channel.EMAIL, Channel.SMS]).exists()


def are_urgent_late_anywhere() -> bool:
    """Outside any clinic, of all of them."""
    for clinic_id in Clinic.objects.values_list("pk", flat=True):
        with tenancy.enter(clinic_id):
            if are_urgent_late():
                return True
    return False


def unseen() -> MessageQuerySet:
    return Message.objects.undelivered().filter(seen_at=None)


def count() -> int:
    return unseen().count()


@dataclass(frozen=True)
class ChannelState:
    """One channel as its administrators see it."""

    channel: str
    label: str
    is_offered: bool
    waiting: int
    oldest: datetime | None

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and timezone.now() - self.oldest > LATE


def states_of_channels() -> list[ChannelState]:
    is_due = Q(not_before=None) | Q(not_before__lte=timezone.now())
    rows = Message.objects.waiting().filter(is_due).values("channel")
    counted = {
        row["channel"]: (row["n"], row["oldest"])
        for row in rows.annotate(n=Count("pk"), oldest=Min("created_at"))
    }
    return [
        ChannelState(
            channel,
            str(Channel(channel).label),
            channels.is_offered(channel),
            *counted.get(channel, (0, None)),
        )
        for channel in Channel.values
    ]


@dataclass(frozen=True)
class Undelivered:
    """A dead message as administrators see it: a colleague by name, a patient not at all."""

    message: Message
    to: str
    kind: str
    channel: str
    why: str


def listed() -> list[Undelivered]:
    """The newest, those nobody has seen yet first."""
    rows = list(
        Message.objects.undelivered().order_by(F("seen_at").desc(nulls_first=True), "-ended_at")[:SHOWN]
    )
    ids = {row.recipient_id for row in rows if row.to == Message.To.STAFF}
    names = {member.pk: str(member.name) for member in Membership.objects.filter(pk__in=ids)}
    return [
        Undelivered(
            row,
            names.get(row.recipient_id, str(Message.To(row.to).label)),
            str(Kind(row.kind).label),
            str(Channel(row.channel).label),
            str(WHY.get(row.why, _("it was refused"))),
        )
        for row in rows
    ]


@transaction.atomic
def mark_seen(*, by: Membership) -> int:
    """All there are now."""
    count = unseen().update(seen_at=timezone.now())
    if count:
        access_log.record("message.undelivered_seen", by=by, count=count)
    return count
