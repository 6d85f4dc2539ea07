"""A patient's weeks, months or quarters in a row, with the gaps that a chart must show."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Avg, Count
from django.db.models.functions import TruncMonth, TruncQuarter, TruncWeek
from django.utils import timezone

from clinics.models import Clinic
from patients.models import CheckIn, Patient
from scoring.models import PeriodScore, ScoreProfile
from scoring.rules import Band, Period, band_of, has_enough_readings, period_of
from scoring.services.estimates import score_together

StoredKind = Literal["week", "month", "quarter"]
ShownBand = Literal["below", "warning", "intervention", "not_enough_data", "no_check_in", "not_informative"]

TRUNCATIONS = {"week": TruncWeek, "month": TruncMonth, "quarter": TruncQuarter}


@dataclass(frozen=True)
class PeriodPoint:
    """One period. `value`, `low`, `high` are None below the floor: `band` says whether for want of data or of
    check-ins. `readings`: the scored photos behind the value. `mood`: the mean of what the patient said."""

    period: Period
    value: float | None
    low: float | None
    high: float | None
    readings: int
    check_ins: int
    mood: float | None
    band: ShownBand


@dataclass(frozen=True)
class Said:
    """What a patient sent in one period: how many check-ins, and the mean of the moods."""

    check_ins: int
    mood: float | None


NOTHING_SAID = Said(0, None)


@dataclass(frozen=True)
class Scored:
    """What the programs read of one period, all model versions together."""

    score: float
    low: float
    high: float
    readings: int
    is_enough: bool


def period_series(
    patient: Patient, *, clinic: Clinic, profile: ScoreProfile, kind: StoredKind = "week", count: int = 26
) -> list[PeriodPoint]:
    """The last `count` periods up to today, oldest first, beginning with the first check-in."""
    periods = _last_periods(clinic, kind, count)
    scores = _scores(patient, kind, periods[0].first_day, profile)
    said = _said(patient, clinic, kind, periods[0].start)
    points = [
        _point(period, scores.get(period.first_day), said.get(period.first_day, NOTHING_SAID), profile)
        for period in periods
    ]
    first = next((index for index, point in enumerate(points) if point.check_ins), len(points))
    return points[first:]


def _last_periods(clinic: Clinic, kind: StoredKind, count: int) -> list[Period]:
    period = period_of(timezone.now(), kind, clinic.zone)
    periods = [period]
    while len(periods) < count:
        period = period_of(period.start - timedelta(microseconds=1), kind, clinic.zone)
        periods.append(period)
    return periods[::-1]


def _scores(patient: Patient, kind: StoredKind, since: date, profile: ScoreProfile) -> dict[date, Scored]:
    rows: dict[date, list[PeriodScore]] = defaultdict(list)
    stored = PeriodScore.objects.filter(patient=patient, kind=kind, start__gte=since)
    for row in stored.order_by("start", "model_version"):
        rows[row.start].append(row)
    return {start: _scored(of_period, kind, profile) for start, of_period in rows.items()}


def _scored(rows: list[PeriodScore], kind: StoredKind, profile: ScoreProfile) -> Scored:
    """What each model version read of the period, together."""
    readings = sum(row.readings for row in rows)
    is_enough = has_enough_readings(kind, readings, floor=profile.floor(kind))
    if len(rows) == 1:
        return Scored(rows[0].score, rows[0].low, rows[0].high, readings, is_enough)
    score = score_together(rows, profile)
    return Scored(score.estimate, score.low, score.high, readings, is_enough)


def _said(patient: Patient, clinic: Clinic, kind: StoredKind, since: datetime) -> dict[date, Said]:
    start = TRUNCATIONS[kind]("captured_at", tzinfo=clinic.zone)
    rows = (
        CheckIn.objects.filter(patient=patient, captured_at__gte=since)
        .annotate(start=start)
        .values("start")
        .annotate(check_ins=Count("pk"), said=Avg("mood"))
        .values_list("start", "check_ins", "said")
    )
    return {start.date(): Said(check_ins, mood) for start, check_ins, mood in rows}


def _point(period: Period, row: Scored | None, said: Said, profile: ScoreProfile) -> PeriodPoint:
    is_shown = row is not None and row.is_enough
    band: Band | ShownBand = "not_enough_data" if said.check_ins else "no_check_in"
    if row is not None and is_shown:
        band = band_of(row.score, profile.matrix)
    return PeriodPoint(
        period=period,
        value=row.score if row and is_shown else None,
        low=row.low if row and is_shown else None,
        high=row.high if row and is_shown else None,
        readings=row.readings if row else 0,
        check_ins=said.check_ins,
        mood=said.mood,
        band=band,
    )
