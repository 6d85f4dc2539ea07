"""A patient's own history, in words and in what they said themselves."""

import uuid
from dataclasses import dataclass

from clinics import access_log
from clinics.models import Clinic
from inference.models import Reading
from patients.models import CheckIn, Patient
from scoring.models import PatientNote, PatientStanding, ScoreProfile
from scoring.queries.rule_facts import silent_faces
from scoring.queries.series import PeriodPoint, ShownBand, period_series
from scoring.queries.triage import shown_band

NEWEST = 60


@dataclass(frozen=True)
class OwnHistory:
    """`points`: weeks, oldest first; show their `band` in the words for patients. `check_ins` newest first.

    `band`: what may be said of today, by the rule of the clinician's page; in the words for patients, too.
    `notes`: what the clinic's program left for the patient and is still unanswered. `readings` by check-in.
    """

    points: list[PeriodPoint]
    band: ShownBand
    check_ins: list[CheckIn]
    readings: dict[uuid.UUID, Reading]
    notes: list[PatientNote]
    profile: ScoreProfile


def own_history(patient: Patient, *, clinic: Clinic, weeks: int = 12) -> OwnHistory:
    """For the person who is signed in; the caller got `patient` from the gate of their own record."""
    profile = ScoreProfile.objects.in_force()
    check_ins = list(
        CheckIn.objects.filter(patient=patient).select_related("capture").order_by("-captured_at")[:NEWEST]
    )
    standing = None if patient.is_restricted else PatientStanding.objects.filter(patient=patient).first()
    last_at = check_ins[0].captured_at if check_ins else None
    notes = open_notes(patient)
    access_log.record("history.read", by=patient, patient_id=patient.pk)
    return OwnHistory(
        points=[]
        if patient.is_restricted
        else period_series(patient, clinic=clinic, profile=profile, count=weeks),
        band=shown_band(
            standing, last_at, profile, is_face_informative=patient.pk not in silent_faces([patient.pk])
        ),
        check_ins=check_ins,
        readings={row.check_in_id: row for row in Reading.objects.filter(check_in__in=check_ins)},
        notes=notes,
        profile=profile,
    )


def open_notes(patient: Patient) -> list[PatientNote]:
    """Kind notes that may be shown now and wait for an answer, newest first."""
    return list(PatientNote.objects.visible().filter(patient=patient, answer="").order_by("-created_at"))
