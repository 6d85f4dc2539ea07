"""The watch in words and shapes: what the administrators' page says of the stored figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from inference.engine.groups import MARGIN
from inference.engine.watch import SMALLEST_GROUP, Figures
from inference.models import Reason, WatchNotice, WatchWeek
from patients.models import AgeBand, Sex

WEEKS_SHOWN = 26
PSI_SOME, PSI_MUCH = 0.1, 0.25
QUESTIONS = {"age_band": _("Age"), "sex": _("Sex"), "skin_tone": _("Skin tone")}
TONES = {
    "light": _("light (Monk 1 to 3)"),
    "medium": _("medium (Monk 4 to 6)"),
    "dark": _("dark (Monk 7 to 10)"),
}
GROUPS: dict[str, dict[str, Any]] = {
    "age_band": dict(AgeBand.choices),
    "sex": dict(Sex.choices),
    "skin_tone": TONES,
}
WIDTH, HEIGHT = 600, 160


@dataclass(frozen=True)
class ReasonCount:
    label: str | Promise
    photos: int


@dataclass(frozen=True)
class WeekLine:
    """One row of the table. `is_shown`: enough people for what tells of their mood or their words."""

    row: WatchWeek
    figures: Figures
    reasons: list[ReasonCount]
    drift: str | Promise

    @property
    def is_shown(self) -> bool:
        return self.figures.patients >= SMALLEST_GROUP

    @property
    def not_scored_percent(self) -> float | None:
        return _percent(self.figures.not_scored_rate)

    @property
    def contested_percent(self) -> float | None:
        return _percent(self.figures.contested_rate) if self.is_shown else None

    @property
    def confidence_percent(self) -> dict[str, float | None]:
        return {name: _percent(value) for name, value in self.figures.confidence.items()}


@dataclass(frozen=True)
class GroupLine:
    """One group and one measure: rounded, so that two weeks' figures do not tell who was added."""

    question: str | Promise
    group: str | Promise
    measure: str | Promise
    at_least: int
    percent: int
    others_percent: int
    low: int
    high: int
    is_enough: bool
    is_large: bool
    is_beyond_chance: bool


@dataclass(frozen=True)
class Chart:
    """Lines over weeks, oldest first: points of an SVG of WIDTH by HEIGHT, and what its upper edge means."""

    top_percent: int
    first: date
    last: date
    not_scored: str
    contested: str


@dataclass(frozen=True)
class WatchPage:
    weeks: list[WeekLine]
    untried: list[tuple[date, list[ReasonCount]]]
    groups: list[GroupLine]
    groups_of: WatchWeek | None
    notices: list["NoticeLine"]
    chart: Chart | None = None


@dataclass(frozen=True)
class NoticeLine:
    notice: WatchNotice
    question: str | Promise
    group: str | Promise
    points: int = field(default=0)
    low: int = field(default=0)
    high: int = field(default=0)

    @property
    def is_more(self) -> bool:
        return self.notice.difference > 0


def watch_page(clinic: Clinic) -> WatchPage:
    """Of the clinic that was entered."""
    rows = list(
        WatchWeek.objects.filter(clinic=clinic).order_by("-week_start", "model_name")[: 2 * WEEKS_SHOWN]
    )
    weeks = [_week(row) for row in rows if row.model_sha256]
    newest = next((row for row in rows if row.groups), None)
    return WatchPage(
        weeks=weeks,
        untried=[
            (row.week_start, reasons)
            for row in rows
            if not row.model_sha256 and (reasons := _reasons({**_of(row).untried, **_of(row).not_scored}))
        ],
        groups=_groups(newest) if newest else [],
        groups_of=newest,
        notices=[_notice(row) for row in open_notices(clinic)],
        chart=_chart(weeks[::-1]),
    )


def open_notices(clinic: Clinic) -> list[WatchNotice]:
    return list(WatchNotice.objects.filter(clinic=clinic, seen_at=None).order_by("raised_at"))


def drift_in_words(psi: float | None) -> str | Promise:
    if psi is None:
        return _("not enough photos or people to say")
    if psi < PSI_SOME:
        return _("about what the program was calibrated for")
    return _("some drift: look again next week") if psi < PSI_MUCH else _("marked drift: look into it")


def _of(row: WatchWeek) -> Figures:
    return Figures(**row.figures)


def _week(row: WatchWeek) -> WeekLine:
    figures = _of(row)
    return WeekLine(row, figures, _reasons(figures.not_scored), drift_in_words(figures.psi))


def _reasons(counts: dict[str, int]) -> list[ReasonCount]:
    known = dict(Reason.choices)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [ReasonCount(known.get(reason, reason), photos) for reason, photos in ordered]


def _groups(row: WatchWeek) -> list[GroupLine]:
    measures = dict(WatchNotice.Measure.choices)
    return [
        GroupLine(
            question=QUESTIONS[question],
            group=GROUPS[question].get(group, group),
            measure=measures[measure],
            at_least=found["patients"] // SMALLEST_GROUP * SMALLEST_GROUP,
            percent=round(100 * found["rate"]),
            others_percent=round(100 * found["others"]),
            low=round(100 * found["low"]),
            high=round(100 * found["high"]),
            is_enough=found["is_enough"],
            is_large=abs(found["difference"]) > MARGIN,
            is_beyond_chance=found["is_beyond_chance"],
        )
        for question, groups in row.groups.items()
        for group, by_measure in groups.items()
        for measure, found in by_measure.items()
    ]


def _notice(row: WatchNotice) -> NoticeLine:
    low, high = sorted(abs(round(100 * edge)) for edge in (row.low, row.high))
    group = GROUPS[row.question].get(row.group, row.group)
    return NoticeLine(row, QUESTIONS[row.question], group, abs(round(100 * row.difference)), low, high)


def _chart(lines: Sequence[WeekLine]) -> Chart | None:
    """Two weeks at least make a line; with two models in a week, the first is drawn."""
    by_week: dict[date, WeekLine] = {}
    for line in lines:
        by_week.setdefault(line.row.week_start, line)
    if len(by_week) < 2:
        return None
    days = sorted(by_week)
    span = (days[-1] - days[0]).days
    values = {
        name: [(day, value) for day in days if (value := getattr(by_week[day], name)) is not None]
        for name in ("not_scored_percent", "contested_percent")
    }
    highest = max((value for points in values.values() for _day, value in points), default=0.0)
    top = max(10, int(-(-highest // 10) * 10))
    drawn = {
        name: " ".join(
            f"{WIDTH * (day - days[0]).days / span:.1f},{HEIGHT * (1 - value / top):.1f}"
            for day, value in points
        )
        for name, points in values.items()
    }
    return Chart(top, days[0], days[-1], drawn["not_scored_percent"], drawn["contested_percent"])


def _percent(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate
