"""What would have been alerts: the figures of a week in shadow."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from clinics.cover.snapshot import days_as_span, safety_of
from clinics.models import Clinic, Membership, Role, ShadowLook

WEEK = timedelta(days=7)
WEEKS_NEEDED = 4
WEEKS_VALID = 13
"""A look at figures older than a quarter says nothing about the clinic of today."""


@dataclass(frozen=True)
class ShadowAlert:
    """One alert that was recorded and rang nowhere. `what` and `severity` are words for the page."""

    at: datetime
    patient_id: uuid.UUID
    record_number: int
    what: str
    severity: str


Provider = Callable[[Clinic, datetime, datetime], Iterable[ShadowAlert]]
_providers: list[Provider] = []


def register_figures(provider: Provider) -> None:
    """Asked for the alerts in shadow between two moments, inside the clinic."""
    if provider not in _providers:
        _providers.append(provider)


@dataclass(frozen=True)
class Week:
    """A week in shadow. `is_over`: only a whole week can be looked at."""

    start: date
    is_over: bool
    looked_at: datetime | None

    @property
    def last(self) -> date:
        return self.start + WEEK - timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    week: Week
    alerts: list[ShadowAlert]
    by_day: list[tuple[date, int]]
    by_rule: list[tuple[str, int]]
    patients: int
    clinicians: int

    @property
    def per_clinician_day(self) -> float | None:
        """Alerts a clinician would have had each day of the week. None without a clinician."""
        return len(self.alerts) / (7 * self.clinicians) if self.clinicians else None


def weeks(clinic: Clinic) -> list[Week]:
    """Whole weeks since the shadow began, the newest first, and the one that runs; at most a quarter."""
    today = timezone.now().astimezone(clinic.zone).date()
    this_monday = today - timedelta(days=today.weekday())
    begun = safety_of(clinic).shadow_since.astimezone(clinic.zone).date()
    first = begun + timedelta(days=-begun.weekday() % 7)
    looks = dict(ShadowLook.objects.filter(clinic=clinic).values_list("week_start", "looked_at"))
    mondays = [this_monday - number * WEEK for number in range(WEEKS_VALID)]
    return [Week(day, day < this_monday, looks.get(day)) for day in mondays if day >= first]


def looked_at(clinic: Clinic) -> int:
    """How many weeks were looked at of those that still count."""
    return sum(week.looked_at is not None for week in weeks(clinic))


def figures(clinic: Clinic, week: Week) -> Figures:
    span = days_as_span(clinic.zone, week.start, week.last)
    alerts = [alert for provider in _providers for alert in provider(clinic, span.start, span.end)]
    days = Counter(alert.at.astimezone(clinic.zone).date() for alert in alerts)
    active = Membership.objects.filter(clinic=clinic, role=Role.CLINICIAN, is_active=True)
    return Figures(
        week=week,
        alerts=sorted(alerts, key=lambda alert: alert.at),
        by_day=[(day, days[day]) for day in (week.start + timedelta(days=n) for n in range(7))],
        by_rule=Counter(alert.what for alert in alerts).most_common(),
        patients=len({alert.record_number for alert in alerts}),
        clinicians=active.count(),
    )
