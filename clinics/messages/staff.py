"""How members are reached: their choices, their addresses, and that urgent alerts take every way there is."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from clinics.messages import channels, recipients
from clinics.messages.kinds import Kind
from clinics.messages.recipients import Quiet, Target
from clinics.models import Channel, MemberAddress, MemberChoices, Membership, Message

TO_CLINICIANS = {Kind.ALERT, Kind.DIGEST}


class Staff:
    def channels(
        self, ids: Collection[uuid.UUID], kind: str, *, is_urgent: bool
    ) -> Mapping[uuid.UUID, Collection[str]]:
        """Without a choice, or where nothing chosen is there any more: by e-mail."""
        known = list(Membership.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True))
        ready = self._ready(known)
        rows = MemberChoices.objects.filter(membership_id__in=known)
        wishes = {row.membership_id: set(row.channels) for row in rows}
        ways = {}
        for pk in known:
            there = {Channel.EMAIL, *ready[pk]}
            chosen = there if is_urgent else wishes.get(pk, {Channel.EMAIL}) & there
            ways[pk] = [channel for channel in Channel.values if channel in (chosen or {Channel.EMAIL})]
        return ways

    def _ready(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
        """Channels that are offered and to which a confirmed address leads; a device confirms itself."""
        ready: dict[uuid.UUID, set[str]] = defaultdict(set)
        rows = MemberAddress.objects.filter(membership_id__in=ids, channel__in=channels.offered())
        for pk, channel, confirmed_at in rows.values_list("membership_id", "channel", "confirmed_at"):
            if confirmed_at is not None or channel == Channel.PUSH:
                ready[pk].add(channel)
        return ready

    def target(self, message: Message, now: datetime) -> Target | None:
        member = (
            Membership.objects.select_related("user", "clinic")
            .filter(pk=message.recipient_id, is_active=True, user__is_active=True)
            .first()
        )
        if member is None or (message.kind in TO_CLINICIANS and not member.treats_patients):
            return None
        quiet = self._quiet(member, message)
        if message.channel == Channel.EMAIL:
            return Target([member.user.email], member.user.language, quiet=quiet)
        rows = MemberAddress.objects.filter(membership=member, channel=message.channel)
        if message.channel != Channel.PUSH and message.kind != Kind.TEST_ALERT:
            rows = rows.filter(confirmed_at__isnull=False)
        found = {str(row.address): row.pk for row in rows}
        return Target(list(found), member.user.language, quiet=quiet, handles=found)

    def _quiet(self, member: Membership, message: Message) -> Quiet | None:
        """On the clinic's clock. Never for what is urgent: whoever is told was chosen because nobody else is
        there, and outside cover hours the timers wait by themselves."""
        if message.is_urgent or message.kind in {Kind.TEST_ALERT, Kind.WAY_ADDED}:
            return None
        row = MemberChoices.objects.filter(membership=member).first()
        if row is None or row.quiet_from is None or row.quiet_until is None:
            return None
        return Quiet(row.quiet_from, row.quiet_until, member.clinic.zone)

    def forget(self, message: Message, handle: uuid.UUID) -> None:
        MemberAddress.objects.filter(pk=handle).delete()

    def confirm(self, message: Message, now: datetime) -> None:
        rows = MemberAddress.objects.filter(membership_id=message.recipient_id, channel=message.channel)
        rows.filter(confirmed_at=None, created_at__lte=message.created_at).update(confirmed_at=now)

    def fall_back(self, message: Message) -> str | None:
        """Whoever lost their last device still gets it by e-mail; a test proves its own way and no other."""
        is_last = message.channel == Channel.EMAIL or message.kind == Kind.TEST_ALERT
        return None if is_last else Channel.EMAIL


recipients.register(Message.To.STAFF, Staff())
