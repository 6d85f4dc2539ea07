"""Test alerts: that a way to somebody works is proved by their answer, signed in.

One on the screen goes by all ways that person chose, and waits on their pages. One by phone goes by phone
alone, and only who came by the link that the phone showed may confirm it: a button on a screen proves none.
"""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, messages
from clinics.errors import DomainError
from clinics.messages import recipients
from clinics.models import Channel, Membership, Message, TrialAlert

ANSWER_WITHIN = timedelta(hours=24)
"""An answer after that says nothing about how fast somebody is reached."""


@transaction.atomic
def send(*, member: Membership, channel: str, by: Membership | None = None) -> TrialAlert:
    """A test alert to a clinician. Whoever keeps the rota, or the person themselves, may ask for it."""
    if not member.treats_patients:
        raise DomainError("not_a_clinician", _("Only an active clinician gets alerts."), field="member")
    is_by_phone = channel == TrialAlert.Channel.PHONE
    if is_by_phone and not _can_be_rung(member):
        raise DomainError(
            "no_phone",
            _("No confirmed phone of this person is known here, or nothing here can ring one."),
            field="channel",
        )
    row = TrialAlert.objects.create(
        clinic_id=member.clinic_id, membership=member, channel=channel, sent_by=by
    )
    path = reverse("clinics:trial_alert", args=[member.clinic.slug, row.pk])
    draft = messages.Draft(
        to=member,
        kind=messages.Kind.TEST_ALERT,
        dedupe_key=_key(row),
        facts={"since": row.sent_at, "path": path},
        expires_at=row.sent_at + ANSWER_WITHIN,
        only={Channel.SMS} if is_by_phone else None,
    )
    messages.queue_many(clinic_id=member.clinic_id, drafts=[draft])
    access_log.record("trial.sent", by=by or member, objects=[row.pk, member.pk], channel=channel)
    return row


@transaction.atomic
def confirm(*, trial: TrialAlert, by: Membership) -> None:
    """The person it was sent to says that it came. Twice is once."""
    if trial.membership_id != by.pk:
        raise DomainError("not_yours", _("Only the person it was sent to can confirm it."))
    if trial.confirmed_at is not None:
        return
    if timezone.now() - trial.sent_at > ANSWER_WITHIN:
        raise DomainError("too_late", _("This test alert is older than a day. Please ask for another."))
    if trial.channel == TrialAlert.Channel.PHONE and not messages.was_received(trial.clinic_id, _key(trial)):
        raise DomainError(
            "not_by_phone", _("Please open the link that came to your phone, and confirm it there.")
        )
    trial.confirmed_at = timezone.now()
    trial.save(update_fields=["confirmed_at"])
    messages.stop(clinic_id=trial.clinic_id, dedupe_prefix=_key(trial))
    access_log.record("trial.confirmed", by=by, objects=[trial.pk], channel=trial.channel)


def waiting_for(member: Membership) -> list[TrialAlert]:
    """Those sent to somebody that any page may lead to; one by phone is led to by the phone alone."""
    since = timezone.now() - ANSWER_WITHIN
    rows = TrialAlert.objects.filter(clinic_id=member.clinic_id, membership=member, confirmed_at=None)
    on_screen = rows.filter(channel=TrialAlert.Channel.SCREEN, sent_at__gt=since)
    return list(on_screen.order_by("sent_at"))


def _can_be_rung(member: Membership) -> bool:
    directory = recipients.directory(Message.To.STAFF)
    assert directory is not None  # messages registers its own
    ways = directory.channels({member.pk}, messages.Kind.TEST_ALERT, is_urgent=True)
    return Channel.SMS in ways.get(member.pk, ())


def _key(trial: TrialAlert) -> str:
    return f"trial:{trial.pk}"
