"""What retention takes from this app: kept photos whose days are over, and old answers."""

from datetime import datetime

from django.db.models import Q, QuerySet

from clinics.models import Clinic
from patients.locks import lock_patients
from patients.models import Capture, CheckIn, Correction
from patients.retention import Step, spared
from patients.services.captures import drop_expired_images, expired_images


def remove_old_answers(clinic: Clinic, cutoff: datetime) -> int:
    """The number, the words, what stood there before a correction, and the seal that told bodies apart."""
    old = _old_answers(clinic, cutoff)
    lock_patients(old.values_list("patient_id", flat=True))
    Correction.objects.filter(check_in__in=old).delete()
    return old.update(mood=None, note=None, body_hmac="")


def count_old_answers(clinic: Clinic, cutoff: datetime) -> int:
    return _old_answers(clinic, cutoff).count()


def _old_answers(clinic: Clinic, cutoff: datetime) -> QuerySet[CheckIn]:
    said = Q(mood__isnull=False) | Q(note__isnull=False) | ~Q(body_hmac="") | Q(corrections__isnull=False)
    due = CheckIn.objects.exclude(patient__in=spared(clinic)).filter(clinic=clinic, captured_at__lt=cutoff)
    return CheckIn.objects.filter(pk__in=due.filter(said).values("pk"))


IMAGES = Step(
    remove=lambda clinic, cutoff: drop_expired_images(clinic=clinic),
    count_older=lambda clinic, cutoff: Capture.objects.filter(expired_images(clinic)).count(),
)
ANSWERS = Step(remove=remove_old_answers, count_older=count_old_answers)
