"""The consent ledger: one row per decision, the newest is in force."""

from django.db import transaction

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from patients import signals
from patients.locks import lock_patients
from patients.models import Consent, Patient, Purpose

CONSENT_TEXT_VERSION = "2026-11"


def has_consent(patient: Patient, purpose: str) -> bool:
    return Consent.objects.is_granted(patient, purpose)


def grant_consent(*, patient: Patient, purpose: str, by: Actor) -> Consent:
    """The patient agrees to one purpose, on the text in force."""
    return _decide(patient=patient, purpose=purpose, is_granted=True, by=by)


@transaction.atomic
def withdraw_consent(*, patient: Patient, purpose: str, by: Actor) -> Consent:
    """As easy as granting, in force at once: what waits to be read is dropped unread."""
    consent = _decide(patient=patient, purpose=purpose, is_granted=False, by=by)
    signals.consent_withdrawn.send(
        sender=Consent, clinic_id=patient.clinic_id, patient_id=patient.pk, purpose=purpose
    )
    return consent


@transaction.atomic
def _decide(*, patient: Patient, purpose: str, is_granted: bool, by: Actor) -> Consent:
    if purpose not in Purpose.values:
        raise DomainError("unknown_purpose", field="purpose")
    lock_patients([patient.pk])
    last = Consent.objects.filter(patient=patient, purpose=purpose).order_by("-number").first()
    if last and (last.is_granted, last.text_version) == (is_granted, CONSENT_TEXT_VERSION):
        return last  # a second click decides nothing new
    number = Consent.objects.filter(patient=patient).count() + 1
    consent = Consent.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        purpose=purpose,
        number=number,
        is_granted=is_granted,
        text_version=CONSENT_TEXT_VERSION,
        recorded_by=by.actor_label,
    )
    action = "consent.granted" if is_granted else "consent.withdrawn"
    access_log.record(action, by=by, patient_id=patient.pk, consent=purpose)
    return consent
