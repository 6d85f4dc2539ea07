"""Half-written notes of members, kept while they are written (decision 25: an idle page locks)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from patients.models import NoteDraft, Patient

KEPT = timedelta(days=7)
LONGEST = 8000


@transaction.atomic
def save_draft(*, patient: Patient, place: str, field: str, text: str, by: Membership) -> None:
    """The newest words stand; an empty text forgets them. Only the first saving is an entry in the log."""
    if len(text) > LONGEST:
        raise DomainError("draft_too_long", _("This is too long to be kept while you write."))
    NoteDraft.objects.filter(clinic_id=by.clinic_id, saved_at__lt=timezone.now() - KEPT).delete()
    own = NoteDraft.objects.filter(membership=by, patient=patient, place=place, field=field)
    if not text.strip():
        own.delete()
        return
    draft = own.select_for_update(no_key=True).first()
    if draft is None:
        access_log.record("draft.begun", by=by, patient_id=patient.pk)
        draft = NoteDraft(clinic_id=by.clinic_id, membership=by, patient=patient, place=place, field=field)
    draft.text, draft.saved_at = text, timezone.now()  # type: ignore[assignment]  # encrypted: no types
    draft.save()


def own_drafts(patient: Patient, by: Membership) -> list[NoteDraft]:
    fresh = NoteDraft.objects.filter(membership=by, saved_at__gte=timezone.now() - KEPT)
    return list(fresh.filter(patient=patient).order_by("saved_at"))


def forget_sent(*, place: str, by: Membership) -> None:
    """The form was taken."""
    NoteDraft.objects.filter(membership=by, place=place).delete()
