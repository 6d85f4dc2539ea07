"""Writes on the way to going live, and back."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, signals
from clinics.cover.declaring import check_administers, lock
from clinics.errors import DomainError
from clinics.going_live.checklist import checklist
from clinics.going_live.figures import weeks
from clinics.models import Clinic, ClinicSettings, Membership, ShadowLook


@transaction.atomic
def set_statement(*, clinic: Clinic, text: str, by: Membership) -> None:
    """What the clinic watches, when, and what not: patients read it."""
    check_administers(by)
    own = lock(clinic)
    own.service_statement = text or None  # type: ignore[assignment]  # the encrypted field has no types
    own.save(update_fields=["service_statement"])
    access_log.record("going_live.statement_set", by=by)


@transaction.atomic
def set_protocol(*, clinic: Clinic, text: str, by: Membership) -> None:
    """What is done when a patient does not answer: clinicians read it beside the alert."""
    check_administers(by)
    own = lock(clinic)
    own.no_answer_protocol = text or None  # type: ignore[assignment]  # the same
    own.save(update_fields=["no_answer_protocol"])
    access_log.record("going_live.protocol_set", by=by)


@transaction.atomic
def set_crisis_contacts(*, clinic: Clinic, text: str, by: Membership) -> None:
    """The numbers patients may call; saving them says that somebody has looked at each today."""
    check_administers(by)
    if not text.strip():
        raise DomainError("no_contacts", _("Patients need somebody to call."), field="text")
    own = lock(clinic)
    own.crisis_checked_at = timezone.now()
    own.save(update_fields=["crisis_checked_at"])
    ClinicSettings.objects.filter(clinic=clinic).update(crisis_contacts=text)
    access_log.record("going_live.contacts_checked", by=by)


@transaction.atomic
def look(*, clinic: Clinic, week_start: date, by: Membership) -> None:
    """Somebody has looked at the figures of a whole week in shadow. Twice is once."""
    check_administers(by)
    week = next((week for week in weeks(clinic) if week.start == week_start), None)
    if week is None or not week.is_over:
        raise DomainError("no_such_week", _("Only a whole week in shadow can be looked at."))
    _row, is_new = ShadowLook.objects.get_or_create(
        clinic=clinic, week_start=week_start, defaults={"looked_by": by}
    )
    if is_new:
        access_log.record("going_live.week_looked_at", by=by, week=week_start.isoformat())


@transaction.atomic
def go_live(*, clinic: Clinic, by: Membership) -> None:
    """From now on alerts from photos reach clinicians."""
    check_administers(by)
    own = lock(clinic)
    if own.live_since is not None:
        raise DomainError("is_live", _("This clinic is live already."))
    if not all(item.is_done for item in checklist(clinic)):
        raise DomainError("not_complete", _("The checklist is not complete yet: nothing was changed."))
    own.live_since, own.live_by = timezone.now(), by
    own.save(update_fields=["live_since", "live_by"])
    access_log.record("going_live.went_live", by=by)
    signals.clinic_went_live.send(sender=Clinic, clinic_id=clinic.pk)


@transaction.atomic
def return_to_shadow(*, clinic: Clinic, by: Membership) -> None:
    """Alerts from photos are recorded only, until the clinic goes live again. What is open stays open."""
    check_administers(by)
    own = lock(clinic)
    if own.live_since is None:
        raise DomainError("is_in_shadow", _("This clinic is in shadow already."))
    own.live_since, own.live_by, own.shadow_since = None, None, timezone.now()
    own.save(update_fields=["live_since", "live_by", "shadow_since"])
    access_log.record("going_live.returned_to_shadow", by=by)
