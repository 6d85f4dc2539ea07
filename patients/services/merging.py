"""Two records of one person become one. Refused where anything could be lost or mixed up."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, messages
from clinics.encryption import open_to_reseal
from clinics.errors import DomainError
from clinics.models import Membership
from patients import signals
from patients.locks import lock_patients
from patients.models import (
    Capture,
    CheckIn,
    Consent,
    Correction,
    EmergencyContact,
    Erasure,
    FairnessAnswers,
    Guardian,
    Intake,
    LeftNote,
    LegalHold,
    NoteDraft,
    OwnPlanPart,
    Patient,
    PortalPin,
    QuestionnaireAnswer,
    QuestionnaireRound,
    RightsRequest,
    SafetyPlan,
)
from patients.models.erasures import OPEN_STATES
from patients.services.consents import withdraw_consent
from patients.services.lifecycle import close_record
from patients.services.messages import drop_message_wishes
from patients.services.records import link_user
from patients.services.rounds import close_quietly, tell_of_merged
from patients.services.trusted import carry_over_asks

FILLED_IN = ("email", "phone", "birth_date")


@transaction.atomic
def merge_patients(*, keep: Patient, double: Patient, by: Membership) -> Patient:
    """Check-ins, questionnaires, photos and readings of the double move into `keep`, sealed anew.

    What is a history of its own (consents, notices, alerts, the access log) stays with the double, which is
    closed and names the record it went into; the person reads both. A no of either record holds for both.
    """
    if keep.pk == double.pk:
        raise DomainError("same_record", _("This is the same record."), field="double")
    locked = lock_patients([keep.pk, double.pk])
    keep, double = locked[keep.pk], locked[double.pk]
    _check_is_safe(keep, double)
    _move_check_ins(keep, double)
    _move_questionnaires(keep, double, by)
    FairnessAnswers.objects.filter(patient=double).delete()  # agreed to under the double, and for it alone
    carry_over_asks(keep=keep, double=double)
    _drop_message_wishes(double)
    _carry_over_refusals(keep, double, by)
    _fill_in(keep, double, by)
    close_record(patient=double, state=Patient.State.DISCHARGED, by=by)
    Patient.objects.filter(pk=double.pk).update(
        state=Patient.State.MERGED, merged_into=keep, state_since=timezone.now()
    )
    access_log.record("patient.merged", by=by, patient_id=double.pk, objects=[keep.pk])
    access_log.record("patient.took_in_double", by=by, patient_id=keep.pk, objects=[double.pk])
    signals.patients_merged.send(
        sender=Patient, clinic_id=keep.clinic_id, patient_id=keep.pk, double_id=double.pk
    )
    return keep


def _check_is_safe(keep: Patient, double: Patient) -> None:
    if not (keep.is_followed and double.is_followed):
        raise DomainError("closed", _("One of the records is closed."), field="double")
    if keep.user_id is not None and double.user_id is not None:
        message = _("Both records have an account: they may be two people.")
        raise DomainError("two_accounts", message, field="double")
    if keep.birth_date and double.birth_date and keep.birth_date != double.birth_date:
        message = _("The dates of birth differ: they may be two people.")
        raise DomainError("two_birth_dates", message, field="double")
    if (keep.legal_status, keep.decider) != (double.legal_status, double.decider):
        message = _("Legal status or who decides differ. Please make them equal first.")
        raise DomainError("two_standings", message, field="double")
    if Guardian.objects.filter(patient=double).deciding().exists():
        message = _("The double has a guardian. Please enter them in the other record first.")
        raise DomainError("guardian_of_double", message, field="double")
    if Erasure.objects.filter(patient_id__in=[keep.pk, double.pk], state__in=OPEN_STATES).exists():
        raise DomainError("erasure_open", _("One of the records is about to be erased."), field="double")
    if keep.is_restricted != double.is_restricted:
        raise DomainError("one_is_paused", _("Processing is paused in one of the records."), field="double")
    if _has_papers(double):
        message = _(
            "The double has requests, corrections, an intake, an emergency card or a legal hold of its own."
        )
        raise DomainError("papers_of_double", message, field="double")
    unread = [Capture.State.WAITING, Capture.State.CLAIMED]
    if Capture.objects.filter(check_in__patient=double, state__in=unread).exists():
        raise DomainError("photo_waiting", _("A photo waits to be read. Please try again later."))


def _has_papers(double: Patient) -> bool:
    """What lies under the double's key or name and would be lost from sight with it."""
    kinds = (Correction, RightsRequest, EmergencyContact, SafetyPlan, OwnPlanPart, Intake)
    return (
        any(kind.objects.filter(patient=double).exists() for kind in kinds)
        or LegalHold.objects.in_force().filter(patient=double).exists()
    )


def _drop_message_wishes(double: Patient) -> None:
    """How and when to be written to was said in a portal that closes: asked anew rather than guessed."""
    drop_message_wishes(double)
    messages.stop_for(double.pk, why="merged")


def _move_check_ins(keep: Patient, double: Patient) -> None:
    for check_in in CheckIn.objects.filter(patient=double):
        sealed = open_to_reseal(check_in)
        check_in.patient = keep
        check_in.idempotency_key = f"merged-{check_in.pk.hex}"  # both may have used the same one
        check_in.save(update_fields=["patient", "idempotency_key", *sealed])
    LeftNote.objects.filter(patient=double).update(patient=keep)
    NoteDraft.objects.filter(patient=double).delete()  # their pages are of a closed record
    kept = Capture.objects.filter(check_in__patient=keep, image__isnull=False).defer("image")
    for capture in kept:
        keys.move(capture.sealed_under(), under=keep.sealed_under())


def _move_questionnaires(keep: Patient, double: Patient, by: Membership) -> None:
    """What the double was asked and had not sent is over; the other record has rounds of its own."""
    begun = QuestionnaireRound.objects.open().filter(patient=double, answers__isnull=False)
    unfinished = list(begun.values_list("pk", flat=True).distinct())
    close_quietly(double, by)
    for answer in QuestionnaireAnswer.objects.filter(patient=double):
        sealed = open_to_reseal(answer)
        answer.patient = keep
        answer.save(update_fields=["patient", *sealed])
    QuestionnaireRound.objects.filter(patient=double).update(patient=keep)
    tell_of_merged(unfinished)


def _carry_over_refusals(keep: Patient, double: Patient, by: Membership) -> None:
    for consent in Consent.objects.filter(patient=double).newest():
        agreed = Consent.objects.filter(patient=keep, purpose=consent.purpose).order_by("-number").first()
        if not consent.is_granted and agreed is not None and agreed.is_granted:
            withdraw_consent(patient=keep, purpose=consent.purpose, by=by)


def _fill_in(keep: Patient, double: Patient, by: Membership) -> None:
    """The account and the contacts that only the double had. The PIN goes with the account it guards."""
    for name in FILLED_IN:
        if not getattr(keep, name):
            setattr(keep, name, getattr(double, name))
    if keep.user is None and double.user is not None:
        PortalPin.objects.filter(patient=keep).delete()
        PortalPin.objects.filter(patient=double).update(patient=keep)
    PortalPin.objects.filter(patient=double).delete()
    user, double.user, double.linked_at = double.user, None, None
    double.save(update_fields=["user", "linked_at"])
    keep.save(update_fields=FILLED_IN)
    if user is not None:
        link_user(patient=keep, user=user, by=by)
