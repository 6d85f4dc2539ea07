"""Processing restricted (GDPR article 18): all is kept; nothing is read, scored or judged."""

from django.db import transaction
from django.utils import timezone

from clinics import access_log
from clinics.access_log import Actor
from patients import signals
from patients.locks import lock_patients
from patients.models import Patient


@transaction.atomic
def restrict_processing(*, patient: Patient, by: Actor) -> Patient:
    """At once: what waits is dropped unread. What the patient says themselves still reaches the care team."""
    patient = lock_patients([patient.pk])[patient.pk]
    if patient.is_restricted:
        return patient
    patient.restricted_at = timezone.now()
    patient.save(update_fields=["restricted_at"])
    access_log.record("patient.restricted", by=by, patient_id=patient.pk)
    signals.processing_restricted.send(sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk)
    return patient


@transaction.atomic
def lift_restriction(*, patient: Patient, by: Actor) -> Patient:
    """Readings of before count again; photos that were dropped meanwhile are gone."""
    patient = lock_patients([patient.pk])[patient.pk]
    if not patient.is_restricted:
        return patient
    patient.restricted_at = None
    patient.save(update_fields=["restricted_at"])
    access_log.record("patient.restriction_lifted", by=by, patient_id=patient.pk)
    signals.restriction_lifted.send(sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk)
    return patient
