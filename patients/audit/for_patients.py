"""Who looked at my data: the patient's own view of the access log, in plain words."""

import re
import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.log_kinds import Kind
from clinics.models import AccessLogEntry, ClinicSettings, Membership
from patients import people
from patients.audit.queries import LISTING_PATIENTS, about, by_no_other_person, ids_of
from patients.models import BreakGlass, Patient

NEWEST_LOOKS = 2_000
WORDS: dict[str, str | Promise] = {
    Kind.READ: _("looked at your record"),
    Kind.WRITE: _("wrote something in your record"),
    Kind.SEARCH: _("found you in a search"),
    Kind.EXPORT: _("took a copy of your data out of the system"),
    Kind.PRINT: _("printed from your record"),
    Kind.DENIAL: _("tried to open your record, and was turned away"),
    Kind.BREAK_GLASS: _("opened your record in an emergency, or checked that this was right"),
    Kind.SETTINGS: _("changed a setting of your record"),
}
IS_LIST = ExpressionWrapper(Q(action__in=LISTING_PATIENTS), output_field=BooleanField())
LISTED = _("saw your name in a list of patients")


@dataclass(frozen=True)
class Look:
    """What one person did on one day, and how often."""

    day: date
    who: str
    what: str | Promise
    times: int


def _who(actor: str, role: str, names: dict[str, str]) -> str:
    if role == "system":
        return str(_("the operator of the system, for your clinic"))
    return names.get(actor, str(_("somebody")))


def looks(patient: Patient) -> list[Look]:
    """Newest day first. What the platform did by itself, and the patient's own acts, are left out.

    An emergency access stays hidden, with all that was done by it, until its notice is due. Looks at a
    record that was merged into this one are theirs to know as well. The database counts: nobody pushes one
    look off the page by thousands of others.
    """
    records = people.own_records(patient)
    entries = AccessLogEntry.objects.filter(about(records), clinic_id=patient.clinic_id)
    entries = entries.exclude(by_no_other_person())
    rows = list(
        entries.exclude(_hidden(records))
        .annotate(day=TruncDate("at", tzinfo=patient.zone), is_list=IS_LIST)
        .values("day", "actor", "role", "kind", "is_list")
        .annotate(times=Count("pk"), newest=Max("number"))
        .order_by("-newest")[:NEWEST_LOOKS]
    )
    names = staff_names({row["actor"] for row in rows}, patient)
    counted: dict[tuple[date, str, str], int] = {}
    words: dict[str, str | Promise] = {}
    for row in rows:
        what = LISTED if row["is_list"] else WORDS.get(row["kind"], WORDS[Kind.READ])
        words[str(what)] = what
        key = (row["day"], _who(row["actor"], row["role"], names), str(what))
        counted[key] = counted.get(key, 0) + row["times"]
    found = [Look(day, who, words[what], times) for (day, who, what), times in counted.items()]
    return sorted(found, key=lambda look: look.day, reverse=True)


def _hidden(records: list[uuid.UUID]) -> Q:
    """Entries by which a patient could tell of an emergency access before they are told."""
    hidden = Q(pk__in=[])
    for access in BreakGlass.objects.filter(patient__in=records, notice_at__gt=timezone.now()):
        actor = f"membership:{access.membership_id}"
        hidden |= Q(actor=actor, at__gte=access.opened_at, at__lte=access.ends_at)
        hidden |= Q(kind=Kind.BREAK_GLASS, canonical__contains=str(access.pk))
    return hidden


def staff_names(actors: set[str], patient: Patient) -> dict[str, str]:
    """Full names, or role and initials where the clinic protects its staff so."""
    shows_names = ClinicSettings.objects.values_list("names_staff_to_patients", flat=True).get(
        clinic_id=patient.clinic_id
    )
    members = Membership.objects.filter(pk__in=ids_of("membership", actors))
    return {row.actor_label: staff_name(row, shows_names=shows_names) for row in members}


def staff_name(member: Membership, *, shows_names: bool) -> str:
    name = str(member.name)
    shown = name if shows_names else "".join(f"{word[0]}." for word in re.findall(r"\w+", name))
    return f"{shown}, {member.get_role_display()}"
