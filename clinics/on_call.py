"""People on call: two second factors, and a colleague who can stand in for both at night.

Who is on call must get in. So they have two factors, and when both are out of reach another clinician, who is
signed in and has just confirmed it, gives a code that replaces the second step once. The password stays, and
the code opens the clinic of that colleague and no other.
"""

import secrets
import uuid
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinics import access_log, second_factor, tenancy
from clinics.errors import DomainError
from clinics.models import Membership, OnCallUnlock, Permission, User

FACTORS_NEEDED = 2
CODE_DIGITS = 8
CODE_MINUTES = 15


@transaction.atomic
def set_on_call(*, member: Membership, is_on_call: bool, by: Membership) -> None:
    """Only a clinician with two second factors goes on call; they keep both as long as they are."""
    if not by.may(Permission.MANAGE_MEMBERS):
        raise DomainError("may_not_manage_members", _("Your role does not manage members."))
    if is_on_call and not member.treats_patients:
        raise DomainError("not_a_clinician", _("Only clinicians are on call. Nothing was changed."))
    if is_on_call and count_factors(member.user) < FACTORS_NEEDED:
        raise DomainError(
            "two_factors_needed",
            _("Who is on call needs two second steps, for example an app and a key. Nothing was changed."),
        )
    if member.is_on_call != is_on_call:
        member.is_on_call = is_on_call
        member.save(update_fields=["is_on_call"])
        action = "member.on_call" if is_on_call else "member.off_call"
        access_log.record(action, by=by, objects=[member.pk])


@transaction.atomic
def give_unlock(*, member: Membership, by: Membership) -> str:
    """The code to say on the phone. An older one stops working; it is shown once and kept as a hash."""
    if not by.may(Permission.UNLOCK_ON_CALL):
        raise DomainError("may_not_unlock", _("Your role does not unlock colleagues."))
    if member.pk == by.pk:
        raise DomainError("not_oneself", _("Somebody else has to unlock you."))
    if not (member.is_on_call and member.is_active):
        raise DomainError("not_on_call", _("This colleague is not on call."))
    OnCallUnlock.objects.open().filter(member=member).update(expires_at=timezone.now())
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    unlock = OnCallUnlock.objects.create(
        clinic_id=member.clinic_id,
        member=member,
        given_by=by,
        code_hash=_hash(member, code),
        expires_at=timezone.now() + timedelta(minutes=CODE_MINUTES),
    )
    access_log.record("on_call.unlock_given", by=by, objects=[unlock.pk, member.pk])
    return code


def spend_unlock(user: User, code: str) -> uuid.UUID | None:
    """At the second step of a sign-in: the clinic whose colleague gave this code, which is used up now."""
    with tenancy.as_person(user.pk):
        places = list(Membership.objects.filter(is_active=True, is_on_call=True))
    return next((place.clinic_id for place in places if _spend_at(place, code)), None)


def count_factors(user: User) -> int:
    found: int = Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS).count()
    return found


def needs_each_factor(user: User) -> bool:
    """Whether taking one factor away would leave somebody on call with fewer than two."""
    with tenancy.as_person(user.pk):
        is_on_call = Membership.objects.filter(is_active=True, is_on_call=True).exists()
    return is_on_call and count_factors(user) <= FACTORS_NEEDED


def _spend_at(place: Membership, code: str) -> bool:
    with tenancy.enter(place.clinic_id):
        rows = OnCallUnlock.objects.open().filter(member=place.pk, code_hash=_hash(place, code.strip()))
        if not rows.update(used_at=timezone.now()):
            return False
        access_log.record("on_call.unlocked", by=place, objects=[place.pk])
        return True


def _hash(member: Membership, code: str) -> str:
    return salted_hmac("clinics.on_call", f"{member.pk}:{code}", algorithm="sha256").hexdigest()
