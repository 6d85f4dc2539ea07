"""What patients volunteered about themselves: written by them, counted in groups, read by nobody else."""

import uuid
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.keys import Shredded, Tampered
from patients import allowances
from patients.locks import lock_patients
from patients.models import AgeBand, FairnessAnswers, Patient, Purpose, Sex, SkinTone
from patients.services.consents import grant_consent, withdraw_consent

CHOICES = {"age_band": AgeBand, "sex": Sex, "skin_tone": SkinTone}


@dataclass(frozen=True)
class AnswersDraft:
    """Empty: would rather not say."""

    age_band: str = ""
    sex: str = ""
    skin_tone: str = ""


@transaction.atomic
def save_fairness_answers(*, patient: Patient, draft: AnswersDraft) -> None:
    """The patient's agreement and answers in one act; nothing answered is nothing kept, and no agreement.

    Raises DomainError where the clinic does not do this, or a guardian decides.
    """
    for name, value in asdict(draft).items():
        if value and value not in CHOICES[name].values:
            raise DomainError("unknown_answer", _("Please choose one of the answers."), field=name)
    lock_patients([patient.pk])
    if draft == AnswersDraft():
        drop_fairness_answers(patient_id=patient.pk)
        return
    if not allowances.who_agreed([patient.pk], Purpose.FAIRNESS_CHECK):
        grant_consent(patient=patient, purpose=Purpose.FAIRNESS_CHECK, by=patient)
    elif refusal := allowances.refusal(patient, Purpose.FAIRNESS_CHECK):
        raise DomainError(refusal.value, _("Your clinic does not do this at present."))
    row = FairnessAnswers.objects.filter(patient=patient).first()
    row = row or FairnessAnswers(clinic_id=patient.clinic_id, patient=patient)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    row.answered_at = timezone.now()
    row.save()
    access_log.record("fairness.answered", by=patient, patient_id=patient.pk)


def withdraw_fairness_answers(*, patient: Patient) -> None:
    """One click: the agreement and the answers."""
    withdraw_consent(patient=patient, purpose=Purpose.FAIRNESS_CHECK, by=patient)


def drop_fairness_answers(*, patient_id: uuid.UUID) -> int:
    """In the transaction of whoever decided it."""
    return FairnessAnswers.objects.filter(patient=patient_id).delete()[0]


def own_fairness_answers(patient: Patient) -> AnswersDraft:
    """For the page of the patient themselves; what does not decrypt counts as not answered."""
    row = FairnessAnswers.objects.filter(patient=patient).first()
    return _opened(row) if row is not None else AnswersDraft()


def fairness_answers_to_count(*, clinic_id: uuid.UUID, by: Actor) -> dict[uuid.UUID, AnswersDraft]:
    """Of the patients whose agreement holds now, for counting in groups and for nothing else; logged.

    Not of those whose record is closed, or who paused the processing of their data.
    """
    rows = {
        row.patient_id: row
        for row in FairnessAnswers.objects.filter(clinic=clinic_id).select_related("patient")
    }
    patients = [row.patient for row in rows.values()]
    refused = allowances.refusals(clinic_id, patients, Purpose.FAIRNESS_CHECK)
    counted = [row for pk, row in rows.items() if pk not in refused and not row.patient.is_restricted]
    keys.preload(row.sealed_under() for row in counted)
    if counted:
        access_log.record("fairness.read", by=by, objects=[row.patient_id for row in counted])
    return {row.patient_id: _opened(row) for row in counted}


def _opened(row: FairnessAnswers) -> AnswersDraft:
    try:
        found = {name: getattr(row, name) for name in CHOICES}
    except (Shredded, Tampered):
        return AnswersDraft()
    return AnswersDraft(**{name: value for name, value in found.items() if value in CHOICES[name].values})
