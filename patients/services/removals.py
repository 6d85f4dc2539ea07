"""What retention takes from this app and the clinic's own: kept photos whose days are over, old answers,
links and codes that let somebody in."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from clinics.models import Clinic, OnCallUnlock, StaffInvitation
from patients.locks import lock_patients
from patients.models import Capture, CheckIn, Correction, FairnessAnswers, Invitation
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


def remove_old_fairness_answers(clinic: Clinic, cutoff: datetime) -> int:
    """An age band grows old as well; who likes can answer again."""
    return _old_fairness_answers(clinic, cutoff).delete()[0]


def _old_fairness_answers(clinic: Clinic, cutoff: datetime) -> QuerySet[FairnessAnswers]:
    old = FairnessAnswers.objects.filter(clinic=clinic, answered_at__lt=cutoff)
    return old.exclude(patient__in=spared(clinic))


def remove_old_links(clinic: Clinic, cutoff: datetime) -> int:
    """Names and addresses of colleagues, and hashes that open nothing any more."""
    return sum(rows.delete()[0] for rows in _old_links(clinic, cutoff))


def count_old_links(clinic: Clinic, cutoff: datetime) -> int:
    return sum(rows.count() for rows in _old_links(clinic, cutoff))


def _old_links(clinic: Clinic, cutoff: datetime) -> tuple[QuerySet[Any], ...]:
    ended = {"clinic": clinic, "expires_at__lt": cutoff}
    return (
        StaffInvitation.objects.filter(**ended),
        OnCallUnlock.objects.filter(**ended),
        Invitation.objects.filter(**ended).exclude(patient__in=spared(clinic)),
    )


LINKS = Step(remove=remove_old_links, count_older=count_old_links)
IMAGES = Step(
    remove=lambda clinic, cutoff: drop_expired_images(clinic=clinic),
    count_older=lambda clinic, cutoff: Capture.objects.filter(expired_images(clinic)).count(),
)
ANSWERS = Step(remove=remove_old_answers, count_older=count_old_answers)
FAIRNESS_ANSWERS = Step(
    remove=remove_old_fairness_answers,
    count_older=lambda clinic, cutoff: _old_fairness_answers(clinic, cutoff).count(),
)
