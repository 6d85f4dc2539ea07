"""What a new reading sets in motion: touched periods, the judging window, the lines, the alerts."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.db import transaction
from django.utils import timezone

from clinics.models import Clinic
from inference.models import Reading
from patients.locks import lock_patients
from patients.models import Patient
from patients.services.check_ins import CLOCK_TOLERANCE
from scoring import signals
from scoring.models import Alert, PatientStanding, PeriodScore, RuleMemory, ScoreProfile
from scoring.readings import UsedReading, remember_reference, usable_readings
from scoring.rules import (
    Scores,
    Shares,
    Window,
    WindowKind,
    judge_lines,
    period_of,
    score_shares,
    window_at,
)
from scoring.services import alerts, estimates, faces, notes, rule_settings
from scoring.services.locks import lock_profile

PATIENTS_AT_ONCE = 50
STANDING_FIELDS = [
    field.attname
    for field in PatientStanding._meta.concrete_fields
    if field.name not in {"id", "clinic", "patient"}
]

Readings = Mapping[uuid.UUID, Sequence[UsedReading]]


@dataclass(frozen=True)
class JudgedWindows:
    """The newest windows of some patients, in the order of `patient_ids`."""

    window: Window
    patient_ids: list[uuid.UUID]
    readings: list[list[UsedReading]]
    shares: Shares
    scores: Scores


@transaction.atomic
def judge_readings(
    *, clinic_id: uuid.UUID, touched: Mapping[uuid.UUID, Collection[datetime]], at: datetime | None = None
) -> None:
    """New readings: re-estimates what they touch, judges both lines, raises or updates alerts.

    `touched` names for each patient the moments of their new readings. `at` is the moment of judging: now,
    unless a history is written day by day.
    """
    _rescore(clinic_id, touched, at or timezone.now(), judges_lines=True)


@transaction.atomic
def rescore_readings(*, clinic_id: uuid.UUID, touched: Mapping[uuid.UUID, Collection[datetime]]) -> None:
    """Readings that were taken away, contested or added for the past: scores follow, no alert is raised."""
    _rescore(clinic_id, touched, timezone.now(), judges_lines=False)


@transaction.atomic
def merge_scores(
    *, clinic_id: uuid.UUID, patient_id: uuid.UUID, double_id: uuid.UUID, moments: Collection[datetime]
) -> None:
    """Readings of a double came into this record: its scores are made anew, the double's are no longer true.

    Alerts and notes stay with the double, whose history they are.
    """
    RuleMemory.objects.filter(patient=double_id).delete()
    faces.carry_over(patient=Patient.objects.get(pk=patient_id), double_id=double_id)
    PeriodScore.objects.filter(patient=double_id).delete()
    PatientStanding.objects.filter(patient=double_id).delete()
    if moments:
        rescore_readings(clinic_id=clinic_id, touched={patient_id: moments})


def rescore_patient(*, clinic_id: uuid.UUID, patient_id: uuid.UUID) -> None:
    """All of one patient's scores anew from the readings: a restriction that ends has left them behind."""
    lock_patients([patient_id])
    PeriodScore.objects.filter(patient=patient_id).delete()
    moments = Reading.objects.that_count().filter(patient=patient_id).values_list("captured_at", flat=True)
    if moments or PatientStanding.objects.filter(patient=patient_id).exists():
        _rescore(clinic_id, {patient_id: list(moments)}, timezone.now(), judges_lines=False)


@transaction.atomic
def recut_periods(*, clinic_id: uuid.UUID) -> None:
    """All periods and windows again from the readings, as the clinic's time zone cuts them now."""
    lock_profile(clinic_id, is_change=True)
    clinic = Clinic.objects.get(pk=clinic_id)
    profile = ScoreProfile.objects.in_force()
    PeriodScore.objects.filter(patient__restricted_at=None).delete()
    for patients in in_batches(unrestricted_patients()):
        readings = usable_readings(patients, since=None, until=None)
        estimates.store_periods(
            clinic=clinic, profile=profile, groups=estimates.group_by_period(clinic, readings)
        )
        refresh_windows(clinic=clinic, profile=profile, patient_ids=patients)


def refresh_windows(*, clinic: Clinic, profile: ScoreProfile, patient_ids: Collection[uuid.UUID]) -> None:
    """The newest windows of these patients, each as of the moment it was judged. Lines stay as they are."""
    for standing in PatientStanding.objects.filter(patient__in=patient_ids):
        window = _window(clinic, profile, standing.window_end)
        readings = usable_readings([standing.patient_id], since=window.reach, until=_until(window))
        judged = _judge_windows(profile, window, [standing.patient_id], readings)
        _write_window(standing, judged, 0, profile)
        standing.save(update_fields=STANDING_FIELDS)


def unrestricted_patients() -> Iterable[uuid.UUID]:
    """Those whose data may be processed; the others' scores stay as they are until the restriction ends."""
    return Patient.objects.filter(restricted_at=None).order_by("pk").values_list("pk", flat=True)


def in_batches(ids: Iterable[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    every = list(ids)
    for start in range(0, len(every), PATIENTS_AT_ONCE):
        yield every[start : start + PATIENTS_AT_ONCE]


def _rescore(
    clinic_id: uuid.UUID,
    touched: Mapping[uuid.UUID, Collection[datetime]],
    at: datetime,
    *,
    judges_lines: bool,
) -> None:
    patients = {pk: row for pk, row in lock_patients(touched).items() if not row.is_restricted}
    touched = {pk: moments for pk, moments in touched.items() if pk in patients}
    if not patients:
        return
    lock_profile(clinic_id, is_change=False)
    remember_reference(clinic_id=clinic_id)
    clinic = Clinic.objects.get(pk=clinic_id)
    profile = ScoreProfile.objects.in_force()
    window = _window(clinic, profile, at)
    readings = usable_readings(
        patients, since=_earliest(clinic, window, touched), until=_latest(clinic, window, touched)
    )
    _store_touched_periods(clinic, profile, touched, readings)
    judged = _judge_windows(profile, window, list(patients), readings)
    _store_standings(clinic, profile, judged, patients, judges_lines=judges_lines)
    signals.scores_changed.send(sender=PatientStanding, clinic_id=clinic_id, patient_ids=list(patients))


def _store_touched_periods(
    clinic: Clinic,
    profile: ScoreProfile,
    touched: Mapping[uuid.UUID, Collection[datetime]],
    readings: Readings,
) -> None:
    wanted = estimates.touched_periods(clinic, touched)
    groups = {
        key: group for key, group in estimates.group_by_period(clinic, readings).items() if key[:3] in wanted
    }
    _drop_unread(wanted, groups)
    estimates.store_periods(clinic=clinic, profile=profile, groups=groups)


def _drop_unread(
    wanted: Collection[tuple[uuid.UUID, estimates.StoredKind, date]],
    groups: Collection[estimates.PeriodKey],
) -> None:
    """Rows of these periods that no reading of their model stands behind any more."""
    stored = PeriodScore.objects.filter(
        patient__in={key[0] for key in wanted}, start__in={key[2] for key in wanted}
    )
    keys = stored.values_list("pk", "patient", "kind", "start", "model_version")
    gone = [pk for pk, *key in keys if tuple(key[:3]) in wanted and tuple(key) not in groups]
    if gone:
        PeriodScore.objects.filter(pk__in=gone).delete()


def _window(clinic: Clinic, profile: ScoreProfile, at: datetime) -> Window:
    return window_at(at, clinic.zone, cast("WindowKind", str(profile.window)), profile.window_days)


def _until(window: Window) -> datetime:
    """A phone's clock may run ahead as far as the door lets it."""
    return window.end + CLOCK_TOLERANCE


def _earliest(clinic: Clinic, window: Window, touched: Mapping[uuid.UUID, Collection[datetime]]) -> datetime:
    """A quarter or a week (which may begin before its quarter) of the earliest moment, or the window."""
    moments = [moment for taken in touched.values() for moment in taken]
    starts = [period_of(moment, kind, clinic.zone).start for moment in moments for kind in estimates.KINDS]
    return min([window.reach, *starts])


def _latest(clinic: Clinic, window: Window, touched: Mapping[uuid.UUID, Collection[datetime]]) -> datetime:
    moments = [moment for taken in touched.values() for moment in taken]
    ends = [period_of(moment, kind, clinic.zone).end for moment in moments for kind in estimates.KINDS]
    return max([_until(window), *ends])


def _judge_windows(
    profile: ScoreProfile, window: Window, patient_ids: list[uuid.UUID], readings: Readings
) -> JudgedWindows:
    inside = [_judged_rows(profile, window, readings.get(patient_id, ())) for patient_id in patient_ids]
    shares = estimates.estimate_groups(inside, str(profile.estimator))
    return JudgedWindows(
        window=window,
        patient_ids=patient_ids,
        readings=inside,
        shares=shares,
        scores=score_shares(shares, profile.matrix),
    )


def _judged_rows(profile: ScoreProfile, window: Window, taken: Sequence[UsedReading]) -> list[UsedReading]:
    rows = [row for row in taken if window.reach <= row.captured_at <= _until(window)]
    count = window.newest([row.captured_at for row in rows], profile.window_floor)
    return rows[len(rows) - count :]


def _write_window(
    standing: PatientStanding, judged: JudgedWindows, index: int, profile: ScoreProfile
) -> None:
    rows = judged.readings[index]
    estimates.write_shares(standing, judged.shares, index)
    first = min([judged.window.start, *(row.captured_at for row in rows[:1])])
    standing.window_start, standing.window_end = first, judged.window.end
    standing.newest_reading_at = rows[-1].captured_at if rows else None
    write_window_score(standing, judged.scores, index, profile)


def write_window_score(standing: PatientStanding, scores: Scores, index: int, profile: ScoreProfile) -> None:
    estimates.write_score(standing, scores, index, profile)
    standing.over_warning = float(scores.over_warning[index])
    standing.over_intervention = float(scores.over_intervention[index])
    standing.is_enough = standing.has_enough_under(profile)


def store_standings(rows: list[PatientStanding]) -> None:
    PatientStanding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["clinic", "patient"],
        update_fields=STANDING_FIELDS,
    )


def _store_standings(
    clinic: Clinic,
    profile: ScoreProfile,
    judged: JudgedWindows,
    patients: Mapping[uuid.UUID, Patient],
    *,
    judges_lines: bool,
) -> None:
    known = {row.patient_id: row for row in PatientStanding.objects.filter(patient__in=judged.patient_ids)}
    unresolved = alerts.unresolved_of(judged.patient_ids, Alert.Rule.SCORE_LINE) if judges_lines else {}
    silent = rule_settings.without_lines(judged.patient_ids) if judges_lines else frozenset()
    day = judged.window.end.astimezone(clinic.zone).date()
    standings = []
    for index, patient_id in enumerate(judged.patient_ids):
        standing = known.get(patient_id) or PatientStanding(clinic=clinic, patient_id=patient_id)
        _write_window(standing, judged, index, profile)
        standings.append(standing)
        if not (judges_lines and standing.is_enough) or patient_id in silent:
            continue
        score = judged.scores.at(index)
        judgement = judge_lines(standing.lines, score, day, profile.matrix, profile.policy)
        standing.remember(judgement.state)
        alert = alerts.follow_judgement(
            patient=patients[patient_id],
            standing=standing,
            judgement=judgement,
            unresolved=unresolved.get(patient_id),
        )
        if alert is not None and judgement.event is not None:
            notes.leave_note(patient=patients[patient_id], alert=alert, line=judgement.event.line)
    store_standings(standings)
