"""When a lane of a clinic is watched: arithmetic on wall clocks and moments, without a database.

Hours are declared on the clinic's clock, day by day of the week; a span belongs to the day on which it opens
and may end on the next. A holiday closes what would open on it. Moments are aware datetimes, answers are UTC.
On the night when clocks go forward a time that does not exist means the first moment after the gap; on the
night when they go back an opening means the first of the two moments, a closing the second: nobody's hours
get shorter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
DAY_BEGINS, DAY_ENDS = time(7), time(21)
"""Outside these nobody is taken to look at a screen of their own accord."""

HORIZON_DAYS = 400
"""How far an opening is looked for: a clinic that opens on one day of the year still has one."""


@dataclass(frozen=True, order=True)
class Span:
    """From a moment on, until just before another."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def shared_with(self, other: "Span") -> "Span | None":
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, order=True)
class WeeklyTime:
    """Open on one day of each week. Closing at or before the opening means: on the next day."""

    weekday: int  # 0: Monday
    opens: time
    closes: time

    @property
    def is_by_day(self) -> bool:
        return DAY_BEGINS <= self.opens < self.closes <= DAY_ENDS


@dataclass(frozen=True)
class Schedule:
    """What was declared for one lane. `more`: spans beside the weekly ones, as night cover has them; they
    hold on holidays too. `by_night`: where given, weekly hours of the night count only within these."""

    zone: ZoneInfo
    weekly: tuple[WeeklyTime, ...] = ()
    holidays: frozenset[date] = frozenset()
    more: tuple[Span, ...] = ()
    by_night: tuple[Span, ...] | None = None

    @property
    def is_declared(self) -> bool:
        return bool(self.weekly)


def moment(zone: ZoneInfo, day: date, at: time, *, fold: int = 0) -> datetime:
    """A time of the clinic's wall clock as a moment, in UTC."""
    wall = datetime.combine(day, at).replace(tzinfo=zone, fold=fold)
    found = wall.astimezone(UTC)
    back = found.astimezone(zone)
    if back.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    return _end_of_gap(zone, found)


def _end_of_gap(zone: ZoneInfo, near: datetime) -> datetime:
    """The first moment after the clocks went forward, to the minute, looked for around a moment."""
    low, high = near - DAY, near + DAY
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(second=0, microsecond=0)


def spans_from(schedule: Schedule, start: datetime, *, days: int = HORIZON_DAYS) -> Iterator[Span]:
    """What is open from a moment on, in order, merged where it touches; the first may have begun before."""
    start = start.astimezone(UTC)
    end = start + days * DAY
    held: Span | None = None
    for span in _in_order(schedule, start, end):
        if held is None or span.start > held.end:
            if held is not None and held.end > start:
                yield held
            held = span
        else:
            held = Span(held.start, max(held.end, span.end))
    if held is not None and held.end > start:
        yield held


def is_open(schedule: Schedule, at: datetime) -> bool:
    return any(span.holds(at) for span in _of_days_around(schedule, at)) or any(
        span.holds(at) for span in schedule.more
    )


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """The moment itself while it is open. None: nothing opens within the horizon."""
    first = next(spans_from(schedule, at), None)
    return None if first is None else max(first.start, at.astimezone(UTC))


def closes_at(schedule: Schedule, at: datetime) -> datetime | None:
    """When what is open now ends. None while it is closed."""
    first = next(spans_from(schedule, at, days=8), None)
    return first.end if first is not None and first.holds(at) else None


def deadline(schedule: Schedule, start: datetime, covered: timedelta) -> datetime | None:
    """When so much covered time will have passed since a moment. None: never, as nothing is declared."""
    left = covered
    for span in spans_from(schedule, start):
        begin = max(span.start, start.astimezone(UTC))
        if left <= span.end - begin:
            return begin + left
        left -= span.end - begin
    return None


def covered_between(schedule: Schedule, start: datetime, end: datetime) -> timedelta:
    """How much of the time between two moments was open."""
    asked = Span(start.astimezone(UTC), end.astimezone(UTC))
    if asked.end <= asked.start:
        return timedelta()
    days = (asked.end - asked.start).days + 1
    shared = (span.shared_with(asked) for span in spans_from(schedule, asked.start, days=days))
    return sum((part.end - part.start for part in shared if part), timedelta())


def end_of_next_working_day(schedule: Schedule, start: datetime) -> datetime | None:
    """The last closing of the first day after that of `start` on which the lane opens by its weekly hours."""
    today = start.astimezone(schedule.zone).date()
    for days in range(1, HORIZON_DAYS):
        if spans := list(_of_day(schedule, today + days * DAY)):
            return max(span.end for span in spans)
    return None


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What of the spans is left when others are taken away."""
    left = list(spans)
    for hole in taken:
        left = [
            Span(start, end)
            for span in left
            for start, end in (
                (span.start, min(span.end, hole.start)),
                (max(span.start, hole.end), span.end),
            )
            if start < end
        ]
    return sorted(set(left))


def by_day(zone: ZoneInfo, spans: Iterable[Span]) -> list[Span]:
    """The same spans, cut at each midnight of the wall clock."""
    cut = []
    for span in spans:
        start = span.start
        while start < span.end:
            midnight = moment(zone, start.astimezone(zone).date() + DAY, time.min)
            cut.append(Span(start, min(midnight, span.end)))
            start = midnight
    return cut


def _in_order(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Span]:
    """Weekly and further spans up to an end, by their beginning; days are read only as far as is asked."""
    more = sorted(span for span in schedule.more if span.end > start and span.start < end)
    return merge(_weekly_spans(schedule, start, end), more)


def _weekly_spans(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Span]:
    day, last = (at.astimezone(schedule.zone).date() for at in (start, end))
    day -= 2 * DAY
    later: list[Span] = []  # what a day opens only after the next one has begun
    while day <= last:
        midnight = moment(schedule.zone, day + DAY, time.min)
        found = sorted([*later, *_of_day(schedule, day)])
        later = [span for span in found if span.start >= midnight]
        yield from found[: len(found) - len(later)]
        day += DAY
    yield from later


def _of_days_around(schedule: Schedule, at: datetime) -> Iterator[Span]:
    today = at.astimezone(schedule.zone).date()
    for day in (today - DAY, today):
        yield from _of_day(schedule, day)


def _of_day(schedule: Schedule, day: date) -> Iterator[Span]:
    """What opens on this day of the clinic's calendar."""
    if day in schedule.holidays:
        return
    for row in schedule.weekly:
        if row.weekday != day.weekday():
            continue
        closing_day = day if row.closes > row.opens else day + DAY
        start = moment(schedule.zone, day, row.opens)
        end = moment(schedule.zone, closing_day, row.closes, fold=1)
        if start < end:
            yield from _somebody_awake(schedule, day, Span(start, end))


def _somebody_awake(schedule: Schedule, day: date, span: Span) -> Iterator[Span]:
    """The span; of its hours by night those that hold. It may end on the day after."""
    if schedule.by_night is None:
        yield span
        return
    by_day = (
        Span(moment(schedule.zone, one, DAY_BEGINS), moment(schedule.zone, one, DAY_ENDS))
        for one in (day, day + DAY)
    )
    for held in (*by_day, *schedule.by_night):
        if part := span.shared_with(held):
            yield part


def gaps_of_week(weekly: Iterable[WeeklyTime]) -> bool:
    """Whether an ordinary week has an hour in which nobody watches."""
    minutes = sorted(_minutes(row) for row in weekly)
    if not minutes:
        return True
    week = 7 * 24 * 60
    ends = minutes[0][0]
    for begin, end in minutes:
        if begin > ends:
            return True
        ends = max(ends, end)
    return ends < minutes[0][0] + week


def _minutes(row: WeeklyTime) -> tuple[int, int]:
    begin = row.weekday * 24 * 60 + row.opens.hour * 60 + row.opens.minute
    length = (row.closes.hour - row.opens.hour) * 60 + row.closes.minute - row.opens.minute
    return begin, begin + (length if length > 0 else length + 24 * 60)


def overlaps(weekly: Iterable[WeeklyTime]) -> bool:
    """Whether two times of a week lie in each other."""
    minutes = sorted(_minutes(row) for row in weekly)
    wrapped = [*minutes, *((begin + 7 * 24 * 60, end + 7 * 24 * 60) for begin, end in minutes[:1])]
    return any(former[1] > later[0] for former, later in pairwise(wrapped))
