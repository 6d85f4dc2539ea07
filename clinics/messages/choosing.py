"""What a member decides about how messages reach them."""

import uuid
from datetime import time

from django.db import transaction
from django.utils import timezone

from clinics import access_log
from clinics.messages import addresses, fingerprints, outbox
from clinics.messages.kinds import Kind
from clinics.models import Channel, MemberAddress, MemberChoices, Membership, Message

TEST_PATH = "/c/{slug}/messages/"


@transaction.atomic
def save_choices(
    *, member: Membership, ways: list[str], quiet_from: time | None, quiet_until: time | None
) -> None:
    """Of what is not urgent. Nothing chosen means by e-mail: nobody is left without any way."""
    row = MemberChoices.objects.filter(membership=member).first()
    row = row or MemberChoices(clinic_id=member.clinic_id, membership=member)
    chosen = set(ways) or {Channel.EMAIL}
    for channel in Channel.values:
        setattr(row, f"by_{channel}", channel in chosen)
    is_quiet = quiet_from is not None and quiet_until is not None and quiet_from != quiet_until
    row.quiet_from, row.quiet_until = (quiet_from, quiet_until) if is_quiet else (None, None)
    row.save()
    access_log.record("message_choices.saved", by=member)


@transaction.atomic
def add_address(*, member: Membership, channel: str, text: str) -> MemberAddress:
    """A chat or a phone, in place of the one before. Until its owner confirmed it, it gets tests alone."""
    return _add(member, channel, addresses.clean(channel, text), "")


@transaction.atomic
def add_device(*, member: Membership, endpoint: str, p256dh: str, auth: str, label: str) -> MemberAddress:
    """This browser. Whoever else used it here before is not told through it any more."""
    address = addresses.subscription(endpoint, p256dh, auth)
    row = _add(member, Channel.PUSH, address, label[:100])
    known = fingerprints.every(member.clinic_id, Channel.PUSH, address)
    others = MemberAddress.objects.filter(clinic_id=member.clinic_id, fingerprint__in=known)
    others.exclude(membership=member).delete()
    return row


def _add(member: Membership, channel: str, address: str, label: str) -> MemberAddress:
    mark = fingerprints.fingerprint(member.clinic_id, channel, address)
    known = fingerprints.every(member.clinic_id, channel, address)
    mine = MemberAddress.objects.filter(membership=member, channel=channel)
    row = mine.filter(fingerprint__in=known).first()
    row = row or MemberAddress(
        clinic_id=member.clinic_id, membership=member, channel=channel, fingerprint=mark
    )
    is_new = row._state.adding
    row.fingerprint = mark
    row.address, row.label = address, label or None  # type: ignore[assignment]
    row.save()
    if is_new:
        _tell_owner(member, row.pk)
    newest = mine.order_by("-created_at").values_list("pk", flat=True)[: addresses.MOST[Channel(channel)]]
    mine.exclude(pk__in=[*newest, row.pk]).delete()
    access_log.record("message_address.added", by=member, objects=[row.pk], channel=channel)
    return row


def _tell_owner(member: Membership, row_id: uuid.UUID) -> None:
    """By e-mail to the account's own address, whatever is chosen: who did it may be somebody else at an open
    screen."""
    draft = outbox.Draft(
        to=member,
        kind=Kind.WAY_ADDED,
        dedupe_key=f"way_added:{row_id}",
        facts={"path": TEST_PATH.format(slug=member.clinic.slug)},
        only={Channel.EMAIL},
    )
    outbox.queue_many(clinic_id=member.clinic_id, drafts=[draft])


@transaction.atomic
def remove_address(*, member: Membership, address_id: uuid.UUID) -> bool:
    gone, _ = MemberAddress.objects.filter(membership=member, pk=address_id).delete()
    if gone:
        access_log.record("message_address.removed", by=member, objects=[address_id])
    return bool(gone)


@transaction.atomic
def send_test(*, member: Membership, channel: str) -> list[Message]:
    """To every address of one channel; opening its link confirms them."""
    addresses.check_offered(channel)
    access_log.record("message_address.tested", by=member, channel=channel)
    now = timezone.now()
    draft = outbox.Draft(
        to=member,
        kind=Kind.TEST_ALERT,
        dedupe_key=f"test:{channel}:{uuid.uuid4()}",
        facts={"since": now, "path": TEST_PATH.format(slug=member.clinic.slug)},
        only={channel},
    )
    outbox.queue_many(clinic_id=member.clinic_id, drafts=[draft])
    return list(Message.objects.filter(recipient_id=member.pk, dedupe_key=draft.dedupe_key))
