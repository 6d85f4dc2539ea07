"""Plausible check-ins of the past, each marked as synthetic: nobody's face was read for them."""

import enum
import uuid
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from inference import registry, signals
from inference.emotions import EMOTIONS
from inference.models import Reading
from patients.models import CheckIn, Patient, PhotoOutcome
from scoring import services as scoring_services

DAYS = 91
NOTES = ("Slept badly.", "Went for a walk.", "Work was a lot today.", "Quiet day.", "Saw a friend.")

# Shares of angry, disgust, fear, happy, sad, surprise, neutral
WELL_SHARES = (0.01, 0.00, 0.01, 0.42, 0.02, 0.04, 0.50)
MILD_SHARES = (0.05, 0.01, 0.04, 0.25, 0.15, 0.05, 0.45)
LOW_SHARES = (0.10, 0.02, 0.08, 0.10, 0.40, 0.02, 0.28)
SEVERE_SHARES = (0.08, 0.02, 0.15, 0.03, 0.62, 0.02, 0.08)
SAD = (0.00, 0.00, 0.00, 0.00, 1.00, 0.00, 0.00)


class Course(enum.Enum):
    """How a made-up patient fared, as (days ago until which it holds, shares, check-ins a day)."""

    WELL = ((0, WELL_SHARES, 0.9),)
    MILD = ((0, MILD_SHARES, 0.8),)
    LOW = ((0, LOW_SHARES, 0.8),)
    SEVERE = ((0, SEVERE_SHARES, 0.7),)
    ONSET = ((30, WELL_SHARES, 0.9), (15, MILD_SHARES, 0.8), (0, SEVERE_SHARES, 0.8))
    RECOVERING = ((45, SEVERE_SHARES, 0.8), (20, LOW_SHARES, 0.8), (0, WELL_SHARES, 0.8))
    GONE_QUIET = ((20, LOW_SHARES, 0.8), (0, LOW_SHARES, 0.0))
    RARE = ((0, MILD_SHARES, 0.15),)
    NEVER = ((0, WELL_SHARES, 0.0),)
    FOUR_LOW_DAYS = ()


def write(patient: Patient, course: Course) -> None:
    """Writes the check-ins and readings of a course and scores them.

    All but the newest are scored as the past, which raises nothing; the newest arrives like a real one, so
    that the patients who are over a line today have their alert.
    """
    generator = np.random.default_rng(patient.record_number)
    days = _days(course, generator)
    if not days:
        return
    check_ins, readings = _rows(patient, days, generator)
    CheckIn.objects.bulk_create(check_ins)
    Reading.objects.bulk_create(readings[:-1])
    past = [reading.captured_at for reading in readings[:-1]]
    scoring_services.rescore_readings(clinic_id=patient.clinic_id, touched={patient.pk: past})
    newest = readings[-1]
    newest.save(force_insert=True)
    signals.readings_stored.send(
        sender=Reading, clinic_id=patient.clinic_id, readings=[newest], patient_ids=[patient.pk]
    )


def _days(course: Course, generator: np.random.Generator) -> list[tuple[int, tuple[float, ...]]]:
    """(days ago, shares) of each check-in, oldest first."""
    if course is Course.FOUR_LOW_DAYS:
        return [(ago, SAD) for ago in (4, 3, 2, 1)]
    days = []
    for ago in range(DAYS, 0, -1):
        shares, rate = next((part[1], part[2]) for part in course.value if ago > part[0])
        if generator.random() < rate:
            days.append((ago, shares))
    return days


def _rows(
    patient: Patient, days: list[tuple[int, tuple[float, ...]]], generator: np.random.Generator
) -> tuple[list[CheckIn], list[Reading]]:
    package = registry.active_package()
    check_ins, readings = [], []
    for ago, shares in days:
        truth = int(generator.choice(len(EMOTIONS), p=np.array(shares) / sum(shares)))
        captured_at = _morning(patient, ago, generator)
        check_in = CheckIn(
            clinic_id=patient.clinic_id,
            patient=patient,
            idempotency_key=uuid.uuid4().hex,
            body_hmac="synthetic",
            captured_at=captured_at,
            submitted_at=captured_at,
            zone=patient.time_zone,
            mood=_mood(EMOTIONS[truth], generator),
            note=str(generator.choice(NOTES)) if generator.random() < 0.2 else None,
            photo=PhotoOutcome.TAKEN,
            is_synthetic=True,
        )
        check_ins.append(check_in)
        readings.append(
            Reading(
                clinic_id=patient.clinic_id,
                check_in=check_in,
                patient=patient,
                captured_at=captured_at,
                is_scored=True,
                **_probabilities(truth, package.reference_shares, generator),
                detector="synthetic",
                model_name=package.name,
                model_version=package.version,
                model_sha256=package.sha256,
                is_synthetic=True,
            )
        )
    return check_ins, readings


def _morning(patient: Patient, days_ago: int, generator: np.random.Generator) -> datetime:
    today = timezone.now().astimezone(patient.zone).replace(hour=8, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days_ago) + timedelta(minutes=int(generator.integers(0, 120)))


def _mood(emotion: str, generator: np.random.Generator) -> int:
    centre = {"happy": 8, "surprise": 7, "neutral": 6}.get(emotion, 3)
    return int(np.clip(centre + generator.integers(-1, 2), 0, 10))


def _probabilities(
    truth: int, reference: NDArray[np.float64], generator: np.random.Generator
) -> dict[str, float]:
    """A calibrated-looking answer of a classifier that is mostly right; rare emotions tempt it rarely."""
    pull = 1.75 * reference
    pull[truth] += 6.0
    shares = generator.dirichlet(pull)
    return dict(zip(EMOTIONS, (float(share) for share in shares / shares.sum()), strict=True))
