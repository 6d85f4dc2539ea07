"""How the alerts do: how many for each clinician and day, how soon they were answered, which helped."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Min
from django.utils import timezone

from clinics.models import Clinic
from scoring import rule_wording
from scoring.models import Alert, AlertEvent
from scoring.queries.helpfulness import Helpfulness, helpfulness
from scoring.queries.rule_preview import clinician_days
from scoring.services import rule_settings

DAYS = 30


@dataclass(frozen=True)
class Times:
    """Seconds from the alert to one step, of those that came so far. `waiting`: how many did not yet."""

    done: int
    waiting: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class RuleFigures:
    code: str
    title: str
    alerts: int
    taken: Times
    reached: Times
    resolved: Times
    helpful: Helpfulness


@dataclass(frozen=True)
class Figures:
    """Of the last DAYS days; `shadow`: alerts that were recorded only."""

    rules: list[RuleFigures]
    alerts: int
    shadow: int
    clinician_days: int
    budget: int

    @property
    def per_clinician_day(self) -> float:
        return self.alerts / self.clinician_days if self.clinician_days else float(self.alerts)

    @property
    def is_over_budget(self) -> bool:
        return self.per_clinician_day > self.budget


@dataclass(frozen=True)
class Course:
    """One alert: when each step came first."""

    rule: str
    opened_at: datetime
    taken_at: datetime | None
    reached_at: datetime | None
    resolved_at: datetime | None


def figures(*, clinic: Clinic, now: datetime | None = None) -> Figures:
    moment = now or timezone.now()
    since = moment - timedelta(days=DAYS)
    courses = _courses(clinic, since)
    by_rule: dict[str, list[Course]] = defaultdict(list)
    for course in courses:
        by_rule[course.rule].append(course)
    judged = helpfulness()
    rules = [
        _of_rule(code, by_rule.get(code, []), judged.get(code, Helpfulness(0, 0)))
        for code in sorted(set(by_rule) | set(judged), key=lambda code: -len(by_rule.get(code, [])))
    ]
    days = [moment - timedelta(days=back) for back in range(DAYS)]
    return Figures(
        rules=rules,
        alerts=len(courses),
        shadow=Alert.objects.filter(clinic=clinic, is_shadow=True, opened_at__gt=since).count(),
        clinician_days=clinician_days(clinic, days),
        budget=rule_settings.budget_in_force(),
    )


def _courses(clinic: Clinic, since: datetime) -> list[Course]:
    """From the history, which keeps the first time: an alert may be given back and taken again."""
    alerts = Alert.objects.of_duty().filter(clinic=clinic, opened_at__gt=since)
    steps = AlertEvent.objects.filter(alert__in=alerts, kind__in=["taken", "reached"])
    first = {
        (row["alert_id"], row["kind"]): row["first"]
        for row in steps.values("alert_id", "kind").annotate(first=Min("at"))
    }
    return [
        Course(
            rule=rule.partition(":")[0],
            opened_at=opened_at,
            taken_at=first.get((pk, "taken")),
            reached_at=first.get((pk, "reached")),
            resolved_at=resolved_at,
        )
        for pk, rule, opened_at, resolved_at in alerts.values_list("pk", "rule", "opened_at", "resolved_at")
    ]


def _of_rule(code: str, courses: Sequence[Course], helpful: Helpfulness) -> RuleFigures:
    return RuleFigures(
        code=code,
        title=_title(code),
        alerts=len(courses),
        taken=times([(row.opened_at, row.taken_at) for row in courses]),
        reached=times([(row.opened_at, row.reached_at) for row in courses]),
        resolved=times([(row.opened_at, row.resolved_at) for row in courses]),
        helpful=helpful,
    )


def _title(code: str) -> str:
    if code in rule_wording.TITLES:
        return str(rule_wording.TITLES[code])
    return str(Alert.Rule(code).label) if code in Alert.Rule.values else code


def times(spans: Sequence[tuple[datetime, datetime | None]]) -> Times:
    """Median and 90th percentile (the nearest rank) of what is done."""
    took = sorted(max(end - start, timedelta(0)) for start, end in spans if end is not None)
    if not took:
        return Times(0, len(spans), None, None)
    middle = timedelta(seconds=median(span.total_seconds() for span in took))
    rank = -(-9 * len(took) // 10)  # the ceiling of 0.9 n
    return Times(len(took), len(spans) - len(took), middle, took[rank - 1])
