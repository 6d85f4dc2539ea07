"""May this be done for this patient now? The one place that the door, the worker and the pages ask.

The clinic's policy comes first, then the patient's own consent.
"""

import enum
import uuid
from collections.abc import Iterable

from clinics import policy
from patients.models import Consent, Patient


class Refusal(enum.StrEnum):
    """Why not, in the order in which reasons count."""

    NOT_ALLOWED = "not_allowed"
    CONSENT_MISSING = "consent_missing"


def refusal(patient: Patient, purpose: str) -> Refusal | None:
    """None when it may be done."""
    return refusals(patient.clinic_id, [patient], purpose).get(patient.pk)


def refusals(clinic_id: uuid.UUID, patients: Iterable[Patient], purpose: str) -> dict[uuid.UUID, Refusal]:
    """The patients of one clinic for whom it may not be done, in a handful of queries for all."""
    by_id = {patient.pk: patient for patient in patients}
    if not policy.allows(clinic_id, purpose):
        return dict.fromkeys(by_id, Refusal.NOT_ALLOWED)
    agreed = who_agreed(by_id, purpose)
    return {patient_id: Refusal.CONSENT_MISSING for patient_id in by_id if patient_id not in agreed}


def who_agreed(patient_ids: Iterable[uuid.UUID], purpose: str) -> set[uuid.UUID]:
    """Of these patients, those whose consent to the purpose is in force now."""
    newest = Consent.objects.filter(patient_id__in=set(patient_ids), purpose=purpose).newest()
    return {consent.patient_id for consent in newest if consent.is_in_force}
