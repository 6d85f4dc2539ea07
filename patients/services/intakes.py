"""The intake: written by clinicians, with the patient, and reviewed by its date."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from patients.locks import lock_patients
from patients.models import Intake, Patient

LONGEST_REVIEW = timedelta(days=366)
"""What nobody has looked at for a year is not known any more."""

TEXTS = ("reason", "numbers", "safe_contact", "usual_location", "language", "needs")


@dataclass(frozen=True)
class IntakeDraft:
    reason: str
    responsible: Membership
    deputy: Membership
    numbers: str
    safe_contact: str
    usual_location: str
    language: str
    needs: str
    review_on: date


@transaction.atomic
def save_intake(*, patient: Patient, draft: IntakeDraft, by: Membership) -> Intake:
    """A further version. Responsible and deputy are two active clinicians of this clinic."""
    locked = lock_patients([patient.pk])[patient.pk]
    if not locked.is_followed:
        raise DomainError("closed", _("This record is closed."))
    _check(draft, locked)
    former = newest_intake(locked)
    row = Intake(
        clinic_id=locked.clinic_id,
        patient=locked,
        number=former.number + 1 if former else 1,
        written_by=by,
        responsible=draft.responsible,
        deputy=draft.deputy,
        review_on=draft.review_on,
        **_texts(draft),
    )
    row.save(force_insert=True)
    access_log.record("intake.saved", by=by, patient_id=locked.pk, objects=[row.pk], version=row.number)
    return row


def newest_intake(patient: Patient) -> Intake | None:
    """What is in force; None of a patient whose intake nobody wrote."""
    rows = Intake.objects.filter(patient=patient).select_related("responsible", "deputy", "written_by")
    return rows.order_by("-number").first()


def _texts(draft: IntakeDraft) -> dict[str, str | None]:
    return {name: getattr(draft, name) or None for name in TEXTS}


def _check(draft: IntakeDraft, patient: Patient) -> None:
    for field in ("responsible", "deputy"):
        member = getattr(draft, field)
        if member.clinic_id != patient.clinic_id or not member.treats_patients:
            raise DomainError("not_a_clinician", _("Only an active clinician can be this."), field=field)
    if draft.responsible == draft.deputy:
        raise DomainError("own_deputy", _("Nobody is their own deputy."), field="deputy")
    today = timezone.localdate(timezone=patient.clinic.zone)
    if not timedelta() < draft.review_on - today <= LONGEST_REVIEW:
        sentence = _("A day after today, within a year.")
        raise DomainError("review_out_of_range", sentence, field="review_on")
