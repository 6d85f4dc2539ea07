"""Writes of the clinics app."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from encrypted_model_fields.fields import get_crypter

from clinics import access_log, keys, policy, tenancy
from clinics.access_log import Actor, System
from clinics.errors import DomainError
from clinics.keys import KeyName, WrongWrappingKey
from clinics.models import Clinic, ClinicSafety, ClinicSettings, KeyCheck, Membership, User

KEY_CHECK = b"moodvision"


@transaction.atomic
def create_clinic(
    *, slug: str, name: str, time_zone: str, admin: User, admin_name: str, jurisdiction: str | None = None
) -> Clinic:
    """A clinic in shadow, its keys, its settings and its first administrator.

    Without a jurisdiction no purpose is allowed until an administrator has chosen one.
    """
    clinic = Clinic(slug=slug, time_zone=time_zone)
    clinic.full_clean()
    clinic.save(force_insert=True)
    with tenancy.enter(clinic.id):
        keys.create(KeyName.of_clinic(clinic.id))
        keys.create(KeyName.of_index(clinic.id))
        ClinicSettings.objects.create(clinic=clinic, name=name)
        ClinicSafety.objects.create(clinic=clinic)
        by = System("create_clinic")
        add_member(clinic=clinic, user=admin, role="administrator", name=admin_name, by=by)
        if jurisdiction is not None:
            policy.choose(clinic=clinic, jurisdiction=jurisdiction, by=by)
        access_log.record("clinic.created", by=by)
    return clinic


def add_member(*, clinic: Clinic, user: User, role: str, name: str, by: Actor) -> Membership:
    """Gives a user a role in a clinic."""
    membership = Membership(clinic=clinic, user=user, role=role, name=name)
    membership.full_clean()
    membership.save(force_insert=True)
    access_log.record("membership.added", by=by, objects=[membership.pk], role=role)
    return membership


def create_account(*, email: str, password: str, is_verified: bool = True) -> User:
    """A user who can sign in; unless the address is known to be theirs, allauth asks by mail first."""
    if User.objects.filter(email__iexact=email).exists():
        raise DomainError("account_exists", field="email")
    user = User.objects.create_user(email=email, password=password)
    EmailAddress.objects.create(user=user, email=user.email, verified=is_verified, primary=True)
    return user


def end_all_sessions(user: User) -> int:
    """Everywhere, in all their clinics: how many there were."""
    sessions = list(UserSession.objects.filter(user=user))
    get_adapter().end_sessions(sessions)
    return len(sessions)


@transaction.atomic
def set_staff_names(*, clinic: Clinic, are_shown: bool, by: Membership) -> None:
    """Whether patients read the names of those who looked at their data, or role and initials only."""
    if not by.administers:
        raise DomainError("may_not_change_settings", _("Only administrators may change this."))
    own = ClinicSettings.objects.select_for_update().get(clinic=clinic)
    if own.names_staff_to_patients != are_shown:
        own.names_staff_to_patients = are_shown
        own.save(update_fields=["names_staff_to_patients"])
        access_log.record("settings.staff_names", by=by, are_shown=are_shown)


def check_address_is_confirmed(user: User) -> None:
    """Nobody joins on an address that may be somebody else's: whoever reads its mail can take the account."""
    if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        raise DomainError(
            "address_not_confirmed", _("Please confirm your address first: we have sent you a mail.")
        )


def write_key_check(using: str, **kwargs: Any) -> None:
    """After the first migration: the row by which a later start recognises its wrapping key."""
    if using == "owner" and not KeyCheck.objects.using(using).exists():
        KeyCheck.objects.using(using).create(token=get_crypter().encrypt(KEY_CHECK))


def verify_wrapping_key() -> None:
    """Called at every start of web, worker and beat: the wrong key must not write a single row."""
    for row in KeyCheck.objects.all():
        try:
            get_crypter().decrypt(bytes(row.token))
        except InvalidToken:
            raise WrongWrappingKey(
                "FIELD_ENCRYPTION_KEY is not the key this database was made with: nothing was started."
            ) from None
