"""Legal holds: while one stands, nothing of this patient is erased, by whatever way."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import Membership
from patients import people
from patients.locks import lock_patients
from patients.models import Erasure, LegalHold, Patient

REASON_LIMIT = 2000

NEWCOMER_FOR = timedelta(days=7)


@transaction.atomic
def place_legal_hold(*, patient: Patient, reason: str, by: Actor, told: str = "") -> LegalHold:
    """From now on nothing of this patient is erased. The patient reads `told` and never `reason`."""
    _check_right(by)
    reason, told = _checked(reason, "reason"), told.strip()
    if len(told) > REASON_LIMIT:
        raise DomainError("reason_too_long", _("Please keep this under 2,000 characters."), field="told")
    everybody = people.records_of([patient.pk])
    lock_patients(everybody)
    if Erasure.objects.filter(patient_id__in=everybody, state=Erasure.State.RUNNING).exists():
        raise DomainError("erasing", _("Too late: this record is being erased at this moment."))
    if is_held(patient.pk):
        raise DomainError("already_held", _("There is a legal hold already."))
    hold = LegalHold(
        clinic_id=patient.clinic_id,
        patient=patient,
        reason=reason,
        told=told or None,
        placed_by=by.actor_label,
    )
    hold.save(force_insert=True)
    access_log.record("legal_hold.placed", by=by, patient_id=patient.pk, objects=[hold.pk])
    return hold


@transaction.atomic
def lift_legal_hold(*, patient: Patient, reason: str, by: Actor) -> None:
    """What waited for it goes on by itself."""
    _check_right(by)
    if isinstance(by, Membership):
        check_is_no_newcomer(by)
    reason = _checked(reason, "reason")
    everybody = people.records_of([patient.pk])
    lock_patients(everybody)
    holds = list(LegalHold.objects.in_force().filter(patient__in=everybody))
    if not holds:
        raise DomainError("no_hold", _("There is no legal hold."))
    for hold in holds:
        hold.lifted_at, hold.lifted_by = timezone.now(), by.actor_label
        hold.lift_reason = reason  # type: ignore[assignment]  # the encrypted field's base has no types
        hold.save()
        access_log.record("legal_hold.lifted", by=by, patient_id=hold.patient_id, objects=[hold.pk])


def is_held(patient_id: uuid.UUID) -> bool:
    """In this record or in another one of the same person."""
    return bool(people.held([patient_id]))


def check_is_no_newcomer(by: Membership) -> None:
    """Four eyes are two people: who manages members could otherwise invite a second mailbox of their own."""
    if timezone.now() < by.created_at + NEWCOMER_FOR:
        message = _("Only somebody who has been a member for a week may do this. Please ask a colleague.")
        raise DomainError("newcomer", message)


def _check_right(by: Actor) -> None:
    """A member needs the permission; the operator's command needs none."""
    if isinstance(by, Membership) and not by.holds_records:
        raise DomainError("may_not_hold", _("Only the privacy officer may do this."))


def _checked(reason: str, field: str) -> str:
    reason = reason.strip()
    if not reason:
        raise DomainError("reason_missing", _("Please write why."), field=field)
    if len(reason) > REASON_LIMIT:
        raise DomainError("reason_too_long", _("Please keep this under 2,000 characters."), field=field)
    return reason
