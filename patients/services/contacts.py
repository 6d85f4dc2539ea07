"""Emergency contacts: that the patient still wants them, asked every six months. A person calls them; no
machine does."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, messages
from clinics.errors import DomainError
from clinics.messages import Kind
from clinics.models import Clinic
from patients.locks import lock_patients
from patients.models import EmergencyContact, Patient
from patients.models.emergencies import CONFIRMED_FOR


def contacts_to_confirm(patient: Patient) -> list[EmergencyContact]:
    """Those the patient has not confirmed within half a year."""
    rows = EmergencyContact.objects.filter(patient=patient).order_by("position")
    return [row for row in rows if not row.is_confirmed]


@transaction.atomic
def confirm_contacts(*, patient: Patient, conditions: Mapping[uuid.UUID, str]) -> int:
    """The patient says that the clinic may still call these, and under which conditions. Refused where the
    clinic has changed the list meanwhile: nobody confirms whom they have not seen."""
    patient = lock_patients([patient.pk])[patient.pk]
    rows = list(EmergencyContact.objects.filter(patient=patient))
    if {row.pk for row in rows} != set(conditions):
        raise DomainError(
            "contacts_changed", _("Your clinic has just changed this list. Please look at it again.")
        )
    for row in rows:
        row.confirmed_at = timezone.now()
        row.conditions = conditions[row.pk].strip() or None  # type: ignore[assignment]
        row.save(update_fields=["confirmed_at", "conditions"])
    if rows:
        access_log.record(
            "emergency_contacts.confirmed",
            by=patient,
            patient_id=patient.pk,
            objects=[row.pk for row in rows],
        )
    return len(rows)


def ask_to_confirm(*, clinic: Clinic, now: datetime | None = None) -> int:
    """ "You have a note", once for each half-year that ran out. Inside the clinic."""
    moment = now or timezone.now()
    rows = EmergencyContact.objects.filter(
        Q(confirmed_at=None) | Q(confirmed_at__lt=moment - CONFIRMED_FOR),
        patient__state=Patient.State.ACTIVE,
        patient__user__isnull=False,
    ).select_related("patient")
    path = reverse("patients:own_contacts", args=[clinic.slug])
    drafts = {
        row.patient_id: messages.Draft(
            to=row.patient,
            kind=Kind.NOTE,
            dedupe_key=f"contacts:{row.pk}:{row.confirmed_at.date() if row.confirmed_at else 'never'}",
            facts={"path": path},
            expires_at=moment + timedelta(days=2),
        )
        for row in rows
    }
    return messages.queue_many(clinic_id=clinic.pk, drafts=drafts.values()) if drafts else 0
