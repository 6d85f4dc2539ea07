"""A patient's own lock on their portal: a PIN, chosen, checked, taken away."""

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics import services as account_services
from clinics.errors import DomainError
from patients.locks import lock_patients
from patients.models import Patient, PortalPin

MOST_FAILURES = 5


@transaction.atomic
def set_pin(*, patient: Patient, pin: str, by: Patient) -> None:
    """A new PIN, or another one in its place."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise DomainError("pin_shape", _("A PIN has four to eight digits."), field="pin")
    if len(set(pin)) < 3 or pin in "01234567890 09876543210":
        raise DomainError("pin_weak", _("That PIN is among the first anybody would try."), field="pin")
    lock_patients([patient.pk])
    PortalPin.objects.filter(patient=patient).delete()
    PortalPin.objects.create(clinic_id=patient.clinic_id, patient=patient, pin_hash=make_password(pin))
    access_log.record("pin.set", by=by, patient_id=patient.pk)


@transaction.atomic
def remove_pin(*, patient: Patient, by: Patient) -> None:
    lock_patients([patient.pk])
    if PortalPin.objects.filter(patient=patient).delete()[0]:
        access_log.record("pin.removed", by=by, patient_id=patient.pk)


@transaction.atomic
def check_pin(*, patient: Patient, pin: str) -> bool:
    """Whether it is the one. The fifth wrong one in a row takes the PIN away, and ends every session of the
    account: those that it locked stood open without it."""
    lock_patients([patient.pk])
    row = PortalPin.objects.filter(patient=patient).first()
    if row is None:
        return False
    is_right = check_password(pin, row.pin_hash)
    row.failures = 0 if is_right else row.failures + 1
    row.save(update_fields=["failures"])
    if not is_right:
        access_log.record("pin.wrong", by=patient, patient_id=patient.pk, outcome="denied")
    if row.failures >= MOST_FAILURES:
        row.delete()
        if patient.user is not None:
            account_services.end_all_sessions(patient.user)
    return is_right
