"""Periods and windows in the clinic's zone: years that do not agree with weeks, days of 23 and 25 hours."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules import PERIOD_KINDS, period_named, period_of, periods_of, window_at

OSLO = ZoneInfo("Europe/Oslo")
AUCKLAND = ZoneInfo("Pacific/Auckland")
ZONES = ("Europe/Oslo", "Pacific/Auckland", "America/New_York", "America/Santiago", "Asia/Kathmandu", "UTC")

moments = st.integers(0, 36_525 * 24 * 60).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@pytest.mark.parametrize(
    ("day", "week", "quarter"),
    [
        (date(2026, 11, 20), "2026-W47", "2026-Q4"),
        (date(2026, 12, 31), "2026-W53", "2026-Q4"),
        (date(2027, 1, 1), "2026-W53", "2027-Q1"),
        (date(2027, 1, 3), "2026-W53", "2027-Q1"),
        (date(2027, 1, 4), "2027-W01", "2027-Q1"),
        (date(2024, 12, 30), "2025-W01", "2024-Q4"),
        (date(2023, 1, 1), "2022-W52", "2023-Q1"),
    ],
)
def test_iso_weeks_at_the_turn_of_the_year(day: date, week: str, quarter: str) -> None:
    noon = datetime.combine(day, datetime.min.time(), OSLO) + timedelta(hours=12)
    assert [period.key for period in periods_of(noon, OSLO)] == [
        day.isoformat(),
        week,
        f"{day.year}-{day.month:02}",
        quarter,
    ]


def test_week_53_spans_two_years() -> None:
    week = period_of(datetime(2027, 1, 1, tzinfo=OSLO), "week", OSLO)
    assert (week.first_day, week.last_day) == (date(2026, 12, 28), date(2027, 1, 3))


def test_the_same_moment_is_another_day_in_another_zone() -> None:
    moment = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert period_of(moment, "day", OSLO).key == "2026-12-31"
    assert period_of(moment, "day", AUCKLAND).key == "2027-01-01"
    assert period_of(moment, "quarter", AUCKLAND).key == "2027-Q1"


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Oslo", 23),
        (date(2026, 10, 25), "Europe/Oslo", 25),
        (date(2026, 9, 27), "Pacific/Auckland", 23),
        (date(2026, 9, 6), "America/Santiago", 23),  # midnight itself is skipped
        (date(2026, 4, 4), "America/Santiago", 25),  # 23:00 to 24:00 happens twice
        (date(2026, 11, 20), "Europe/Oslo", 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_makes_it(day: date, zone: str, hours: int) -> None:
    period = period_named(day.isoformat(), "day", ZoneInfo(zone))
    assert period.end - period.start == timedelta(hours=hours)


def test_a_reading_in_the_repeated_hour_belongs_to_its_day() -> None:
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=OSLO, fold=fold) for fold in (0, 1))
    assert first.astimezone(UTC) < second.astimezone(UTC)
    assert {period_of(moment, "day", OSLO).key for moment in (first, second)} == {"2026-10-25"}


def test_months_and_quarters_end_where_the_next_begins() -> None:
    december = period_named("2026-12", "month", OSLO)
    assert (december.first_day, december.last_day) == (date(2026, 12, 1), date(2026, 12, 31))
    assert december.end == period_named("2027-01", "month", OSLO).start
    assert period_named("2028-02", "month", OSLO).last_day == date(2028, 2, 29)
    assert period_named("2026-Q4", "quarter", OSLO).end == period_named("2027-Q1", "quarter", OSLO).start


@given(moments, zones)
def test_every_moment_lies_in_its_periods_and_the_key_finds_them_again(
    moment: datetime, zone: ZoneInfo
) -> None:
    for period, kind in zip(periods_of(moment, zone), PERIOD_KINDS, strict=True):
        assert period.start <= moment < period.end
        assert period.first_day <= moment.astimezone(zone).date() <= period.last_day
        assert period_named(period.key, kind, zone) == period
        assert period_of(period.end, kind, zone).start == period.end


def test_the_rolling_window_holds_ten_local_days() -> None:
    moment = datetime(2026, 11, 1, 9, tzinfo=OSLO)  # the clock went back on 25 October
    window = window_at(moment, OSLO)
    assert window.start == datetime(2026, 10, 23, tzinfo=OSLO)
    assert window.start == datetime(2026, 10, 22, 22, tzinfo=UTC)
    assert window.end == moment
    assert window_at(moment, OSLO, days=1).start == datetime(2026, 11, 1, tzinfo=OSLO)


def test_a_window_with_too_few_readings_reaches_back_for_the_newest_ones() -> None:
    window = window_at(datetime(2026, 11, 20, 9, tzinfo=OSLO), OSLO)

    def days_ago(*days: int) -> list[datetime]:
        return [window.end - timedelta(days=day) for day in days]

    assert window.newest(days_ago(30, 18, 16, 14, 12, 3, 0), 5) == 5
    assert window.newest(days_ago(30, 18, 3, 0), 5) == 3
    assert window.newest(days_ago(14, 8, 7, 6, 5, 4, 3), 5) == 6
    assert window.newest([], 5) == 0
    week = window_at(window.end, OSLO, "iso_week")
    assert week.newest(days_ago(9, 8, 7, 1, 0), 5) == 2


def test_the_week_window_begins_on_monday() -> None:
    friday = datetime(2027, 1, 1, 9, tzinfo=OSLO)
    assert window_at(friday, OSLO, "iso_week").start == datetime(2026, 12, 28, tzinfo=OSLO)


def test_any_fixed_offset_is_a_time_zone_of_the_moment() -> None:
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert period_of(moment, "day", OSLO).key == "2027-01-01"


def test_refusals() -> None:
    naive = datetime(2026, 11, 20)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="time zone"):
        period_of(naive, "day", OSLO)
    with pytest.raises(ValueError, match="time zone"):
        window_at(naive, OSLO)
    with pytest.raises(ValueError, match="at least one day"):
        window_at(datetime(2026, 11, 20, tzinfo=OSLO), OSLO, days=0)
    for key, kind in (("2026-13", "month"), ("2026-Q5", "quarter"), ("2026-W54", "week"), ("today", "day")):
        with pytest.raises(ValueError, match=r".+"):
            period_named(key, kind, OSLO)  # type: ignore[arg-type]
