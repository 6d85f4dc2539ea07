"""The consent ledger: one row per decision, the newest is in force."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import Membership
from patients import allowances, signals, texts
from patients.locks import lock_patients
from patients.models import Consent, Enrolment, Guardian, Patient, Purpose
from patients.services.guardians import needs_guardian


def has_consent(patient: Patient, purpose: str) -> bool:
    """Whether the newest decision agrees, to the words in force; the clinic's policy is another question."""
    return bool(allowances.who_agreed([patient.pk], purpose))


@transaction.atomic
def grant_consent(*, patient: Patient, purpose: str, by: Actor) -> Consent:
    """The patient agrees to one purpose, on the text in force. What the clinic does not do is not asked."""
    _check_purpose(purpose)
    if needs_guardian(patient):
        message = _("A guardian decides about this together with you. Your care team can tell you more.")
        raise DomainError("guardian_decides", message)
    if not allowances.is_offered(patient.clinic_id, purpose):
        raise DomainError("not_allowed", _("Your clinic does not do this, so there is nothing to agree to."))
    return _decide(patient=patient, purpose=purpose, is_granted=True, by=by)


@transaction.atomic
def record_guardian_decision(
    *, guardian: Guardian, purpose: str, is_granted: bool, by: Membership
) -> Consent:
    """What a guardian decided in front of a clinician. Against their yes the patient's own no stands."""
    _check_purpose(purpose)
    patient = lock_patients([guardian.patient_id])[guardian.patient_id]
    if not guardian.is_deciding:
        raise DomainError("say_is_over", _("This guardian does not decide any more."), field="guardian")
    if is_granted:
        _check_guardian_may_agree(patient, purpose)
    consent = _decide(patient=patient, purpose=purpose, is_granted=is_granted, by=by, guardian=guardian)
    if not is_granted:
        _say_withdrawn(patient, purpose, by)
    return consent


def _check_guardian_may_agree(patient: Patient, purpose: str) -> None:
    if not allowances.is_offered(patient.clinic_id, purpose):
        raise DomainError("not_allowed", _("Your clinic does not do this, so there is nothing to agree to."))
    if not needs_guardian(patient):
        raise DomainError("patient_decides", _("The patient decides about this alone."), field="guardian")
    last = _newest(patient, purpose)
    if last and not last.is_granted and last.recorded_by == patient.actor_label:
        raise DomainError("patient_declined", _("The patient said no, and that stands."), field="purpose")


@transaction.atomic
def withdraw_consent(*, patient: Patient, purpose: str, by: Actor) -> Consent:
    """As easy as granting, always possible, in force at once: what waits to be read is dropped unread."""
    _check_purpose(purpose)
    consent = _decide(patient=patient, purpose=purpose, is_granted=False, by=by)
    _say_withdrawn(patient, purpose, by)
    return consent


def _say_withdrawn(patient: Patient, purpose: str, by: Actor) -> None:
    if purpose == Purpose.PROGRAMME:
        _leave_programmes(patient, by)
    signals.consent_withdrawn.send(
        sender=Consent, clinic_id=patient.clinic_id, patient_id=patient.pk, purpose=purpose
    )


def _leave_programmes(patient: Patient, by: Actor) -> None:
    left = list(Enrolment.objects.filter(patient=patient, left_at=None))
    Enrolment.objects.filter(pk__in=[row.pk for row in left]).update(left_at=timezone.now())
    for enrolment in left:
        access_log.record("programme.left", by=by, patient_id=patient.pk, objects=[enrolment.programme_id])


def _check_purpose(purpose: str) -> None:
    if purpose not in Purpose.values:
        raise DomainError("unknown_purpose", field="purpose")


def _newest(patient: Patient, purpose: str) -> Consent | None:
    return Consent.objects.filter(patient=patient, purpose=purpose).order_by("-number").first()


def was_agreed_by_patient(patient: Patient, purpose: str) -> bool:
    """Whether the yes in force is one that was given in the portal, and not a guardian's."""
    last = _newest(patient, purpose)
    return last is not None and last.is_granted and last.recorded_by == patient.actor_label


def _decide(
    *, patient: Patient, purpose: str, is_granted: bool, by: Actor, guardian: Guardian | None = None
) -> Consent:
    lock_patients([patient.pk])
    version = texts.consent_texts()[purpose].newest
    wording = version.wording
    last = _newest(patient, purpose)
    decision = (is_granted, wording.sha256, guardian.pk if guardian else None)
    if last and (last.is_granted, last.text_sha256, last.guardian_id) == decision:
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
        guardian=guardian,
        recorded_by=by.actor_label,
    )
    action = "consent.granted" if is_granted else "consent.withdrawn"
    access_log.record(
        action, by=by, patient_id=patient.pk, consent=purpose, text=version.name, sha256=wording.sha256
    )
    return consent
