"""The emergency card: telephone, whom to call, and the safety plan, written by clinicians."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from clinics import access_log
from clinics.models import Membership
from patients.locks import lock_patients
from patients.models import Correction, EmergencyContact, Patient, SafetyPlan
from patients.services.corrections import keep_former
from patients.services.holds import is_held


@dataclass(frozen=True)
class ContactDraft:
    name: str
    phone: str
    relation: str = ""


@transaction.atomic
def save_emergency_card(
    *, patient: Patient, phone: str, contacts: list[ContactDraft] | None, safety_plan: str, by: Membership
) -> None:
    """Replaces the whole card: what is left out is gone, unless a legal hold stands: then it is kept as what
    was corrected. `contacts`: None leaves those there are."""
    patient = lock_patients([patient.pk])[patient.pk]
    if is_held(patient.pk):
        _keep_former(patient, contacts, safety_plan, by)
    if patient.phone != (phone or None):
        keep_former(patient, Correction.Field.PHONE, patient.phone, by)
    patient.phone = phone or None  # type: ignore[assignment]  # the encrypted field's base has no types
    patient.save(update_fields=["phone"])
    if contacts is not None:
        _save_contacts(patient, contacts)
    _save_plan(patient, safety_plan, by)
    number = EmergencyContact.objects.filter(patient=patient).count()
    access_log.record("emergency_card.saved", by=by, patient_id=patient.pk, contacts=number)


def _keep_former(
    patient: Patient, contacts: list[ContactDraft] | None, safety_plan: str, by: Membership
) -> None:
    rows = EmergencyContact.objects.filter(patient=patient).order_by("position")
    former = [ContactDraft(str(row.name), str(row.phone), str(row.relation or "")) for row in rows]
    if contacts is not None and former and former != contacts:
        text = "\n".join(", ".join(filter(None, (row.name, row.relation, row.phone))) for row in former)
        keep_former(patient, Correction.Field.EMERGENCY_CONTACTS, text, by)
    plan = SafetyPlan.objects.filter(patient=patient).first()
    if plan is not None and plan.text != safety_plan:
        keep_former(patient, Correction.Field.SAFETY_PLAN, plan.text, by)


def _save_contacts(patient: Patient, contacts: list[ContactDraft]) -> None:
    """Written with the patient, so confirmed; who stands there already keeps what was said of them."""
    before = {(str(row.name), str(row.phone)): row for row in patient.emergency_contacts.all()}
    EmergencyContact.objects.filter(patient=patient).delete()
    for position, draft in enumerate(contacts, start=1):
        known = before.get((draft.name, draft.phone))
        EmergencyContact.objects.create(
            conditions=str(known.conditions) if known and known.conditions else None,
            confirmed_at=known.confirmed_at if known else timezone.now(),
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
