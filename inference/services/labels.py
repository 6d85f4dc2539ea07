"""What a clinician saw in a kept photo: beside the reading, never in a score."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from inference.models import Reading, ReadingLabel
from inference.services.explanations import kept_capture
from patients.locks import lock_patients


@transaction.atomic
def label_reading(*, reading: Reading, seen: str, by: Membership) -> ReadingLabel:
    """One of each clinician; a second replaces their first. Raises DomainError where no photo is kept."""
    if not by.treats_patients:
        raise DomainError("may_not_label", _("Only who treats patients may say what they see."))
    if seen not in ReadingLabel.Seen.values:
        raise DomainError("unknown_label", _("Please choose one of the answers."), field="seen")
    lock_patients([reading.patient_id])
    if not reading.is_scored or kept_capture(reading) is None:
        raise DomainError("photo_gone", _("The photo is not kept: there is nothing left to look at."))
    label, _is_new = ReadingLabel.objects.update_or_create(
        clinic_id=reading.clinic_id,
        reading=reading,
        labelled_by=by,
        defaults={"patient_id": reading.patient_id, "seen": seen, "labelled_at": timezone.now()},
    )
    access_log.record("reading.labelled", by=by, patient_id=reading.patient_id, objects=[reading.pk])
    return label
