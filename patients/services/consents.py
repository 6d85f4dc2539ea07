"""The consent ledger: one row per decision, the newest is in force."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, policy
from clinics.access_log import Actor
from clinics.errors import DomainError
from patients import allowances, signals, texts
from patients.locks import lock_patients
from patients.models import Consent, Enrolment, Patient, Purpose


def has_consent(patient: Patient, purpose: str) -> bool:
    """Whether the newest decision agrees, to the words in force; the clinic's policy is another question."""
    return bool(allowances.who_agreed([patient.pk], purpose))


@transaction.atomic
def grant_consent(*, patient: Patient, purpose: str, by: Actor) -> Consent:
    """The patient agrees to one purpose, on the text in force. What the clinic does not do is not asked."""
    _check_purpose(purpose)
    if not policy.allows(patient.clinic_id, purpose):
        raise DomainError("not_allowed", _("Your clinic does not do this, so there is nothing to agree to."))
    return _decide(patient=patient, purpose=purpose, is_granted=True, by=by)


@transaction.atomic
def withdraw_consent(*, patient: Patient, purpose: str, by: Actor) -> Consent:
    """As easy as granting, always possible, in force at once: what waits to be read is dropped unread."""
    _check_purpose(purpose)
    consent = _decide(patient=patient, purpose=purpose, is_granted=False, by=by)
    if purpose == Purpose.PROGRAMME:
        _leave_programmes(patient, by)
    signals.consent_withdrawn.send(
        sender=Consent, clinic_id=patient.clinic_id, patient_id=patient.pk, purpose=purpose
    )
    return consent


def _leave_programmes(patient: Patient, by: Actor) -> None:
    left = list(Enrolment.objects.filter(patient=patient, left_at=None))
    Enrolment.objects.filter(pk__in=[row.pk for row in left]).update(left_at=timezone.now())
    for enrolment in left:
        access_log.record("programme.left", by=by, patient_id=patient.pk, objects=[enrolment.programme_id])


def _check_purpose(purpose: str) -> None:
    if purpose not in Purpose.values:
        raise DomainError("unknown_purpose", field="purpose")


def _decide(*, patient: Patient, purpose: str, is_granted: bool, by: Actor) -> Consent:
    lock_patients([patient.pk])
    version = texts.consent_texts()[purpose].newest
    wording = version.wording
    last = Consent.objects.filter(patient=patient, purpose=purpose).order_by("-number").first()
    if last and (last.is_granted, last.text_sha256) == (is_granted, wording.sha256):
        return last  # a second click decides nothing new
    consent = Consent.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        purpose=purpose,
        number=Consent.objects.filter(patient=patient).count() + 1,
        is_granted=is_granted,
        text_version=version.name,
        text_language=wording.language,
        text_sha256=wording.sha256,
        recorded_by=by.actor_label,
    )
    action = "consent.granted" if is_granted else "consent.withdrawn"
    access_log.record(
        action, by=by, patient_id=patient.pk, consent=purpose, text=version.name, sha256=wording.sha256
    )
    return consent
