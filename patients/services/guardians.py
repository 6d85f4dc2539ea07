"""Who decides for a patient, and since when: minors, capacity, and the law that holds somebody."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, policy
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import Membership
from patients import signals
from patients.locks import lock_patients
from patients.models import Guardian, Patient


def comes_of_age(patient: Patient) -> date | None:
    """The day from which they decide for themselves; None when the date of birth is unknown."""
    if not patient.birth_date:
        return None
    born = date.fromisoformat(str(patient.birth_date))
    year = born.year + policy.own_consent_from_age(patient.clinic_id)
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)  # born on 29 February


def is_minor(patient: Patient) -> bool:
    """A patient whose date of birth is unknown counts as of age: the clinic knows whom it treats."""
    of_age = comes_of_age(patient)
    return of_age is not None and timezone.localdate() < of_age


def needs_guardian(patient: Patient) -> bool:
    """Whether their own yes is not enough. Their own no always is."""
    return patient.decider == Patient.Decider.GUARDIAN or is_minor(patient)


@transaction.atomic
def add_guardian(
    *,
    patient: Patient,
    name: str,
    relation: str,
    by: Membership,
    phone: str | None = None,
    decides_until: date | None = None,
) -> Guardian:
    """A parent's say ends the day before the patient comes of age, whatever was asked for."""
    patient = lock_patients([patient.pk])[patient.pk]
    of_age = comes_of_age(patient)
    if relation == Guardian.Relation.PARENT:
        if of_age is None:
            message = _("Please enter the date of birth first: a parent decides until the patient is of age.")
            raise DomainError("birth_date_missing", message, field="relation")
        last_day = of_age - timedelta(days=1)
        decides_until = min(decides_until, last_day) if decides_until else last_day
    if decides_until is not None and decides_until < timezone.localdate():
        raise DomainError("say_is_over", _("Their say would be over already."), field="decides_until")
    guardian = Guardian(
        clinic_id=patient.clinic_id,
        patient=patient,
        name=name,
        phone=phone or None,
        relation=relation,
        decides_until=decides_until,
        recorded_by=by.actor_label,
    )
    guardian.save(force_insert=True)
    access_log.record("guardian.added", by=by, patient_id=patient.pk, objects=[guardian.pk])
    return guardian


@transaction.atomic
def end_guardian(*, guardian: Guardian, by: Membership) -> None:
    """From now on what they agreed to no longer holds; what waits to be read on it is dropped unread."""
    lock_patients([guardian.patient_id])
    if Guardian.objects.filter(pk=guardian.pk, ended_at=None).update(ended_at=timezone.now()):
        access_log.record("guardian.ended", by=by, patient_id=guardian.patient_id, objects=[guardian.pk])
        _say_consent_may_be_gone(guardian.patient)


@transaction.atomic
def set_decider(*, patient: Patient, decider: str, by: Actor) -> Patient:
    """Capacity, as the clinic found it. Who regains it is asked anew: a guardian's yes is not theirs."""
    if decider not in Patient.Decider.values:
        raise DomainError("unknown_decider", field="decider")
    patient = lock_patients([patient.pk])[patient.pk]
    if patient.decider == decider:
        return patient
    patient.decider = decider
    patient.save(update_fields=["decider"])
    if decider == Patient.Decider.PATIENT:
        appointed = Guardian.objects.filter(patient=patient).exclude(relation=Guardian.Relation.PARENT)
        appointed.deciding().update(ended_at=timezone.now())
    access_log.record("patient.decider_set", by=by, patient_id=patient.pk, decider=str(decider))
    _say_consent_may_be_gone(patient)
    return patient


@transaction.atomic
def set_legal_status(*, patient: Patient, legal_status: str, by: Actor) -> Patient:
    """Held by law: no program looks at their face, and what waits is dropped unread."""
    if legal_status not in Patient.LegalStatus.values:
        raise DomainError("unknown_status", field="legal_status")
    patient = lock_patients([patient.pk])[patient.pk]
    if patient.legal_status == legal_status:
        return patient
    patient.legal_status = legal_status
    patient.save(update_fields=["legal_status"])
    access_log.record("patient.legal_status_set", by=by, patient_id=patient.pk)
    if not patient.is_free:
        signals.face_switched_off.send(
            sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk, reason="face_off"
        )
    return patient


def _say_consent_may_be_gone(patient: Patient) -> None:
    signals.decider_changed.send(sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk)
