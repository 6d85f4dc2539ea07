"""Putting right what is wrong: the value before is kept, so that nobody rewrites the past unseen."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import Membership
from patients.locks import lock_patients
from patients.models import CheckIn, Correction, Patient
from patients.services.check_ins import check_answers
from patients.services.left_notes import leave_note

OWN_FIELDS = frozenset({"email", "phone"})
"""What patients change themselves. A name or a birthday is a matter of identity: the clinic looks first."""

RECORD_FIELDS = OWN_FIELDS | {"name", "birth_date"}


@transaction.atomic
def correct_record(*, patient: Patient, changes: Mapping[str, str | None], by: Actor) -> Patient:
    """New contact data by the patient, and by the clinic's privacy desk a new name or birthday as well."""
    allowed = RECORD_FIELDS if isinstance(by, Membership) and by.guards_privacy else OWN_FIELDS
    if not set(changes) <= allowed:
        raise DomainError("not_yours_to_change", _("Please ask your clinic to change this."))
    if "name" in changes and not changes["name"]:
        raise DomainError("name_missing", _("A record needs a name."), field="name")
    patient = lock_patients([patient.pk])[patient.pk]
    wrong = {
        name: value or None for name, value in changes.items() if getattr(patient, name) != (value or None)
    }
    for name, value in wrong.items():
        keep_former(patient, name, getattr(patient, name), by)
        setattr(patient, name, value)
    if wrong:
        patient.save(update_fields=sorted(wrong))
        access_log.record("patient.corrected", by=by, patient_id=patient.pk, fields=",".join(sorted(wrong)))
    return patient


@transaction.atomic
def correct_check_in(
    *,
    check_in: CheckIn,
    mood: int | None,
    note: str | None,
    by: Patient,
    hours_slept: float | None = None,
) -> CheckIn:
    """The patient's own words and numbers, as they should have been. A reading is contested instead."""
    note = (note or "").strip() or None
    check_answers(mood, note, hours_slept)
    patient = lock_patients([by.pk])[by.pk]
    check_in = CheckIn.objects.get(pk=check_in.pk, patient=patient)
    answers = {"mood": mood, "hours_slept": hours_slept, "note": note}
    said_something = any(getattr(check_in, name) not in (None, "") for name in answers)
    if said_something and all(value is None for value in answers.values()):
        raise DomainError("nothing_to_keep", _("Please leave a number or a few words."), field="note")
    wrong = [name for name, value in answers.items() if getattr(check_in, name) != value]
    for name in wrong:
        keep_former(patient, name, getattr(check_in, name), by, check_in=check_in)
    if wrong:
        check_in.mood, check_in.hours_slept = mood, hours_slept
        check_in.note = note  # type: ignore[assignment]  # the encrypted field's base has no types
        check_in.save(update_fields=wrong)
        if "note" in wrong:
            leave_note(check_in)
        access_log.record("check_in.corrected", by=by, patient_id=patient.pk, objects=[check_in.pk])
    return check_in


def keep_former(
    patient: Patient, field: str, before: object, by: Actor, *, check_in: CheckIn | None = None
) -> None:
    """What stood there, sealed with the record."""
    Correction.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        check_in=check_in,
        field=field,
        before=None if before is None else str(before),
        recorded_by=by.actor_label,
    )
