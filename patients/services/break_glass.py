"""Break-glass: opening a record in an emergency, its review, and when the patient is told."""

import uuid
from collections.abc import Iterable

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics import access_log
from clinics.after_commit import after_commit
from clinics.errors import DomainError
from clinics.models import Membership, Role
from patients import people
from patients.locks import lock_patients
from patients.models import BreakGlass, Patient, PrivacyDeputy
from patients.models.break_glass import OPEN_FOR, REVIEW_WITHIN

SHORTEST_REASON = 10


@transaction.atomic
def break_glass(*, patient: Patient, reason: str, by: Membership) -> BreakGlass:
    """Opens a record for an hour. Reviews that wait never stop it: they go to the deputy instead."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise DomainError("reason_too_short", gettext_lazy("Say in a few words why."), field="reason")
    lock_patients([patient.pk])
    now = timezone.now()
    waiting = BreakGlass.objects.unreviewed().filter(Q(membership=by) | Q(patient=patient))
    must_escalate = waiting.exists()
    waiting.update(is_escalated=True)
    opened = BreakGlass.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        membership=by,
        reason=reason,
        opened_at=now,
        ends_at=now + OPEN_FOR,
        notice_at=now + OPEN_FOR,
        is_escalated=must_escalate,
    )
    access_log.record(
        "break_glass.opened",
        by=by,
        patient_id=patient.pk,
        purpose="emergency",
        objects=[opened.pk],
        escalated=must_escalate,
    )
    _tell(_reviewers(patient.clinic_id, with_deputy=must_escalate))
    return opened


@transaction.atomic
def review_break_glass(
    *, break_glass_id: uuid.UUID, was_justified: bool, conclusion: str, by: Membership
) -> BreakGlass:
    found = _locked(break_glass_id)
    if found.membership_id == by.pk:
        raise DomainError("own_access", gettext_lazy("Somebody else reviews what you opened yourself."))
    if found.reviewed_at is not None:
        raise DomainError("reviewed", gettext_lazy("This access was reviewed already."))
    found.was_justified, found.reviewed_by, found.reviewed_at = was_justified, by, timezone.now()
    found.conclusion = conclusion  # type: ignore[assignment]  # the encrypted field's base has no types
    found.save()
    access_log.record(
        "break_glass.reviewed",
        by=by,
        patient_id=found.patient_id,
        objects=[found.pk],
        was_justified=was_justified,
    )
    return found


@transaction.atomic
def delay_notice(*, break_glass_id: uuid.UUID, reason: str, by: Membership) -> BreakGlass:
    """The patient is told 72 hours after the access instead of at its end, where telling would do harm."""
    found = _locked(break_glass_id)
    if len(reason.strip()) < SHORTEST_REASON:
        raise DomainError("reason_too_short", gettext_lazy("Say in a few words why."), field="reason")
    if found.notice_at <= timezone.now():
        raise DomainError("told", gettext_lazy("The patient can read it already: it cannot be delayed."))
    found.notice_at = found.opened_at + REVIEW_WITHIN
    found.delay_reason = reason  # type: ignore[assignment]  # the encrypted field's base has no types
    found.save()
    access_log.record("break_glass.notice_delayed", by=by, patient_id=found.patient_id, objects=[found.pk])
    return found


@transaction.atomic
def appoint_deputy(*, membership: Membership, by: Membership) -> None:
    PrivacyDeputy.objects.update_or_create(clinic_id=by.clinic_id, defaults={"membership": membership})
    access_log.record("permission.deputy_appointed", by=by, objects=[membership.pk])


@transaction.atomic
def mark_notices_seen(*, patient: Patient) -> None:
    unread = BreakGlass.objects.told(people.own_records(patient)).filter(notice_seen_at=None)
    unread.update(notice_seen_at=timezone.now())


def _locked(break_glass_id: uuid.UUID) -> BreakGlass:
    return BreakGlass.objects.select_for_update().get(pk=break_glass_id)


def _reviewers(clinic_id: uuid.UUID, *, with_deputy: bool) -> list[Membership]:
    officers = Membership.objects.filter(clinic_id=clinic_id, is_active=True, role=Role.PRIVACY_OFFICER)
    found = list(officers.select_related("user"))
    if with_deputy:
        deputies = PrivacyDeputy.objects.filter(clinic_id=clinic_id).select_related("membership__user")
        found += [deputy.membership for deputy in deputies]
    return found


def _tell(reviewers: Iterable[Membership]) -> None:
    """A mail that names nobody; the page holds the rest, and shows it though the mail should fail."""
    addresses = sorted({row.user.email for row in reviewers})
    if addresses:
        subject = _("MoodVision: an emergency access waits for your review")
        body = _("Somebody opened a record in an emergency. Sign in and open Break-glass to review it.")
        after_commit(send_mail, subject, body, None, addresses)
