"""When a form is due: whole days on the patient's own calendar, which no change of the clocks moves. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Window:
    """Due from the first moment of `due_on`; late from `late_at`, taken until `closes_at`."""

    due_on: date
    due_at: datetime
    late_at: datetime
    closes_at: datetime


def window(due_on: date, zone: ZoneInfo, *, late_after_days: int, closes_after_days: int) -> Window:
    return Window(
        due_on,
        _morning(due_on, zone),
        _morning(due_on + timedelta(days=late_after_days), zone),
        _morning(due_on + timedelta(days=closes_after_days), zone),
    )


def next_due(
    today: date, *, last_due: date | None, last_answered: date | None, every_days: int, shortest_days: int
) -> date:
    """The first is due today. Then every `every_days`, never closer to the last answered one than
    `shortest_days`; what was missed is not made up for."""
    due = last_due + timedelta(days=every_days) if last_due else today
    if last_answered is not None:
        due = max(due, last_answered + timedelta(days=shortest_days))
    return max(due, today) if last_due else due


def _morning(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day; where midnight is skipped, the one that stands for it."""
    return datetime.combine(day, time.min, zone).astimezone(ZoneInfo("UTC"))
