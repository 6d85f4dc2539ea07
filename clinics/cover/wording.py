"""Cover hours as a sentence."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from itertools import groupby
from operator import itemgetter

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from clinics.cover import hours
from clinics.cover.hours import Schedule, WeeklyTime
from clinics.models import Lane

Hours = tuple[tuple[time, time], ...]


def of(weekly: tuple[WeeklyTime, ...]) -> str:
    """ "Monday to Friday, 08:00 to 18:00; Saturday, 09:00 to 12:00"; empty where nothing is declared."""
    if not weekly:
        return ""
    if not hours.gaps_of_week(weekly):
        return _("day and night")
    return "; ".join(
        _("%(days)s, %(times)s") % {"days": _days(days), "times": _times(times)}
        for times, days in _grouped(weekly)
    )


def as_of(week: Schedule, at: datetime) -> str:
    """The hours; and where a holiday or a phone that is not at hand makes them untrue now, until when nobody
    is there."""
    said = of(week.weekly)
    opens_at = hours.next_opening(week, at)
    if not said or opens_at == hours.next_opening(replace(week, holidays=frozenset(), by_night=None), at):
        return said
    if opens_at is None:
        return _("%(hours)s (closed now)") % {"hours": said}
    until = formats.date_format(opens_at.astimezone(week.zone), "l, j F, H:i")
    return _("%(hours)s (closed now until %(at)s)") % {"hours": said, "at": until}


def for_everybody(by_lane: Mapping[Lane, str], remark: str) -> str:
    """One sentence where all lanes have the same hours; otherwise by lane, those alike together."""
    if not any(by_lane.values()):
        return remark
    if len(set(by_lane.values())) == 1:
        said = by_lane[Lane.ITEM_9]
    else:
        said = "; ".join(
            _("%(what)s: %(hours)s") % {"what": what, "hours": hours or _("no hours")}
            for what, hours in _together(by_lane)
        )
    return f"{said} ({remark})" if remark else said


def _together(by_lane: Mapping[Lane, str]) -> list[tuple[str, str]]:
    """The urgent lanes under one name where they are alike, and the others too."""
    found = []
    for lanes, name in (
        ((Lane.ITEM_9, Lane.CALL), _("wishes for a call and urgent answers")),
        ((Lane.FACE, Lane.ROUTINE), _("all else")),
    ):
        hours = [by_lane[lane] for lane in lanes]
        if len(set(hours)) == 1:
            found.append((name, hours[0]))
        else:
            found += [(str(lane.label), by_lane[lane]) for lane in lanes]
    return found


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
