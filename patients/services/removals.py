"""What retention takes from this app and the clinic's own: kept photos whose days are over, old answers,
links and codes that let somebody in."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from clinics.models import Clinic, Message, OnCallUnlock, StaffInvitation
from patients.locks import lock_patients
from patients.models import (
    CheckIn,
    Correction,
    FairnessAnswers,
    Invitation,
    LeftNote,
    NoteDraft,
    QuestionnaireAnswer,
    QuestionnaireRound,
)
from patients.retention import spared
from patients.services.captures import drop_expired_images


def remove_expired_images(clinic: Clinic, cutoff: datetime) -> int:
    """The clinic's days are one of two ends: the other is the consent's, whichever comes first."""
    return drop_expired_images(clinic=clinic)


def remove_old_answers(clinic: Clinic, cutoff: datetime) -> int:
    """The numbers, the words, what stood there before a correction, and the seal that told bodies apart."""
    old = _old_answers(clinic, cutoff)
    lock_patients(old.values_list("patient_id", flat=True))
    Correction.objects.filter(check_in__in=old).delete()
    LeftNote.objects.filter(check_in__in=old).delete()
    return old.update(mood=None, hours_slept=None, note=None, body_hmac="")


def _old_answers(clinic: Clinic, cutoff: datetime) -> QuerySet[CheckIn]:
    said = Q(mood__isnull=False) | Q(hours_slept__isnull=False) | Q(note__isnull=False)
    said |= ~Q(body_hmac="") | Q(corrections__isnull=False) | Q(left_note__isnull=False)
    due = CheckIn.objects.exclude(patient__in=spared(clinic)).filter(clinic=clinic, captured_at__lt=cutoff)
    return CheckIn.objects.filter(pk__in=due.filter(said).values("pk"))


def remove_old_questionnaires(clinic: Clinic, cutoff: datetime) -> int:
    """Whole rounds, with every answer."""
    old = QuestionnaireRound.objects.filter(clinic=clinic, ended_at__lt=cutoff)
    due = QuestionnaireRound.objects.filter(pk__in=old.exclude(patient__in=spared(clinic)).values("pk"))
    lock_patients(due.values_list("patient_id", flat=True))
    QuestionnaireAnswer.objects.filter(round__in=due).delete()
    return due.delete()[0]


def remove_old_fairness_answers(clinic: Clinic, cutoff: datetime) -> int:
    """An age band grows old as well; who likes can answer again."""
    return _old_fairness_answers(clinic, cutoff).delete()[0]


def _old_fairness_answers(clinic: Clinic, cutoff: datetime) -> QuerySet[FairnessAnswers]:
    old = FairnessAnswers.objects.filter(clinic=clinic, answered_at__lt=cutoff)
    return old.exclude(patient__in=spared(clinic))


def remove_old_messages(clinic: Clinic, cutoff: datetime) -> int:
    """What was sent to whom and when, once it has ended: it holds no words."""
    old = Message.objects.filter(clinic=clinic, ended_at__lt=cutoff)
    return old.exclude(patient_id__in=spared(clinic)).delete()[0]


def remove_old_links(clinic: Clinic, cutoff: datetime) -> int:
    """Names and addresses of colleagues, and hashes that open nothing any more."""
    return sum(rows.delete()[0] for rows in _old_links(clinic, cutoff))


def remove_old_drafts(clinic: Clinic, cutoff: datetime) -> int:
    """Nobody sent them, so they are no part of a record: a hold does not keep them either."""
    return NoteDraft.objects.filter(clinic=clinic, saved_at__lt=cutoff).delete()[0]


def _old_links(clinic: Clinic, cutoff: datetime) -> tuple[QuerySet[Any], ...]:
    ended = {"clinic": clinic, "expires_at__lt": cutoff}
    return (
        StaffInvitation.objects.filter(**ended),
        OnCallUnlock.objects.filter(**ended),
        Invitation.objects.filter(**ended).exclude(patient__in=spared(clinic)),
    )
