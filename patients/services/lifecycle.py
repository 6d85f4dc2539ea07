"""From intake to the end: discharge, return, transfer, death. The record is kept; what is closed is quiet."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from patients import signals
from patients.locks import lock_patients
from patients.models import Enrolment, Invitation, Patient, RightsRequest
from patients.services.rounds import close_quietly


@transaction.atomic
def discharge_patient(*, patient: Patient, by: Membership) -> Patient:
    """Takes no check-ins and is not missed. They can still read and take along what is theirs."""
    return close_record(patient=patient, state=Patient.State.DISCHARGED, by=by)


@transaction.atomic
def transfer_patient(*, patient: Patient, has_agreed: bool, by: Membership) -> Patient:
    """The record here is closed; the other clinic admits them afresh. Nothing is read across clinics.

    What goes along is what the patient takes along: the export of their own data. Who has an account says in
    their portal that they are moving (or in a letter to the desk); for others the clinician's word stands.
    """
    if not has_agreed:
        raise DomainError(
            "agreement_missing", _("A transfer needs the patient's agreement."), field="has_agreed"
        )
    patient = lock_patients([patient.pk])[patient.pk]
    asked = RightsRequest.objects.open().filter(patient=patient, kind=RightsRequest.Kind.TRANSFER)
    if patient.user_id is not None and not asked.exists():
        message = _("The patient asks for it first: in their portal under “My data”, or at the desk.")
        raise DomainError("not_asked_for", message, field="has_agreed")
    closed = close_record(patient=patient, state=Patient.State.TRANSFERRED, by=by)
    for request in asked:
        _answer_transfer(request, by)
    return closed


def _answer_transfer(request: RightsRequest, by: Membership) -> None:
    """Carrying it out is the answer; the patient reads it beside the way to their data."""
    request.state = RightsRequest.State.ANSWERED
    said = _("Your record here is closed. You can still sign in here, read what is yours and take it along.")
    request.answer = str(said)  # type: ignore[assignment]  # the encrypted field's base has no types
    request.closed_at, request.closed_by = timezone.now(), by
    request.save(update_fields=["state", "answer", "closed_at", "closed_by"])
    access_log.record(
        "request.answered",
        by=by,
        patient_id=request.patient_id,
        objects=[request.pk],
        request_kind=request.kind,
    )


@transaction.atomic
def record_death(*, patient: Patient, by: Membership) -> Patient:
    """The portal falls silent: no note, no reminder, no way in. Alerts are closed with that word."""
    return close_record(patient=patient, state=Patient.State.DECEASED, by=by)


@transaction.atomic
def readmit_patient(*, patient: Patient, by: Membership) -> Patient:
    """Back in care, also when a death was recorded by mistake. A double stays where it was merged."""
    patient = lock_patients([patient.pk])[patient.pk]
    if patient.is_followed:
        return patient
    if patient.state == Patient.State.MERGED:
        raise DomainError("merged", _("This record is a double: its check-ins are in the other one."))
    was = patient.state
    _set_state(patient, Patient.State.ACTIVE)
    access_log.record("patient.readmitted", by=by, patient_id=patient.pk)
    signals.record_reopened.send(
        sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk, was=was, by=by
    )
    return patient


def close_record(*, patient: Patient, state: Patient.State, by: Membership) -> Patient:
    """Inside a transaction. Apps above may refuse it, for example while an alert is somebody's duty."""
    patient = lock_patients([patient.pk])[patient.pk]
    if patient.state == state:
        return patient
    if patient.state == Patient.State.MERGED:
        raise DomainError("merged", _("This record is a double: its check-ins are in the other one."))
    is_of_the_dead = state == Patient.State.DECEASED
    if not patient.is_followed and not is_of_the_dead:
        raise DomainError("closed", _("This record is closed already."))
    signals.record_closing.send(
        sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk, state=state.value, by=by
    )
    close_quietly(patient, by)
    _set_state(patient, state)
    now = timezone.now()
    Invitation.objects.filter(patient=patient).open().update(expires_at=now)
    Enrolment.objects.filter(patient=patient, left_at=None).update(left_at=now)
    access_log.record("patient.closed", by=by, patient_id=patient.pk, state=state.value)
    signals.face_switched_off.send(
        sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk, reason="closed"
    )
    return patient


def _set_state(patient: Patient, state: Patient.State) -> None:
    patient.state, patient.state_since = state, timezone.now()
    patient.save(update_fields=["state", "state_since"])
