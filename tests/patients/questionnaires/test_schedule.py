"""Due days lie on the patient's own calendar, across the nights in which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from patients.questionnaires.schedule import next_due, window

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/Santiago", "UTC"])


def test_the_first_is_due_today() -> None:
    today = date(2026, 3, 1)
    assert next_due(today, last_due=None, last_answered=None, every_days=14, shortest_days=7) == today


def test_then_every_so_many_days() -> None:
    due = next_due(
        date(2026, 3, 2), last_due=date(2026, 3, 1), last_answered=None, every_days=14, shortest_days=7
    )
    assert due == date(2026, 3, 15)


def test_never_closer_to_an_answer_than_the_form_allows() -> None:
    due = next_due(
        date(2026, 3, 15),
        last_due=date(2026, 3, 1),
        last_answered=date(2026, 3, 14),
        every_days=14,
        shortest_days=7,
    )
    assert due == date(2026, 3, 21)


def test_what_was_missed_is_not_made_up_for() -> None:
    today = date(2026, 6, 1)
    due = next_due(today, last_due=date(2026, 3, 1), last_answered=None, every_days=14, shortest_days=7)
    assert due == today


def test_a_window_over_the_night_of_the_clocks_keeps_its_days() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    found = window(date(2026, 3, 28), berlin, late_after_days=1, closes_after_days=2)
    assert found.due_at == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert found.closes_at == datetime(2026, 3, 29, 22, tzinfo=UTC), "a day of 23 hours"


@given(day=DAYS, zone=ZONES, late=st.integers(1, 7), more=st.integers(0, 21))
def test_due_late_and_closed_follow_each_other(day: date, zone: str, late: int, more: int) -> None:
    found = window(day, ZoneInfo(zone), late_after_days=late, closes_after_days=late + more)
    assert found.due_at < found.late_at <= found.closes_at
    assert abs(found.late_at - found.due_at - timedelta(days=late)) <= timedelta(hours=1)


@given(day=DAYS, gap=st.integers(0, 60), every=st.integers(7, 60))
def test_the_next_is_never_due_too_soon(day: date, gap: int, every: int) -> None:
    today = day + timedelta(days=gap)
    due = next_due(today, last_due=day, last_answered=day, every_days=every, shortest_days=7)
    assert due >= max(today, day + timedelta(days=7))
