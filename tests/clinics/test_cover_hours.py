"""The arithmetic of cover hours: laws that hold for any week, and the two nights when clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.cover import hours, wording
from clinics.cover.hours import Schedule, Span, WeeklyTime

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
OFFICE = tuple(WeeklyTime(day, time(8), time(18)) for day in range(5))
ALWAYS = tuple(WeeklyTime(day, time(0), time(0)) for day in range(7))


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]


times = st.times(min_value=time(0), max_value=time(23, 59)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
weeks = st.lists(
    st.builds(WeeklyTime, st.integers(0, 6), times, times), min_size=1, max_size=6, unique=True
).map(tuple)
holidays = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=10)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 334 * 24 * 60).map(lambda count: FIRST + timedelta(minutes=count))
minutes = st.integers(0, 3000).map(lambda count: timedelta(minutes=count))
phones = st.lists(moments.map(lambda at: Span(at, at + timedelta(days=7))), max_size=4).map(tuple)
schedules = st.builds(
    Schedule, st.sampled_from(ZONES), weeks, holidays, by_night=st.one_of(st.none(), phones)
)


@given(schedules, moments, minutes)
def test_until_a_deadline_exactly_its_time_was_covered(
    schedule: Schedule, start: datetime, covered: timedelta
) -> None:
    due = hours.deadline(schedule, start, covered)
    if due is None:
        found = hours.covered_between(schedule, start, start + timedelta(days=390))
        assert found < covered or found == covered == timedelta(), "nothing at all is never open"
    else:
        assert due >= start + covered
        assert hours.covered_between(schedule, start, due) == covered


@given(schedules, moments, moments, minutes)
def test_who_starts_later_is_never_due_earlier(
    schedule: Schedule, one: datetime, other: datetime, covered: timedelta
) -> None:
    early, late = sorted([one, other])
    first, second = hours.deadline(schedule, early, covered), hours.deadline(schedule, late, covered)
    assert first is None or second is None or first <= second


@given(schedules, moments)
def test_an_opening_is_open_and_nothing_before_it_is(schedule: Schedule, at: datetime) -> None:
    opening = hours.next_opening(schedule, at)
    if opening is not None:
        assert opening >= at
        assert hours.is_open(schedule, opening)
        assert hours.covered_between(schedule, at, opening) == timedelta()


@given(schedules, moments)
def test_spans_come_in_order_and_never_touch(schedule: Schedule, start: datetime) -> None:
    spans = list(hours.spans_from(schedule, start, days=30))
    assert all(former.end < later.start for former, later in pairwise(spans))
    assert all(hours.is_open(schedule, span.start) for span in spans)


@given(schedules, moments, st.lists(st.tuples(moments, minutes), max_size=4))
def test_more_cover_never_makes_a_deadline_later(
    schedule: Schedule, start: datetime, more: list[tuple[datetime, timedelta]]
) -> None:
    spans = tuple(Span(at, at + length) for at, length in more if length)
    richer = replace(schedule, more=spans)
    plain, better = (hours.deadline(which, start, timedelta(hours=5)) for which in (schedule, richer))
    assert plain is None or (better is not None and better <= plain)


@given(st.lists(st.tuples(moments, minutes), max_size=6), st.lists(st.tuples(moments, minutes), max_size=6))
def test_what_is_taken_away_is_gone_and_nothing_else(
    given_: list[tuple[datetime, timedelta]], taken: list[tuple[datetime, timedelta]]
) -> None:
    spans, holes = ([Span(at, at + length) for at, length in rows if length] for rows in (given_, taken))
    left = hours.without(spans, holes)
    for at in {edge for span in [*spans, *holes] for edge in (span.start, span.end)}:
        is_kept = any(s.holds(at) for s in spans) and not any(hole.holds(at) for hole in holes)
        assert any(span.holds(at) for span in left) == is_kept


def test_a_friday_evening_waits_for_monday() -> None:
    schedule = Schedule(BERLIN, OFFICE)
    friday = berlin(2026, 11, 27, 17, 30)
    assert hours.deadline(schedule, friday, timedelta(hours=1)) == berlin(2026, 11, 30, 8, 30)
    assert hours.next_opening(schedule, berlin(2026, 11, 27, 18)) == berlin(2026, 11, 30, 8)
    assert hours.end_of_next_working_day(schedule, friday) == berlin(2026, 11, 30, 18)


def test_a_holiday_opens_nothing() -> None:
    schedule = Schedule(BERLIN, OFFICE, frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
    assert hours.next_opening(schedule, berlin(2026, 12, 24, 19)) == berlin(2026, 12, 29, 8)
    assert hours.end_of_next_working_day(schedule, berlin(2026, 12, 24, 9)) == berlin(2026, 12, 29, 18)


@pytest.mark.parametrize(
    ("opens", "closes", "day", "expected"),
    [
        (time(22), time(6), (2026, 3, 28), timedelta(hours=7)),  # clocks go forward in this night
        (time(22), time(6), (2026, 10, 24), timedelta(hours=9)),  # and back in this one
        (time(2, 15), time(2, 45), (2026, 3, 29), timedelta()),  # there is no such half hour
        (time(2, 30), time(4), (2026, 3, 29), timedelta(hours=1)),  # 03:00 to 04:00
        (time(2, 15), time(2, 45), (2026, 10, 25), timedelta(hours=1, minutes=30)),  # first 02:15, last 02:45
        (time(0), time(0), (2026, 3, 29), timedelta(hours=23)),
        (time(0), time(0), (2026, 10, 25), timedelta(hours=25)),
    ],
)
def test_a_night_when_clocks_change(
    opens: time, closes: time, day: tuple[int, int, int], expected: timedelta
) -> None:
    schedule = Schedule(BERLIN, (WeeklyTime(date(*day).weekday(), opens, closes),))
    begin = berlin(*day)
    assert hours.covered_between(schedule, begin, begin + timedelta(days=2)) == expected


def test_a_timer_that_runs_through_the_change_counts_real_minutes() -> None:
    """From half past one, an hour later the clock on the wall says half past three."""
    schedule = Schedule(BERLIN, ALWAYS)
    assert hours.deadline(schedule, berlin(2026, 3, 29, 1, 30), timedelta(hours=1)) == berlin(
        2026, 3, 29, 3, 30
    )
    due = hours.deadline(schedule, berlin(2026, 10, 25, 2, 30), timedelta(hours=1))
    assert due == berlin(2026, 10, 25, 2, 30, fold=1)


def test_by_night_somebody_must_be_awake() -> None:
    """Hours of the day hold by themselves, those of the night as long as a phone does."""
    phone = Span(berlin(2026, 5, 6, 23), berlin(2026, 5, 7, 23))
    schedule = Schedule(BERLIN, ALWAYS, by_night=(phone,))
    found = list(hours.spans_from(schedule, berlin(2026, 5, 6, 3), days=2))[:3]
    assert found == [
        Span(berlin(2026, 5, 6, 7), berlin(2026, 5, 6, 21)),
        Span(phone.start, phone.end),
        Span(berlin(2026, 5, 8, 7), berlin(2026, 5, 8, 21)),
    ]
    over_midnight = Schedule(BERLIN, (WeeklyTime(2, time(20), time(8)),), by_night=())
    assert list(hours.spans_from(over_midnight, berlin(2026, 5, 6, 3), days=3)) == [
        Span(berlin(2026, 5, 6, 20), berlin(2026, 5, 6, 21)),
        Span(berlin(2026, 5, 7, 7), berlin(2026, 5, 7, 8)),
    ]


def test_without_hours_nothing_is_ever_due() -> None:
    nothing, now = Schedule(BERLIN), datetime(2026, 5, 1, tzinfo=UTC)
    assert hours.deadline(nothing, now, timedelta(minutes=1)) is None
    assert hours.next_opening(nothing, now) is None
    assert hours.end_of_next_working_day(nothing, now) is None
    assert not hours.is_open(nothing, now)


SATURDAY, SUNDAY = (WeeklyTime(day, time(9), time(12)) for day in (5, 6))
TWO_PARTS = (WeeklyTime(0, time(8), time(12)), WeeklyTime(0, time(13), time(17)))
WEDNESDAY = WeeklyTime(2, time(8), time(12))


@pytest.mark.parametrize(
    ("weekly", "text"),
    [
        ((), ""),
        (OFFICE, "Monday to Friday, 08:00 to 18:00"),
        (ALWAYS, "day and night"),
        ((*OFFICE, SATURDAY), "Monday to Friday, 08:00 to 18:00; Saturday, 09:00 to 12:00"),
        ((SATURDAY, SUNDAY), "Saturday and Sunday, 09:00 to 12:00"),
        (
            (*TWO_PARTS, WEDNESDAY),
            "Monday, 08:00 to 12:00 and 13:00 to 17:00; Wednesday, 08:00 to 12:00",
        ),
    ],
)
def test_hours_read_as_a_sentence(weekly: tuple[WeeklyTime, ...], text: str) -> None:
    assert wording.of(weekly) == text


@given(weeks)
def test_a_week_has_gaps_or_is_watched_throughout(weekly: tuple[WeeklyTime, ...]) -> None:
    monday = datetime(2026, 6, 1, tzinfo=UTC)
    covered = hours.covered_between(Schedule(ZoneInfo("UTC"), weekly), monday, monday + timedelta(days=7))
    assert hours.gaps_of_week(weekly) == (covered < timedelta(days=7))
