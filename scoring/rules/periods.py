"""Days, ISO weeks, months, quarters and the judging window, cut in the clinic's time zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

PeriodKind = Literal["day", "week", "month", "quarter"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)

WindowKind = Literal["rolling", "iso_week"]

ROLLING_DAYS = 10
"""Long enough for the floor at four check-ins a week, short enough for a relapse (docs/score.md)."""

KEYS: dict[PeriodKind, re.Pattern[str]] = {
    "day": re.compile(r"(\d{4}-\d{2}-\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
}


@dataclass(frozen=True, order=True)
class Period:
    """One calendar period of a clinic. `first_day` and `last_day` are local days, both inside.

    `start` (inside) and `end` (outside) are the same bounds as moments in UTC, right across changes of the
    clock: a day can have 23 or 25 hours. `key` names it: 2026-11-20, 2026-W53, 2026-11, 2026-Q4.
    """

    first_day: date
    last_day: date
    kind: PeriodKind
    key: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Window:
    """The stretch of readings on which lines are judged: `start` and `end` in UTC, both inside.

    `reach`: how far back it may look for the newest readings while it holds fewer than the floor.
    """

    kind: WindowKind
    start: datetime
    end: datetime
    reach: datetime

    def newest(self, moments: Sequence[datetime], floor: int) -> int:
        """How many of the last `moments` (oldest first, none after the end) are judged: those since `start`,
        or where they are fewer than the floor, as many since `reach` as make it up."""
        inside = sum(self.start <= moment for moment in moments)
        return max(inside, min(floor, sum(self.reach <= moment for moment in moments)))


def period_of(moment: datetime, kind: PeriodKind, zone: ZoneInfo) -> Period:
    """The period of this kind that holds `moment`. Raises ValueError when `moment` has no time zone."""
    return _period(_local_day(moment, zone), kind, zone)


def periods_of(moment: datetime, zone: ZoneInfo) -> tuple[Period, ...]:
    """The day, ISO week, month and quarter that hold `moment`, in this order: what a new reading touches."""
    day = _local_day(moment, zone)
    return tuple(_period(day, kind, zone) for kind in PERIOD_KINDS)


def period_named(key: str, kind: PeriodKind, zone: ZoneInfo) -> Period:
    """The period a stored key names. Raises ValueError when the key is not one of this kind."""
    match = KEYS[kind].fullmatch(key)
    if match is None:
        raise ValueError(f"{key!r} does not name a {kind}")
    if kind == "day":
        return _period(date.fromisoformat(match[1]), kind, zone)
    year, part = int(match[1]), int(match[2])
    if kind == "week":
        return _period(date.fromisocalendar(year, part, 1), kind, zone)
    return _period(date(year, part if kind == "month" else 3 * part - 2, 1), kind, zone)


def window_at(
    moment: datetime, zone: ZoneInfo, kind: WindowKind = "rolling", days: int = ROLLING_DAYS
) -> Window:
    """The judging window that ends at `moment` (decision 30).

    `rolling`: the local day of `moment` and the `days` - 1 before it; it reaches back as many days again.
    `iso_week`: since Monday, as in the seeds, and no further. Raises ValueError when `moment` has no time
    zone or `days` is below 1.
    """
    if days < 1:
        raise ValueError("a window has at least one day")
    day = _local_day(moment, zone)
    first = day - timedelta(days=day.weekday() if kind == "iso_week" else days - 1)
    reach = first if kind == "iso_week" else first - timedelta(days=days)
    return Window(kind, _midnight(first, zone), moment.astimezone(UTC), _midnight(reach, zone))


def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    if moment.utcoffset() is None:
        raise ValueError("the moment needs a time zone")
    return moment.astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC. Where clocks skip midnight, that is the moment of the
    change."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _period(day: date, kind: PeriodKind, zone: ZoneInfo) -> Period:
    first, after, key = _days(day, kind)
    return Period(
        first_day=first,
        last_day=after - timedelta(days=1),
        kind=kind,
        key=key,
        start=_midnight(first, zone),
        end=_midnight(after, zone),
    )


def _days(day: date, kind: PeriodKind) -> tuple[date, date, str]:
    """First local day, first day after it, and the key."""
    if kind == "day":
        return day, day + timedelta(days=1), day.isoformat()
    if kind == "week":
        iso = day.isocalendar()
        monday = day - timedelta(days=iso.weekday - 1)
        return monday, monday + timedelta(days=7), f"{iso.year}-W{iso.week:02}"
    if kind == "month":
        return day.replace(day=1), _first_of(day.year, day.month + 1), f"{day.year}-{day.month:02}"
    quarter = (day.month + 2) // 3
    first_month = 3 * quarter - 2
    return date(day.year, first_month, 1), _first_of(day.year, first_month + 3), f"{day.year}-Q{quarter}"


def _first_of(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
