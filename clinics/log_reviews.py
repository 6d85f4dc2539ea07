"""Reviews of the access log: saved with what was looked at, signed off with a conclusion."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import LogReview, Membership


@transaction.atomic
def save_review(
    *, query: str, first_number: int, last_number: int, entries: int, by: Membership
) -> LogReview:
    if not entries:
        raise DomainError("nothing_to_review", _("No entry matches, so there is nothing to review."))
    review = LogReview.objects.create(
        clinic_id=by.clinic_id,
        query=query,
        first_number=first_number,
        last_number=last_number,
        entries=entries,
        saved_by=by,
    )
    access_log.record("log_review.saved", by=by, objects=[review.pk], entries=entries)
    return review


@transaction.atomic
def sign_review(*, review_id: uuid.UUID, conclusion: str, by: Membership) -> LogReview:
    """Once: what is signed is not written again."""
    review = LogReview.objects.select_for_update().get(pk=review_id)
    if review.signed_at is not None:
        raise DomainError("review_signed", _("This review is signed off already, and stays as it is."))
    review.conclusion = conclusion  # type: ignore[assignment]  # the encrypted field's base has no types
    review.signed_by, review.signed_at = by, timezone.now()
    review.save()
    access_log.record("log_review.signed", by=by, objects=[review.pk])
    return review
