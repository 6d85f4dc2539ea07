"""Legal holds: what may not be erased, for a reason, until somebody lifts it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from patients import people
from patients.locks import lock_patients
from patients.models import LegalHold, Patient

REASON_LIMIT = 2000


@transaction.atomic
def place_legal_hold(*, patient: Patient, reason: str, by: Actor) -> LegalHold:
    """From now on nothing of this person is erased, in whichever record of theirs the hold was placed."""
    reason = reason.strip()
    if not reason:
        raise DomainError("reason_missing", _("Please write why."), field="reason")
    if len(reason) > REASON_LIMIT:
        raise DomainError(
            "reason_too_long", _("Please keep the reason under 2,000 characters."), field="reason"
        )
    lock_patients([patient.pk])
    if people.held([patient.pk]):
        raise DomainError("already_held", _("There is a legal hold already."))
    hold = LegalHold(clinic_id=patient.clinic_id, patient=patient, reason=reason, placed_by=by.actor_label)
    hold.save(force_insert=True)
    access_log.record("legal_hold.placed", by=by, patient_id=patient.pk, objects=[hold.pk])
    return hold


@transaction.atomic
def lift_legal_hold(*, patient: Patient, by: Actor) -> None:
    everybody = people.records_of([patient.pk])
    lock_patients(everybody)
    lifted = (
        LegalHold.objects.in_force()
        .filter(patient__in=everybody)
        .update(lifted_at=timezone.now(), lifted_by=by.actor_label)
    )
    if not lifted:
        raise DomainError("no_hold", _("There is no legal hold."))
    access_log.record("legal_hold.lifted", by=by, patient_id=patient.pk)
