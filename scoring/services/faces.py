"""Whose face says nothing of their mood, since when, by whom and why; and when it speaks again."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from patients.locks import lock_patients
from patients.models import Patient
from scoring.models import FaceSilence

WORDS_LIMIT = 500


@transaction.atomic
def silence_face(*, patient: Patient, reason: str, by: Membership | Patient, words: str = "") -> FaceSilence:
    """From now on the face rules are silent for this patient; every other rule goes on.

    A patient may say only that they do not want it. Said twice, the first stands. Open alerts stay open.
    """
    words = words.strip()
    _check_reason(reason, words, by)
    patient = lock_patients([patient.pk])[patient.pk]
    is_wish = reason == FaceSilence.Reason.WISH
    standing = FaceSilence.objects.filter(patient=patient, is_wish=is_wish, lifted_at=None).first()
    if standing is not None:
        return standing
    row = FaceSilence(
        clinic_id=patient.clinic_id,
        patient=patient,
        is_wish=is_wish,
        reason=reason,
        words=words or None,
        set_by=by if isinstance(by, Membership) else None,
    )
    row.save(force_insert=True)
    access_log.record("face.silenced", by=by, patient_id=patient.pk, objects=[row.pk])
    return row


@transaction.atomic
def lift_silence(*, silence_id: uuid.UUID, patient: Patient, by: Membership | Patient) -> FaceSilence:
    """The reason holds no more. A wish is the patient's: a clinician lifts only one that was written down for
    them."""
    lock_patients([patient.pk])
    row = FaceSilence.objects.filter(pk=silence_id, patient=patient).first()
    if row is None:
        raise DomainError("no_such_silence", _("This entry does not exist."))
    if row.lifted_at is not None:
        return row
    if isinstance(by, Membership):
        _check_may_lift(row, by)
    elif not row.is_wish:
        raise DomainError("not_yours_to_lift", _("Your clinic wrote this down. Please talk to them."))
    row.lifted_at = timezone.now()
    row.lifted_by = by if isinstance(by, Membership) else None
    row.save(update_fields=["lifted_at", "lifted_by"])
    access_log.record("face.silence_lifted", by=by, patient_id=patient.pk, objects=[row.pk])
    return row


def _check_reason(reason: str, words: str, by: Membership | Patient) -> None:
    if reason not in FaceSilence.Reason.values:
        raise DomainError("unknown_reason", _("Please choose a reason."), field="reason")
    if len(words) > WORDS_LIMIT:
        raise DomainError("words_too_long", _("Please keep this under 500 characters."), field="words")
    if isinstance(by, Membership):
        if not by.treats_patients:
            raise DomainError("may_not_treat", _("Only a treating clinician may do this."))
        if reason == FaceSilence.Reason.OTHER and not words:
            raise DomainError("words_missing", _("Please write the reason."), field="words")
    elif reason != FaceSilence.Reason.WISH:
        raise DomainError("not_yours_to_say", _("Please talk to your clinic about this."))


def _check_may_lift(row: FaceSilence, by: Membership) -> None:
    if not by.treats_patients:
        raise DomainError("may_not_treat", _("Only a treating clinician may do this."))
    if row.is_wish and row.set_by_id is None:
        raise DomainError(
            "wish_of_the_patient", _("This is the patient's own wish: they lift it themselves.")
        )


def carry_over(*, patient: Patient, double_id: uuid.UUID) -> None:
    """Two records became one: what a face hides, and a wish, hold for the record that stays."""
    kept = set(FaceSilence.objects.filter(patient=patient, lifted_at=None).values_list("is_wish", flat=True))
    for row in FaceSilence.objects.filter(patient=double_id, lifted_at=None):
        if row.is_wish not in kept:
            FaceSilence(
                clinic_id=patient.clinic_id,
                patient=patient,
                is_wish=row.is_wish,
                reason=str(row.reason),
                words=row.words,
                set_by_id=row.set_by_id,
                set_at=row.set_at,
            ).save(force_insert=True)
