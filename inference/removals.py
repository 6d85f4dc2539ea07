"""What retention takes from this app: old readings, and the check-ins of which nothing is left."""

from datetime import datetime

from django.db.models import QuerySet

from clinics.models import Clinic
from inference.models import Explanation, Reading, ReadingContest, ReadingLabel, ShadowReading
from patients.locks import lock_patients
from patients.models import Capture, CheckIn, Correction
from patients.retention import spared


def remove_old_readings(clinic: Clinic, cutoff: datetime) -> int:
    old = _old_readings(clinic, cutoff)
    lock_patients(old.values_list("patient_id", flat=True))
    ReadingContest.objects.filter(reading__in=old).delete()
    ShadowReading.objects.filter(reading__in=old).delete()
    Explanation.objects.filter(reading__in=old).delete()
    ReadingLabel.objects.filter(reading__in=old).delete()
    return old.delete()[1].get(Reading._meta.label, 0)


def _old_readings(clinic: Clinic, cutoff: datetime) -> QuerySet[Reading]:
    return Reading.objects.filter(clinic=clinic, captured_at__lt=cutoff).exclude(patient__in=spared(clinic))


def remove_empty_check_ins(clinic: Clinic, cutoff: datetime) -> int:
    """Without answer, reading and photo, a check-in is but a moment at which somebody did something."""
    old = _empty_check_ins(clinic, cutoff)
    lock_patients(old.values_list("patient_id", flat=True))
    ids = list(old.values_list("pk", flat=True))
    Explanation.objects.filter(capture__check_in__in=ids).delete()
    Capture.objects.filter(check_in__in=ids).delete()
    CheckIn.objects.filter(pk__in=ids).delete()
    return len(ids)


def _empty_check_ins(clinic: Clinic, cutoff: datetime) -> QuerySet[CheckIn]:
    return (
        CheckIn.objects.exclude(patient__in=spared(clinic))
        .filter(
            clinic=clinic,
            captured_at__lt=cutoff,
            mood=None,
            note__isnull=True,
            reading=None,
            capture__image__isnull=True,
        )
        .exclude(pk__in=Correction.objects.filter(check_in__isnull=False).values("check_in"))
    )
