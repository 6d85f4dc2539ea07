"""Cover hours as a sentence."""

from collections import defaultdict
from datetime import time
from itertools import groupby
from operator import itemgetter

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from clinics.cover import hours
from clinics.cover.hours import Schedule, WeeklyTime

Hours = tuple[tuple[time, time], ...]


def of(schedule: Schedule) -> str:
    """ "Monday to Friday, 08:00 to 18:00; Saturday, 09:00 to 12:00"; empty where nothing is declared."""
    if not schedule.weekly:
        return ""
    if not hours.gaps_of_week(schedule.weekly):
        return _("day and night")
    return "; ".join(
        _("%(days)s, %(times)s") % {"days": _days(days), "times": _times(times)}
        for times, days in _grouped(schedule.weekly)
    )


def _grouped(weekly: tuple[WeeklyTime, ...]) -> list[tuple[Hours, list[int]]]:
    """Runs of days that follow each other and have the same hours."""
    by_day: dict[int, list[tuple[time, time]]] = defaultdict(list)
    for row in sorted(weekly):
        by_day[row.weekday].append((row.opens, row.closes))
    days = [(tuple(by_day[day]), day, day - place) for place, day in enumerate(sorted(by_day))]
    return [
        (times, [day for _times, day, _run in rows])
        for (times, _run), rows in ((key, list(group)) for key, group in groupby(days, itemgetter(0, 2)))
    ]


def _days(days: list[int]) -> str:
    first, last = str(WEEKDAYS[days[0]]), str(WEEKDAYS[days[-1]])
    if len(days) == 1:
        return first
    if len(days) == 2:
        return _("%(first)s and %(last)s") % {"first": first, "last": last}
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _times(times: Hours) -> str:
    return _(" and ").join(
        _("%(opens)s to %(closes)s") % {"opens": _time(opens), "closes": _time(closes)}
        for opens, closes in times
    )


def _time(at: time) -> str:
    return formats.time_format(at, "TIME_FORMAT")
