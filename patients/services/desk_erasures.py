"""Erasing a patient who has no account: one member records who asked, another confirms."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.models import Membership, Permission
from patients.locks import lock_patients
from patients.models import Erasure, Patient, RightsRequest
from patients.models.erasures import OPEN_STATES
from patients.services.erasures import cancel_erasure, confirm_erasure, request_erasure


@transaction.atomic
def record_erasure(*, request: RightsRequest, identity_check: str, by: Membership) -> Erasure:
    """The first step, for an open request that somebody made by letter, by phone or across the desk."""
    _check_right(by)
    _check_is_open(request)
    _check_account(request.patient)
    if identity_check not in Erasure.IdentityCheck.values:
        raise DomainError(
            "identity_unchecked", _("Please choose how you made sure who asks."), field="identity_check"
        )
    wish = request_erasure(patient=request.patient, by=by, identity_check=identity_check)
    if not wish.identity_check:
        raise DomainError("asked_elsewhere", _("An erasure of this record was begun in another way."))
    return wish


@transaction.atomic
def confirm_recorded_erasure(*, request: RightsRequest, by: Membership) -> Erasure:
    """The second step, by somebody else, while the request stands: the clinic's cooling-off begins."""
    _check_right(by)
    patient = lock_patients([request.patient_id])[request.patient_id]
    request = RightsRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    _check_is_open(request)
    _check_account(patient)
    return confirm_erasure(wish=_recorded(patient), by=by)


def _check_right(by: Membership) -> None:
    if not by.may(Permission.ERASE_PATIENTS):
        raise DomainError("may_not_erase", _("Only the privacy desk may do this."))


def _check_account(patient: Patient) -> None:
    if patient.user_id is not None:
        raise DomainError(
            "has_account", _("This patient has an account: only they can ask for this, from there.")
        )


@transaction.atomic
def cancel_recorded_erasure(*, patient: Patient, by: Membership) -> Erasure:
    """Either of the two may take it back, or a third; what a patient asked for themselves is theirs."""
    _check_right(by)
    return cancel_erasure(wish=_recorded(patient), by=by)


def _recorded(patient: Patient) -> Erasure:
    wish = Erasure.objects.filter(patient_id=patient.pk, state__in=OPEN_STATES).first()
    if wish is None or not wish.identity_check:
        raise DomainError("asked_elsewhere", _("No erasure of this record was begun across the desk."))
    return wish


def _check_is_open(request: RightsRequest) -> None:
    if request.kind != RightsRequest.Kind.ERASE or request.state != RightsRequest.State.OPEN:
        raise DomainError("no_open_request", _("Only an open request to erase lets the desk do this."))
