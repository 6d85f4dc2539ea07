"""Whom a rule would have told of in the last days: the same pure judgement, day by day over stored rows.

Each day is judged once, at its end, by what is known today; faces are estimated anew for each day. A rule's
memory begins two weeks earlier, so that what held on already is not counted as new.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from clinics import access_log
from clinics.models import Clinic, Membership
from patients.models import Patient
from scoring.alert_rules import (
    Crossing,
    Memory,
    PatientFacts,
    Rule,
    RuleSettings,
    is_news,
    remembered,
)
from scoring.models import ScoreProfile
from scoring.queries import rule_facts
from scoring.queries.past_windows import past_windows
from scoring.rules import LinesState, judge_lines

DAYS = 30
BEFORE = 14
MOST_PATIENTS = 1000
"""More would keep the page waiting; the page says so."""


@dataclass(frozen=True)
class PreviewRow:
    """One patient and the days on which they would have been told of, oldest first. No name."""

    patient_id: uuid.UUID
    record_number: int
    days: list[date]


@dataclass(frozen=True)
class Preview:
    """`looked_at`: how many patients were judged, `followed`: how many there are. Most alerts first."""

    rows: list[PreviewRow]
    looked_at: int
    followed: int
    clinician_days: int

    @property
    def alerts(self) -> int:
        return sum(len(row.days) for row in self.rows)

    @property
    def per_clinician_day(self) -> float:
        return self.alerts / self.clinician_days if self.clinician_days else float(self.alerts)


def preview(rule: Rule, settings: RuleSettings, *, clinic: Clinic, by: Membership) -> Preview:
    """For an administrator's page: record numbers, and one entry in the log with the patients it shows. Whose
    processing is restricted is left out: trying rules out is no care of theirs."""
    followed = Patient.objects.filter(state=Patient.State.ACTIVE, restricted_at=None)
    chosen = list(followed.order_by("record_number").values_list("pk", "record_number")[:MOST_PATIENTS])
    moments = day_ends(clinic, timezone.now())
    days = told_days(rule, settings, [pk for pk, _number in chosen], moments, clinic)
    rows = [PreviewRow(pk, number, days[pk]) for pk, number in chosen if days.get(pk)]
    access_log.record("rule.previewed", by=by, objects=[row.patient_id for row in rows], days=DAYS)
    return Preview(
        rows=sorted(rows, key=lambda row: (-len(row.days), row.record_number)),
        looked_at=len(chosen),
        followed=followed.count(),
        clinician_days=clinician_days(clinic, moments[-DAYS:]),
    )


def day_ends(clinic: Clinic, now: datetime) -> list[datetime]:
    """The ends of the last days on the clinic's clock, the memory's included; today's is now."""
    today = now.astimezone(clinic.zone).date()
    ends = [
        datetime.combine(today - timedelta(days=back), time(), tzinfo=clinic.zone)
        for back in range(DAYS + BEFORE - 2, -1, -1)
    ]
    return [*ends, now]


def told_days(
    rule: Rule,
    settings: RuleSettings,
    patient_ids: Sequence[uuid.UUID],
    moments: Sequence[datetime],
    clinic: Clinic,
) -> dict[uuid.UUID, list[date]]:
    """By patient: the local days on which this rule would have had news."""
    shown = replace(settings, is_on=True)  # a preview of a rule that is off says what it would do
    histories = rule_facts.histories(patient_ids, first=moments[0])
    windows = past_windows(patient_ids, moments, clinic) if rule.reads_face else {}
    days = {}
    for pk, history in histories.items():
        faces = windows.get(pk, {})
        facts = [history.at(moment, face=faces.get(moment)) for moment in moments]
        if rule.code == "score_line":
            facts = _with_crossings(facts, clinic)
        days[pk] = _news_days(rule, shown, facts, clinic)
    return days


def _news_days(
    rule: Rule, settings: RuleSettings, facts: Sequence[PatientFacts], clinic: Clinic
) -> list[date]:
    memories: dict[str, Memory] = {}
    days = []
    for number, one in enumerate(facts):
        found = rule.find_all(one, settings)
        has_news = any(is_news(memories.get(name, Memory()), finding) for name, finding in found.items())
        if has_news and number >= len(facts) - DAYS:
            days.append((one.now - timedelta(microseconds=1)).astimezone(clinic.zone).date())
        memories = {name: remembered(memories.get(name, Memory()), found.get(name)) for name in rule.names}
    return days


def _with_crossings(facts: Sequence[PatientFacts], clinic: Clinic) -> list[PatientFacts]:
    """The lines walked day by day, as at each reading."""
    profile, state = ScoreProfile.objects.in_force(), LinesState()
    walked = []
    for one in facts:
        crossing = None
        if one.face is not None and one.face.is_current and one.face.over is not None:
            day = (one.now - timedelta(microseconds=1)).astimezone(clinic.zone).date()
            judgement = judge_lines(state, one.face.over, day, profile.matrix, profile.policy)
            state = judgement.state
            if judgement.event is not None and judgement.event.kind == "crossed":
                crossing = Crossing(judgement.event.line, one.face.score, one.face.readings)
        walked.append(replace(one, crossing=crossing))
    return walked


def clinician_days(clinic: Clinic, moments: Sequence[datetime]) -> int:
    """Working days, Monday to Friday, times the clinicians there are."""
    clinicians = sum(row.treats_patients for row in Membership.objects.filter(clinic=clinic, is_active=True))
    dates = {(moment - timedelta(microseconds=1)).astimezone(clinic.zone).date() for moment in moments}
    return clinicians * sum(day.weekday() < 5 for day in dates)
