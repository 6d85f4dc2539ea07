"""The emergency card: telephone, whom to call, and the safety plan, written by clinicians."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from clinics import access_log
from clinics.models import Membership
from patients.locks import lock_patients
from patients.models import EmergencyContact, Patient, SafetyPlan


@dataclass(frozen=True)
class ContactDraft:
    name: str
    phone: str
    relation: str = ""


@transaction.atomic
def save_emergency_card(
    *, patient: Patient, phone: str, contacts: list[ContactDraft] | None, safety_plan: str, by: Membership
) -> None:
    """Replaces the whole card: what is left out is gone. `contacts`: None leaves those there are."""
    patient = lock_patients([patient.pk])[patient.pk]
    patient.phone = phone or None  # type: ignore[assignment]  # the encrypted field's base has no types
    patient.save(update_fields=["phone"])
    if contacts is not None:
        _save_contacts(patient, contacts)
    _save_plan(patient, safety_plan, by)
    number = EmergencyContact.objects.filter(patient=patient).count()
    access_log.record("emergency_card.saved", by=by, patient_id=patient.pk, contacts=number)


def _save_contacts(patient: Patient, contacts: list[ContactDraft]) -> None:
    EmergencyContact.objects.filter(patient=patient).delete()
    for position, draft in enumerate(contacts, start=1):
        EmergencyContact.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            position=position,
            name=draft.name,
            relation=draft.relation or None,
            phone=draft.phone,
        )


def _save_plan(patient: Patient, text: str, by: Membership) -> None:
    plan = SafetyPlan.objects.filter(patient=patient).first()
    if not text:
        SafetyPlan.objects.filter(patient=patient).delete()
        return
    plan = plan or SafetyPlan(clinic_id=patient.clinic_id, patient=patient)
    plan.text = text  # type: ignore[assignment]  # the encrypted field's base has no types
    plan.written_by, plan.written_at = by, timezone.now()
    plan.save()
