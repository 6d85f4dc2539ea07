"""A series of scores as the chart and its table want it; see docs/frontend.md."""

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scoring.models import ScoreProfile
from scoring.queries import PeriodPoint, ShownBand


class ChartPoint(TypedDict):
    label: str
    short: str
    value: float | None
    low: float | None
    high: float | None
    check_ins: int
    mood: float | None
    band: ShownBand


class Chart(TypedDict):
    id: str
    title: str
    summary: str
    warning_line: float
    intervention_line: float
    maximum: float
    points: list[ChartPoint]
    has_scores: bool


def week_chart(points: Iterable[PeriodPoint], profile: ScoreProfile, *, title: str, summary: str) -> Chart:
    """One point a week, oldest first."""
    drawn = [_point(point) for point in points]
    return Chart(
        id="weeks",
        title=title,
        summary=summary,
        warning_line=profile.warning_line,
        intervention_line=profile.intervention_line,
        maximum=profile.matrix.bounds[1],
        points=drawn,
        has_scores=any(point["value"] is not None for point in drawn),
    )


def _point(point: PeriodPoint) -> ChartPoint:
    first, last = point.period.first_day, point.period.last_day
    words = {"number": first.isocalendar().week, "first": _day(first), "last": _day(last)}
    return ChartPoint(
        label=_("Week %(number)d, %(first)s to %(last)s") % words,
        short=_day(first),
        value=point.value,
        low=point.low,
        high=point.high,
        check_ins=point.check_ins,
        mood=point.mood,
        band=point.band,
    )


def _day(day: date) -> str:
    return date_format(day, "j M")
