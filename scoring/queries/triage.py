"""The triage list: every patient a member may follow, worst first, and nobody calm for want of data."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from clinics import keys
from clinics.models import Clinic, Membership
from patients import access as patients_access
from patients.models import CheckIn, Patient
from scoring import access
from scoring.feed import last_number
from scoring.models import Alert, PatientStanding, ScoreProfile
from scoring.queries.questionnaire_heights import questionnaire_heights
from scoring.queries.rule_facts import silent_faces
from scoring.queries.series import ShownBand
from scoring.queries.urgency import Said, Urgency, alert_urgency, place, urgency_of
from scoring.rules import NEWEST_READING_AGE, band_of, window_at

SILENT_AFTER = timedelta(days=7)
"""Without a check-in for so long a patient is shown as silent."""

LOOKED_AT_DAYS = 14
MOOD_DAYS = 3
"""A low mood of these days is not hidden by a better one that followed."""


@dataclass(frozen=True)
class Checked:
    """A patient's check-ins: the newest, and on how many of the last LOOKED_AT_DAYS days there was one.
    `lowest`: of the moods of the last MOOD_DAYS days."""

    last_at: datetime | None = None
    days: int = 0
    mood: int | None = None
    lowest: int | None = None


@dataclass(frozen=True)
class TriageRow:
    """One patient. `value`, `low`, `high` are None unless the newest window still holds enough data.

    `silent_days`: days without a check-in among the last LOOKED_AT_DAYS. `mood`: the newest one said in them.
    """

    patient: Patient
    urgency: Urgency
    band: ShownBand
    value: float | None
    low: float | None
    high: float | None
    readings: int
    judged_at: datetime | None
    alerts: tuple[Alert, ...]
    last_check_in_at: datetime | None
    days_since: int | None
    silent_days: int
    mood: int | None
    said: Said

    @property
    def is_by_estimate_alone(self) -> bool:
        """The estimate lies over a line that no open alert of this patient is sure of."""
        over = {"warning": Urgency.WARNING_ALERT, "intervention": Urgency.INTERVENTION_ALERT}.get(self.band)
        sure = {alert_urgency(alert) for alert in self.alerts if alert.rule == Alert.Rule.SCORE_LINE}
        return over is not None and not any(one <= over for one in sure)


@dataclass(frozen=True)
class Triage:
    """`alerts`: all unresolved ones, worst and newest first. `last_seq`: where the page's socket begins."""

    rows: list[TriageRow]
    alerts: list[Alert]
    last_seq: int
    profile: ScoreProfile


def triage(membership: Membership | None, *, clinic: Clinic) -> Triage:
    """The whole page in about a dozen queries, whatever the number of patients; logged with what it shows."""
    visible = patients_access.visible_patients(membership).filter(state=Patient.State.ACTIVE)
    last_seq = last_number(clinic.pk)  # before the alerts: what comes after it is replayed
    patients = list(visible)
    assert membership is not None  # the gate's promise
    keys.preload(patient.sealed_under() for patient in patients)
    alerts = unresolved_alerts(membership)
    profile = ScoreProfile.objects.in_force()
    standings = {row.patient_id: row for row in PatientStanding.objects.filter(patient__in=patients)}
    checked = _checked(visible, clinic)
    silent = silent_faces(row.pk for row in patients)
    forms = questionnaire_heights(row.pk for row in patients)
    by_patient: dict[uuid.UUID, list[Alert]] = {}
    for alert in alerts:
        by_patient.setdefault(alert.patient_id, []).append(alert)
    rows = [
        _row(
            patient,
            None if patient.is_restricted else standings.get(patient.pk),
            patient.pk not in silent,
            forms.get(patient.pk, 0),
            checked.get(patient.pk, Checked()),
            tuple(by_patient.get(patient.pk, ())),
            profile=profile,
            clinic=clinic,
        )
        for patient in patients
    ]
    patients_access.record_list(membership, patients, page="triage")
    return Triage(sorted(rows, key=_order), alerts, last_seq, profile)


def unresolved_alerts(membership: Membership) -> list[Alert]:
    """Of the patients this member may follow, worst first, then newest."""
    rows = access.visible_alerts(membership).unresolved().select_related("patient", "owner", "offered_to")
    return sorted(rows, key=lambda alert: (alert_urgency(alert), alert.state != "open", -alert.seq))


def shown_band(
    standing: PatientStanding | None,
    last_check_in_at: datetime | None,
    profile: ScoreProfile,
    *,
    is_face_informative: bool = True,
) -> ShownBand:
    """What may be said of a patient today: a score only while its window still holds enough, and of a face
    that says something."""
    now = timezone.now()
    if last_check_in_at is None or now - last_check_in_at > SILENT_AFTER:
        return "no_check_in"
    if not is_face_informative:
        return "not_informative"
    if standing is None or not is_current(standing):
        return "not_enough_data"
    return band_of(standing.score, profile.matrix)


def is_current(standing: PatientStanding) -> bool:
    newest = standing.newest_reading_at
    return standing.is_enough and newest is not None and timezone.now() - newest <= NEWEST_READING_AGE


def _checked(visible: QuerySet[Patient], clinic: Clinic) -> dict[uuid.UUID, Checked]:
    since = window_at(timezone.now(), clinic.zone, days=LOOKED_AT_DAYS).start
    recent = Q(captured_at__gte=since)
    lately = Q(captured_at__gte=timezone.now() - timedelta(days=MOOD_DAYS))
    taken = CheckIn.objects.filter(patient__in=visible)
    rows = taken.values("patient_id").annotate(
        last_at=Max("captured_at"),
        lowest=Min("mood", filter=lately),
        days=Count(TruncDate("captured_at", tzinfo=clinic.zone), distinct=True, filter=recent),
    )
    moods = dict(
        taken.filter(recent, mood__isnull=False)
        .order_by("patient_id", "-captured_at")
        .distinct("patient_id")
        .values_list("patient_id", "mood")
    )
    return {
        row["patient_id"]: Checked(row["last_at"], row["days"], moods.get(row["patient_id"]), row["lowest"])
        for row in rows
    }


def _row(
    patient: Patient,
    standing: PatientStanding | None,
    is_face_informative: bool,
    form: int,
    checked: Checked,
    alerts: tuple[Alert, ...],
    *,
    profile: ScoreProfile,
    clinic: Clinic,
) -> TriageRow:
    band = shown_band(standing, checked.last_at, profile, is_face_informative=is_face_informative)
    said = Said(lowest_mood=checked.lowest, questionnaire=form)
    scored = standing if band in {"below", "warning", "intervention"} else None
    today = timezone.now().astimezone(clinic.zone).date()
    last_day = checked.last_at.astimezone(clinic.zone).date() if checked.last_at else None
    return TriageRow(
        patient=patient,
        urgency=urgency_of(band, said, tuple(alert_urgency(alert) for alert in alerts)),
        band=band,
        value=scored.score if scored else None,
        low=scored.low if scored else None,
        high=scored.high if scored else None,
        readings=standing.readings if standing else 0,
        judged_at=standing.window_end if standing else None,
        alerts=alerts,
        last_check_in_at=checked.last_at,
        days_since=(today - last_day).days if last_day else None,
        silent_days=LOOKED_AT_DAYS - checked.days,
        mood=checked.mood,
        said=said,
    )


def _order(row: TriageRow) -> tuple[int, bool, float, float, int]:
    """By urgency, words before faces; then the older record, so that the order is the same each time."""
    silent = float("inf") if row.days_since is None else float(row.days_since)
    key = place(row.urgency, row.said, value=row.value, silent_days=silent)
    return (*key, row.patient.record_number)
