"""Programmes of employers: opened by an administrator, joined and left by each person for themselves."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from patients import allowances
from patients.locks import lock_patients
from patients.models import Enrolment, Patient, Programme, Purpose
from patients.services.consents import grant_consent


@transaction.atomic
def open_programme(*, clinic: Clinic, name: str, employer: str, by: Membership) -> Programme:
    if Programme.objects.filter(clinic=clinic, name=name).exists():
        raise DomainError("name_taken", _("There is a programme of this name already."), field="name")
    programme = Programme.objects.create(clinic=clinic, name=name, employer=employer)
    access_log.record("programme.opened", by=by, objects=[programme.pk])
    return programme


@transaction.atomic
def close_programme(*, programme: Programme, by: Membership) -> None:
    """Nothing comes through it any more; what came stays with the people who sent it."""
    if Programme.objects.open().filter(pk=programme.pk).update(closed_at=timezone.now()):
        access_log.record("programme.closed", by=by, objects=[programme.pk])


@transaction.atomic
def join_programme(*, patient: Patient, programme_id: uuid.UUID) -> Enrolment:
    """Joining is agreeing: the patient's own act, on the words they have just read."""
    lock_patients([patient.pk])
    programme = Programme.objects.open().filter(clinic_id=patient.clinic_id, pk=programme_id).first()
    if programme is None:
        raise DomainError("programme_closed", _("This programme does not take anybody in at present."))
    grant_consent(patient=patient, purpose=Purpose.PROGRAMME, by=patient)
    enrolment, is_new = Enrolment.objects.get_or_create(
        clinic_id=patient.clinic_id, patient=patient, programme=programme, left_at=None
    )
    if is_new:
        access_log.record("programme.joined", by=patient, patient_id=patient.pk, objects=[programme.pk])
    return enrolment


@transaction.atomic
def leave_programme(*, patient: Patient, programme_id: uuid.UUID) -> None:
    """One click, at any time, also from a programme that has closed."""
    lock_patients([patient.pk])
    mine = Enrolment.objects.filter(patient=patient, programme=programme_id, left_at=None)
    if mine.update(left_at=timezone.now()):
        access_log.record("programme.left", by=patient, patient_id=patient.pk, objects=[programme_id])


def check_takes_part(patient: Patient, programme_id: uuid.UUID) -> None:
    """Raises unless the patient takes part, agrees to it now, and the programme is open."""
    is_member = Enrolment.objects.filter(
        patient=patient, programme=programme_id, left_at=None, programme__closed_at=None
    ).exists()
    if not is_member or allowances.refusal(patient, Purpose.PROGRAMME):
        raise DomainError("not_enrolled", _("You do not take part in this programme at present."))
