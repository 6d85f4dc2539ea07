"""The clinician's socket: says that something about an alert is new, in numbers, ids and states.

Session and membership are checked at join, before each send and at least every RECHECK_SECONDS. A doorbell
may get lost: the database is the truth, read again at every join and every recheck.
"""

import asyncio
import logging
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from clinics import access_log, origins, tenancy
from clinics.models import Clinic, Membership
from scoring import access, doorbell
from scoring.feed import AlertNews, Feed, JoinedPayload, WaitingPayload, feed_of, last_number, news_of
from scoring.listeners import Closing, Listener, Permit, Roster, log_refusal, roster_of
from scoring.models import Alert
from scoring.services import receipts

logger = logging.getLogger(__name__)
RECHECK_SECONDS = 30.0
MOST_CALLS = 200


class AlertConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """`/ws/c/<slug>/alerts/?after=<seq>`. Accepts before it refuses, so that a browser can read the code."""

    listener: Listener | None = None
    clinic: Clinic | None = None
    roster: Roster | None = None
    feed: Feed
    seen = 0
    told_waiting: int | None = None
    calls: dict[int, uuid.UUID]
    is_closed = False
    watch: "asyncio.Task[None] | None" = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.sending, self.calls = asyncio.Lock(), {}
        with origins.coming_from(origins.origin_of_socket(scope)):
            try:
                await super().__call__(scope, receive, send)
            finally:
                await self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the base class' trip to the database thread for every message of every socket."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        await self.accept()
        after = _number_after(self.scope)
        slug = self.scope["url_route"]["kwargs"]["clinic"]
        self.clinic = await Clinic.objects.filter(slug=slug).afirst()
        if not self.scope["user"].is_anonymous and self.scope["session"].session_key:
            self.listener = Listener(self.scope["user"].pk, self.scope["session"].session_key)
        if after is None:
            await self._end(Closing.BAD_REQUEST)
        elif self.listener is None:
            await self._end(Closing.NOT_SIGNED_IN)
        elif self.clinic is None:
            await self._end(Closing.NOT_FOUND)
        else:
            await self._join(self.listener, self.clinic, after)

    async def _join(self, listener: Listener, clinic: Clinic, after: int) -> None:
        self.roster, self.feed = roster_of(clinic.pk), feed_of(clinic.pk)
        self.roster.join(listener)
        permit = await self._permit()
        if permit is None:
            return
        group = doorbell.group_of(clinic.pk)
        self.groups = [group]
        await self.channel_layer.group_add(group, self.channel_name)  # before reading: nothing falls between
        last, missed = await database_sync_to_async(_open)(clinic.pk, permit.membership, after)
        self.feed.start_at(last)
        self.seen = min(after, last)
        if permit.is_locked:
            await self._tell_waiting(permit)
        else:
            await self._send(missed)
            await self.send_json(JoinedPayload(type="joined", seq=last))
        self.watch = asyncio.create_task(self._watch())

    async def alerts_changed(self, message: dict[str, Any]) -> None:
        """The doorbell: everything up to this number is committed."""
        await self._catch_up(message["seq"])

    async def standing_changed(self, message: dict[str, Any]) -> None:
        """Somebody's membership or session ended: perhaps this one's."""
        if self.roster is not None:
            self.roster.forget(message["change"])
            await self._catch_up()

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """All a browser has to say: that a call was on the visible screen. Of calls it was sent, and once."""
        seq = content.get("shown") if isinstance(content, dict) else None
        alert_id = self.calls.pop(seq, None) if isinstance(seq, int) else None
        if alert_id is None or seq is None:
            return
        permit = await self._permit()
        if permit is None or permit.is_locked or not permit.membership.treats_patients:
            return
        if (alert_id, seq) not in self.feed.confirmed:
            self.feed.confirmed.append((alert_id, seq))
            await database_sync_to_async(_confirm)(permit.membership, alert_id, seq)

    async def _catch_up(self, up_to: int | None = None) -> None:
        if self.is_closed or (up_to is not None and up_to <= self.seen):
            return
        async with self.sending:
            permit = await self._permit()
            if permit is not None and permit.is_locked:
                await self._tell_waiting(permit)  # `seen` stays: after unlocking nothing was missed
            elif permit is not None:
                self.told_waiting = None
                news = await self.feed.after(self.seen, up_to)
                await self._send(row for row in news if permit.covers(row.care_team_id, row.patient_id))
                self.seen = max([self.seen, up_to or 0, *(row.seq for row in news)])

    async def _send(self, news: Iterable[AlertNews]) -> None:
        for row in news:
            if row.seq > self.seen:
                self.seen = row.seq
                if row.is_call and len(self.calls) < MOST_CALLS:
                    self.calls[row.seq] = row.alert_id
                await self.send_json(row.payload)

    async def _tell_waiting(self, permit: Permit) -> None:
        count = await database_sync_to_async(_count_waiting)(permit.membership)
        if count != self.told_waiting:
            self.told_waiting = count
            await self.send_json(WaitingPayload(type="waiting", count=count))

    async def _permit(self) -> Permit | None:
        """None, and the socket closed, when this listener may listen no longer."""
        if self.listener is None or self.roster is None or self.is_closed:
            return None
        answer = await self.roster.permit(self.listener)
        if isinstance(answer, Permit):
            return answer
        await self._end(answer)
        return None

    async def _watch(self) -> None:
        while not self.is_closed:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self._catch_up()
            except (DatabaseError, OSError):
                await self._end(Closing.TRY_AGAIN)

    async def _end(self, code: Closing) -> None:
        """A denial is logged before it is said; one that cannot be logged is still a denial."""
        if self.is_closed:
            return
        self.is_closed = True
        if code is not Closing.TRY_AGAIN:
            try:
                await database_sync_to_async(log_refusal)(self.listener, self.clinic, code)
            except (DatabaseError, OSError) as error:
                logger.error("The refusal of a socket was not logged: %s", type(error).__name__)
        await self.close(int(code))

    async def _leave(self) -> None:
        self.is_closed = True
        if self.listener is not None and self.roster is not None:
            self.roster.leave(self.listener)
        if self.watch is not None:
            self.watch.cancel()
            with suppress(asyncio.CancelledError):
                await self.watch


def _number_after(scope: dict[str, Any]) -> int | None:
    """The last number the browser has seen; None when it is no number."""
    text = parse_qs(scope["query_string"].decode("latin1")).get("after", ["0"])[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _open(clinic_id: uuid.UUID, membership: Membership, after: int) -> tuple[int, list[AlertNews]]:
    """The clinic's last number, and what this member missed: through the gate, once and logged. What is sent
    later carries no more than ids and states."""
    with tenancy.enter(clinic_id):
        access_log.record("alerts.watched", by=membership, after=after)
        last = last_number(clinic_id)
        return last, news_of(access.visible_alerts(membership), after)


def _confirm(membership: Membership, alert_id: uuid.UUID, seq: int) -> None:
    with tenancy.enter(membership.clinic_id):
        alert = access.visible_alerts(membership).filter(pk=alert_id).first()
        if alert is not None:
            receipts.seen(alert, membership, seq=seq)


def _count_waiting(membership: Membership) -> int:
    """Alerts that nobody has taken yet, of the patients this member may follow."""
    with tenancy.enter(membership.clinic_id):
        return access.visible_alerts(membership).filter(state=Alert.State.OPEN).count()
