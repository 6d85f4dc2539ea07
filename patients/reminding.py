"""When a reminder is due: pure arithmetic on the clock of where somebody is that day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE_KNOWN_FOR = timedelta(hours=36)
"""How long the zone of somebody's last check-in tells where they are; after that their record's counts."""

LATE = timedelta(minutes=60)
"""A reminder that has not gone by then is dropped: it would ask at the wrong time."""


def due_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """In UTC. In an hour that the clock repeats: the first time. In one that it skips: an hour later."""
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)


def due_day(at: time, zone: ZoneInfo, now: datetime) -> date | None:
    """The local day whose reminder is due at `now` and not late; None: none is."""
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        due = due_at(day, at, zone)
        if due <= now < due + LATE:
            return day
    return None
