"""What must be done before a clinic goes live, each item judged from the rows themselves."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.cover.readiness import is_clinician
from clinics.cover.snapshot import safety_of
from clinics.going_live.figures import WEEKS_NEEDED, looked_at
from clinics.models import Clinic, ClinicSafety, ClinicSettings, CoverTime, Lane, Membership, TrialAlert

CHECKED_DAYS = timedelta(days=90)
"""So long a look at the crisis numbers, and an answered test alert, count."""


@dataclass(frozen=True)
class Item:
    code: str
    title: "str | Promise"
    is_done: bool


TITLES: dict[str, "str | Promise"] = {
    "statement": _("A service statement: what we watch, when, and what not"),
    "people": _("A clinical lead and a deputy"),
    "protocol": _("What is done when a patient does not answer"),
    "hours": _("Cover hours of every lane"),
    "crisis": _("Crisis contacts, looked at within 90 days"),
    "tests": _("Test alerts that lead and deputy confirmed within 90 days"),
    "shadow": _("Four whole weeks of shadow figures looked at"),
}


def checklist(clinic: Clinic) -> list[Item]:
    """All items, in their order. Inside the clinic."""
    safety = safety_of(clinic)
    lanes = set(CoverTime.objects.filter(clinic=clinic).values_list("lane", flat=True))
    done = {
        "statement": bool(safety.service_statement),
        "people": is_clinician(safety.lead) and is_clinician(safety.deputy),
        "protocol": bool(safety.no_answer_protocol),
        "hours": lanes == set(Lane.values),
        "crisis": _has_crisis_contacts(clinic, safety),
        "tests": all(has_confirmed(member) for member in (safety.lead, safety.deputy)),
        "shadow": looked_at(clinic) >= WEEKS_NEEDED,
    }
    return [Item(code, title, done[code]) for code, title in TITLES.items()]


def has_confirmed(member: Membership | None) -> bool:
    """Whether a test alert reached this person lately."""
    since = timezone.now() - CHECKED_DAYS
    return (
        member is not None
        and TrialAlert.objects.filter(
            clinic_id=member.clinic_id, membership=member, confirmed_at__gte=since
        ).exists()
    )


def _has_crisis_contacts(clinic: Clinic, safety: ClinicSafety) -> bool:
    own = ClinicSettings.objects.filter(clinic=clinic).first()
    is_fresh = safety.crisis_checked_at is not None and (
        timezone.now() - safety.crisis_checked_at <= CHECKED_DAYS
    )
    return is_fresh and own is not None and bool(own.crisis_contacts.strip())
