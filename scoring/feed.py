"""News of alerts for the open screens: read once per process and number, sent to many sockets."""

import asyncio
import time
import uuid
from collections import deque
from dataclasses import dataclass
from typing import Literal, TypedDict
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async
from django.db.models import QuerySet

from clinics import tenancy
from scoring.models import URGENT_LANES, Alert, AlertSequence

KEPT = 1000
"""News that a process remembers for each clinic; a socket further behind asks the database."""

OLD_SECONDS = 5.0


class AlertPayload(TypedDict):
    """What goes over the socket: ids and states, nothing that names or describes a patient."""

    type: Literal["alert"]
    seq: int
    alert: str
    rule: str
    state: str
    line: str
    lane: str
    severity: str


class JoinedPayload(TypedDict):
    """Ends what a screen missed: it is up to date as of `seq`, and hears all that follows."""

    type: Literal["joined"]
    seq: int


class WaitingPayload(TypedDict):
    """All that a locked screen hears: how many alerts nobody has taken yet."""

    type: Literal["waiting"]
    count: int


@dataclass(frozen=True)
class AlertNews:
    seq: int
    alert_id: uuid.UUID
    rule: str
    state: str
    line: str
    lane: str
    severity: str
    care_team_id: uuid.UUID | None
    patient_id: uuid.UUID

    @property
    def is_call(self) -> bool:
        """Somebody is wanted at once: the patient is told when a screen has shown it."""
        return self.lane in URGENT_LANES and self.state == Alert.State.OPEN

    @property
    def payload(self) -> AlertPayload:
        return AlertPayload(
            type="alert",
            seq=self.seq,
            alert=str(self.alert_id),
            rule=self.rule,
            state=self.state,
            line=self.line,
            lane=self.lane,
            severity=self.severity,
        )


class Feed:
    """The newest news of one clinic in this process: complete after number `since`, up to `newest`."""

    def __init__(self, clinic_id: uuid.UUID) -> None:
        self.clinic_id = clinic_id
        self.kept: deque[AlertNews] = deque()
        self.since: int | None = None
        self.newest = 0
        self.read_at = float("-inf")
        self.lock = asyncio.Lock()
        self.confirmed: deque[tuple[uuid.UUID, int]] = deque(maxlen=KEPT)

    def start_at(self, seq: int) -> None:
        """The first socket of a process names the clinic's last number when it joined."""
        if self.since is None:
            self.since = self.newest = seq

    async def after(self, seen: int, up_to: int | None = None) -> list[AlertNews]:
        """All news after `seen`, in order, up to at least the number that a doorbell named. Without one: what
        a query found that is at most OLD_SECONDS old."""
        if self._is_behind(up_to):
            async with self.lock:
                if self._is_behind(up_to):
                    await self._read(up_to)
        if self.since is None or seen < self.since:
            older: list[AlertNews] = await database_sync_to_async(read_news)(self.clinic_id, seen)
            return older
        return [news for news in self.kept if news.seq > seen]

    def _is_behind(self, up_to: int | None) -> bool:
        if up_to is None:
            return time.monotonic() - self.read_at > OLD_SECONDS
        return up_to > self.newest

    async def _read(self, up_to: int | None) -> None:
        self.read_at = time.monotonic()
        found = await database_sync_to_async(read_news)(self.clinic_id, self.newest)
        self.kept.extend(found)
        self.newest = max(self.newest, up_to or 0, *(news.seq for news in found[-1:]))
        while len(self.kept) > KEPT:
            self.since = self.kept.popleft().seq


_feeds: WeakValueDictionary[uuid.UUID, Feed] = WeakValueDictionary()


def feed_of(clinic_id: uuid.UUID) -> Feed:
    """The feed that all sockets of this clinic share; it lives as long as one of them does."""
    feed = _feeds.get(clinic_id)
    if feed is None:
        feed = _feeds[clinic_id] = Feed(clinic_id)
    return feed


def read_news(clinic_id: uuid.UUID, after: int) -> list[AlertNews]:
    """The alerts that changed after this number, each as it is now."""
    with tenancy.enter(clinic_id):
        return news_of(Alert.objects.of_duty().filter(clinic=clinic_id), after)


def last_number(clinic_id: uuid.UUID) -> int:
    """The number of the clinic's newest event; 0 before the first."""
    return AlertSequence.objects.filter(clinic=clinic_id).values_list("last", flat=True).first() or 0


def news_of(alerts: QuerySet[Alert], after: int) -> list[AlertNews]:
    rows = alerts.filter(seq__gt=after).order_by("seq")
    columns = (
        "seq",
        "pk",
        "rule",
        "state",
        "line",
        "lane",
        "severity",
        "patient__care_team_id",
        "patient_id",
    )
    return [AlertNews(*row) for row in rows.values_list(*columns)]
