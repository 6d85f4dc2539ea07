"""May this be done for this patient now? The one place that the door, the worker and the pages ask.

The clinic's policy comes first, then what the patient's situation forbids, then their consent, then whether
they were told.
"""

import enum
import uuid
from collections.abc import Iterable

from clinics import policy
from patients.models import Consent, Notice, NoticeShown, Patient, Purpose

LOOKS_AT_FACES = frozenset({Purpose.FACIAL_ANALYSIS, Purpose.LIVE_SESSION})

NOT_BUILT = frozenset({Purpose.LIVE_SESSION, Purpose.RESEARCH_EXPORT})
"""Purposes that nothing in this program pursues yet. Nobody is asked about them, and this gate stays shut
until the feature exists: a yes of today would be to something nobody could have seen."""


class Refusal(enum.StrEnum):
    """Why not, in the order in which reasons count."""

    NOT_ALLOWED = "not_allowed"
    CLOSED = "closed"
    FACE_OFF = "face_off"
    RESTRICTED = "restricted"
    CONSENT_MISSING = "consent_missing"
    NOTICE_MISSING = "notice_missing"


def refusal(patient: Patient, purpose: str) -> Refusal | None:
    """None when it may be done."""
    return refusals(patient.clinic_id, [patient], purpose).get(patient.pk)


def refusals(clinic_id: uuid.UUID, patients: Iterable[Patient], purpose: str) -> dict[uuid.UUID, Refusal]:
    """The patients of one clinic for whom it may not be done, in a handful of queries for all."""
    by_id = {patient.pk: patient for patient in patients}
    if not is_offered(clinic_id, purpose):
        return dict.fromkeys(by_id, Refusal.NOT_ALLOWED)
    needs_notice = purpose in LOOKS_AT_FACES
    agreed = who_agreed(by_id, purpose)
    told = who_was_told(by_id, Notice.AI) if needs_notice else set()
    found: dict[uuid.UUID, Refusal] = {}
    for patient_id, patient in by_id.items():
        if not patient.is_followed:
            found[patient_id] = Refusal.CLOSED
        elif purpose in LOOKS_AT_FACES and not patient.is_free:
            found[patient_id] = Refusal.FACE_OFF
        elif purpose in LOOKS_AT_FACES and patient.is_restricted:
            found[patient_id] = Refusal.RESTRICTED
        elif patient_id not in agreed:
            found[patient_id] = Refusal.CONSENT_MISSING
        elif needs_notice and patient_id not in told:
            found[patient_id] = Refusal.NOTICE_MISSING
    return found


def is_offered(clinic_id: uuid.UUID, purpose: str) -> bool:
    """Whether the program can do it and the clinic's policy allows it; only then is anybody asked."""
    return purpose not in NOT_BUILT and policy.allows(clinic_id, purpose)


def who_agreed(patient_ids: Iterable[uuid.UUID], purpose: str) -> set[uuid.UUID]:
    """Of these patients, those whose consent to the purpose is in force now."""
    newest = Consent.objects.filter(patient_id__in=set(patient_ids), purpose=purpose).newest()
    return {consent.patient_id for consent in newest if consent.is_in_force}


def who_was_told(patient_ids: Iterable[uuid.UUID], notice: str) -> set[uuid.UUID]:
    """Of these patients, those who read this notice in words that still hold."""
    shown = NoticeShown.objects.filter(patient_id__in=set(patient_ids), notice=notice).in_force()
    return set(shown.values_list("patient_id", flat=True))
