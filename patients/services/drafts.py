"""Half-written words, of members (decision 25: an idle page locks) and of patients (a PIN locks sooner)."""

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
MOST_OF_ONE_WRITER = 60
"""Fields of one patient's pages with something half-written in them: more is a script that tries."""

Writer = Membership | Patient


@transaction.atomic
def save_draft(*, patient: Patient, place: str, field: str, text: str, by: Writer) -> None:
    """The newest words stand; an empty text forgets them. Only the first saving is an entry in the log."""
    if len(text) > LONGEST:
        raise DomainError("draft_too_long", _("This is too long to be kept while you write."))
    mine = NoteDraft.objects.filter(patient=patient, membership=_member(by))
    own = mine.filter(place=place, field=field)
    if not text.strip():
        own.delete()
        return
    draft = own.select_for_update(no_key=True).first()
    if draft is None:
        if mine.count() >= MOST_OF_ONE_WRITER:
            raise DomainError("too_many_drafts", _("Too much is half-written. Please send or clear some."))
        access_log.record("draft.begun", by=by, patient_id=patient.pk)
        draft = NoteDraft(
            clinic_id=by.clinic_id, membership=_member(by), patient=patient, place=place, field=field
        )
    draft.text, draft.saved_at = text, timezone.now()  # type: ignore[assignment]  # encrypted: no types
    draft.save()


def own_drafts(patient: Patient, by: Writer) -> list[NoteDraft]:
    fresh = NoteDraft.objects.filter(membership=_member(by), saved_at__gte=timezone.now() - KEPT)
    return list(fresh.filter(patient=patient).order_by("saved_at"))


def forget_sent(*, place: str, by: Writer) -> None:
    """The form was taken."""
    sent = NoteDraft.objects.filter(membership=_member(by), place=place)
    (sent.filter(patient=by) if isinstance(by, Patient) else sent).delete()


def _member(by: Writer) -> Membership | None:
    return by if isinstance(by, Membership) else None
