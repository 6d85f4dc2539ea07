"""One patient as a clinician reads them: standing, series, readings, alerts."""

import uuid
from dataclasses import dataclass

from django.db.models import Max, Prefetch

from clinics import access_log
from clinics.models import Clinic, Membership
from inference.models import Reading, ReadingContest
from patients import access as patients_access
from patients.models import CheckIn, Patient
from scoring.models import Alert, PatientNote, PatientStanding, ScoreProfile
from scoring.queries.rule_facts import silent_faces
from scoring.queries.series import PeriodPoint, ShownBand, StoredKind, period_series
from scoring.queries.triage import is_current, shown_band

NEWEST = 30


@dataclass(frozen=True)
class PatientPage:
    """`standing` is None until a reading was judged; show its score only if `is_current`.

    `alerts` newest first, resolved ones too. `check_ins` newest first; `readings` by their check-in.
    """

    patient: Patient
    profile: ScoreProfile
    standing: PatientStanding | None
    is_current: bool
    band: ShownBand
    points: list[PeriodPoint]
    check_ins: list[CheckIn]
    readings: dict[uuid.UUID, Reading]
    alerts: list[Alert]
    notes: list[PatientNote]


def patient_page(
    membership: Membership | None,
    patient_id: uuid.UUID,
    *,
    clinic: Clinic,
    kind: StoredKind = "week",
    count: int = 26,
) -> PatientPage:
    """Through the gate of the patient; one entry in the log names the alerts that were shown."""
    patient = patients_access.get_patient(membership, patient_id)
    assert membership is not None  # the gate's promise
    profile = ScoreProfile.objects.in_force()
    standing = None if patient.is_restricted else PatientStanding.objects.filter(patient=patient).first()
    last_at = CheckIn.objects.filter(patient=patient).aggregate(last=Max("captured_at"))["last"]
    check_ins = list(CheckIn.objects.filter(patient=patient).order_by("-captured_at")[:NEWEST])
    alerts = list(
        Alert.objects.of_duty()
        .filter(patient=patient)
        .select_related("patient", "owner", "offered_to", "resolved_by")
        .order_by("-opened_at")[:NEWEST]
    )
    access_log.record(
        "alerts.listed",
        by=membership,
        patient_id=patient.pk,
        objects=[alert.pk for alert in alerts],
        page="patient",
    )
    return PatientPage(
        patient=patient,
        profile=profile,
        standing=standing,
        is_current=standing is not None and is_current(standing),
        band=shown_band(
            standing, last_at, profile, is_face_informative=patient.pk not in silent_faces([patient.pk])
        ),
        points=_points(patient, clinic, profile, kind, count),
        check_ins=check_ins,
        readings=_readings(check_ins),
        alerts=alerts,
        notes=list(PatientNote.objects.filter(patient=patient).order_by("-created_at")[:NEWEST]),
    )


def _points(
    patient: Patient, clinic: Clinic, profile: ScoreProfile, kind: StoredKind, count: int
) -> list[PeriodPoint]:
    """None while processing is restricted: the scores are kept, and not used."""
    if patient.is_restricted:
        return []
    return period_series(patient, clinic=clinic, profile=profile, kind=kind, count=count)


def _readings(check_ins: list[CheckIn]) -> dict[uuid.UUID, Reading]:
    """By check-in, with every contest of the patient's."""
    rows = Reading.objects.filter(check_in__in=check_ins).prefetch_related(
        Prefetch("contests", queryset=ReadingContest.objects.order_by("-contested_at"))
    )
    return {row.check_in_id: row for row in rows}
