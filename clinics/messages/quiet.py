"""Quiet hours: pure arithmetic on local clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_quiet(start: time, until: time, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet time that holds at `now` is over, in UTC; None: none holds.

    `start` and `until` are read off a wall clock in `zone`; over midnight where `until` is the earlier, never
    where both are the same. The end lies after `now`, also in the hour that a clock change repeats or skips.
    """
    local = now.astimezone(zone)
    wall = local.time()
    over_midnight = start > until
    is_quiet = (wall >= start or wall < until) if over_midnight else start <= wall < until
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and wall >= start else local.date()
    for fold in (0, 1):
        end = datetime.combine(day, until, zone).replace(fold=fold).astimezone(UTC)
        if end > now:
            return end
    return now.astimezone(UTC) + timedelta(minutes=1)  # the clock skipped the end: it is over
