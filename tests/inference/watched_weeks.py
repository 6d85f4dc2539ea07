"""Weeks of photos for the watch, stored as a worker would."""

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.models import Clinic
from inference import registry
from inference.emotions import EMOTIONS
from inference.engine.watch import Figures
from inference.models import Reading, WatchNotice, WatchWeek
from inference.services.watch import last_whole_week
from patients import services
from patients.models import CheckIn, Patient, Purpose
from patients.services import AnswersDraft

BY = System("test")
SAD = dict(zip(EMOTIONS, (0.05, 0.05, 0.05, 0.05, 0.7, 0.05, 0.05), strict=True))


def last_week() -> datetime:
    """The middle of the newest whole week, wherever a clinic is."""
    today = timezone.now()
    return today - timedelta(days=today.weekday() + 4)


def people(clinic: Clinic, size: int, **answers: str) -> list[Patient]:
    """Admitted, without an account; with answers, those who volunteered them."""
    with tenancy.enter(clinic.pk):
        made = [services.admit_patient(clinic=clinic, name=f"P {at}", by=BY) for at in range(size)]
        for patient in made if answers else ():
            services.grant_consent(patient=patient, purpose=Purpose.FAIRNESS_CHECK, by=patient)
            services.save_fairness_answers(patient=patient, draft=AnswersDraft(**answers))
    return made


def photos_of(
    patients: list[Patient], *, scored: int = 0, at: datetime | None = None, reason: str = "blurred",
    failed: int = 0, **fields: Any,
) -> list[Reading]:  # fmt: skip
    """`scored` and `failed` photos of each patient, read by the shipped model unless told otherwise."""
    moment = at or last_week()
    package = registry.active_package()
    named = {"model_name": package.name, "model_version": package.version, "model_sha256": package.sha256}
    kinds: list[dict[str, Any]] = [{"is_scored": True, **SAD}] * scored
    kinds += [{"is_scored": False, "reason": reason}] * failed
    rows, check_ins = [], []
    for patient in patients:
        for kind in kinds:
            check_in = CheckIn(
                clinic_id=patient.clinic_id, patient=patient, captured_at=moment, mood=5,
                idempotency_key=uuid.uuid4().hex, zone="UTC",
            )  # fmt: skip
            check_ins.append(check_in)
            values = {**named, **kind, **fields}
            rows.append(
                Reading(
                    clinic_id=patient.clinic_id,
                    check_in=check_in,
                    patient=patient,
                    captured_at=moment,
                    **values,
                )
            )
    with tenancy.enter(patients[0].clinic_id):
        CheckIn.objects.bulk_create(check_ins)
        return Reading.objects.bulk_create(rows)


def example_weeks(clinic: Clinic, weeks: int = 6) -> None:
    """Figures as the page shows them, with groups and an open notice; in the clinic that was entered."""
    monday = last_whole_week(clinic)
    found = {"patients": 34, "readings": 420, "rate": 0.19, "others": 0.07, "difference": 0.12}
    compared = {**found, "low": 0.05, "high": 0.19, "is_enough": True, "is_beyond_chance": True}
    even = {**compared, "rate": 0.08, "low": -0.03, "high": 0.05, "is_beyond_chance": False}
    for back in range(weeks):
        figures = Figures(
            patients=61, tried=300, scored=270 - 4 * back, contested=9 + back,
            not_scored={"blurred": 18, "too_dark": 12 + 4 * back}, psi=0.08 * back,
            confidence={"mean": 0.71, "p10": 0.48, "p50": 0.74, "p90": 0.95}, shares=[1 / 7] * 7,
        )  # fmt: skip
        WatchWeek.objects.get_or_create(
            clinic=clinic,
            week_start=monday - timedelta(weeks=back),
            model_sha256="a" * 64,
            defaults={
                "model_name": "moodvision-fer",
                "model_version": "2",
                "figures": asdict(figures),
                "groups": {
                    "skin_tone": {"dark": {"not_scored": compared, "contested": even}},
                    "age_band": {"75": {"not_scored": even}},
                },
            },
        )
    WatchNotice.objects.get_or_create(
        clinic=clinic, model_sha256="a" * 64, question="skin_tone", group="dark", measure="not_scored",
        defaults={
            "week_start": monday, "model_label": "moodvision-fer 3",
            "difference": 0.12, "low": 0.05, "high": 0.19,
        },
    )  # fmt: skip
