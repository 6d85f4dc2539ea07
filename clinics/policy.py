"""A clinic's policy: the only place that says whether a purpose may be pursued there at all."""

import uuid

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.jurisdictions import jurisdictions
from clinics.models import Clinic, PolicyChoice

CAUTIOUS_AGE = 18


def in_force(clinic_id: uuid.UUID) -> PolicyChoice | None:
    """None until an administrator has chosen: then nothing is allowed."""
    return PolicyChoice.objects.filter(clinic_id=clinic_id).in_force()


def allows(clinic_id: uuid.UUID, purpose: str) -> bool:
    choice = in_force(clinic_id)
    return choice is not None and choice.allows(purpose)


def own_consent_from_age(clinic_id: uuid.UUID) -> int:
    choice = in_force(clinic_id)
    return choice.place.own_consent_from_age if choice and choice.place else CAUTIOUS_AGE


@transaction.atomic
def choose(
    *,
    clinic: Clinic,
    jurisdiction: str,
    by: Actor,
    switched_off: tuple[str, ...] = (),
    base_number: int | None = None,
) -> PolicyChoice:
    """A new choice, in force at once; the same choice again makes no row.

    `base_number` is the choice the administrator looked at: one made meanwhile is a conflict, not lost.
    """
    place = jurisdictions().get(jurisdiction)
    if place is None:
        raise DomainError("unknown_jurisdiction", _("Please choose one of the places."), field="jurisdiction")
    if unknown := set(switched_off) - set(place.rules):
        raise DomainError("unknown_purpose", f"{sorted(unknown)}", field="switched_off")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"policy:{clinic.pk}"])
    last = in_force(clinic.pk)
    if base_number is not None and base_number != (last.number if last else 0):
        raise DomainError(
            "policy_changed_meanwhile",
            _("Somebody else changed the policy meanwhile. Please look at it again before you save."),
        )
    wanted = sorted(set(switched_off))
    if last and (last.jurisdiction, sorted(last.switched_off)) == (jurisdiction, wanted):
        return last
    choice = PolicyChoice.objects.create(
        clinic=clinic,
        number=last.number + 1 if last else 1,
        jurisdiction=jurisdiction,
        switched_off=wanted,
        chosen_by=by.actor_label,
    )
    access_log.record(
        "policy.chosen",
        by=by,
        objects=[choice.pk],
        jurisdiction=jurisdiction,
        switched_off=" ".join(wanted),
    )
    return choice
