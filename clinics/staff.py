"""Writes about a clinic's staff: invited, joined, given another role, switched off, signed out."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, services
from clinics.errors import DomainError
from clinics.models import Clinic, Membership, Permission, Role, StaffInvitation, User

INVITATION_DAYS = 7


@transaction.atomic
def invite_member(*, name: str, email: str, role: str, by: Membership) -> str:
    """The token of a link that makes its reader a member; shown once, kept as a hash."""
    _check_may_manage(by)
    if role not in Role.values:
        raise DomainError("unknown_role", field="role")
    token = secrets.token_urlsafe(32)
    invitation = StaffInvitation(
        clinic_id=by.clinic_id,
        name=name,
        email=email,
        role=role,
        invited_by=by,
        token_hash=_hash(token),
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    invitation.save(force_insert=True)
    access_log.record("member.invited", by=by, objects=[invitation.pk], role=role)
    return token


@transaction.atomic
def withdraw_invitation(*, invitation_id: uuid.UUID, by: Membership) -> None:
    """An open link stops working; one that is used or too old stays as it is."""
    _check_may_manage(by)
    if StaffInvitation.objects.open().filter(pk=invitation_id).update(withdrawn_at=timezone.now()):
        access_log.record("member.invitation_withdrawn", by=by, objects=[invitation_id])


def find_invitation(token: str) -> StaffInvitation:
    """The open invitation of a token; used, withdrawn, expired and invented ones are refused alike."""
    return _the_only(StaffInvitation.objects.open().filter(token_hash=_hash(token)).first())


def check_address(invitation: StaffInvitation, email: str) -> None:
    """A role is given to a mailbox, not to whoever holds the link."""
    if str(invitation.email).casefold() != email.casefold():
        message = _("This invitation is for another address. Please use that one, or ask for a new link.")
        raise DomainError("other_address", message, field="email")


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Membership:
    """Makes this person a member with the role that was offered, once."""
    rows = StaffInvitation.objects.select_for_update().open()
    invitation = _the_only(rows.filter(token_hash=_hash(token)).first())
    check_address(invitation, user.email)
    services.check_address_is_confirmed(user)
    if Membership.objects.filter(user=user).exists():
        raise DomainError("already_member", _("This account belongs to a member of this clinic already."))
    member = services.add_member(
        clinic=Clinic.objects.get(pk=invitation.clinic_id),
        user=user,
        role=invitation.role,
        name=str(invitation.name),
        by=invitation.invited_by,
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    access_log.record("member.joined", by=member, objects=[invitation.pk], role=invitation.role)
    return member


@transaction.atomic
def change_role(*, member_id: uuid.UUID, role: str, by: Membership) -> Membership:
    """Another role, in force at the next request and within a breath on open sockets."""
    _check_may_manage(by)
    if role not in Role.values:
        raise DomainError("unknown_role", field="role")
    member = _lock_member(member_id)
    before = member.role
    if role != before:
        member.role = role
        member.save(update_fields=["role"])
        _check_somebody_manages()
        access_log.record("member.role_changed", by=by, objects=[member.pk], before=before, after=role)
    return member


@transaction.atomic
def set_active(*, member_id: uuid.UUID, is_active: bool, by: Membership) -> Membership:
    """Switched off, a member meets this clinic as a stranger does; what they wrote stays theirs."""
    _check_may_manage(by)
    member = _lock_member(member_id)
    if member.is_active != is_active:
        member.is_active = is_active
        member.save(update_fields=["is_active"])
        _check_somebody_manages()
        action = "member.switched_on" if is_active else "member.switched_off"
        access_log.record(action, by=by, objects=[member.pk])
    return member


@transaction.atomic
def sign_out(*, member_id: uuid.UUID, by: Membership) -> int:
    """Ends every session of a member, in all their clinics: how many there were."""
    _check_may_manage(by)
    member = _lock_member(member_id)
    ended = services.end_all_sessions(member.user)
    access_log.record("member.signed_out", by=by, objects=[member.pk], sessions=ended)
    return ended


def _check_may_manage(by: Membership) -> None:
    if not by.may(Permission.MANAGE_MEMBERS):
        raise DomainError("may_not_manage_members", _("Your role does not manage members."))


def _lock_member(member_id: uuid.UUID) -> Membership:
    """All of a clinic's rows, by id: two administrators who switch each other off do so in turn."""
    rows = {row.pk: row for row in Membership.objects.select_for_update(no_key=True).order_by("pk")}
    if member_id not in rows:
        raise DomainError("unknown_member")
    return rows[member_id]


def _check_somebody_manages() -> None:
    """A clinic that nobody administers could never be helped from inside."""
    if not any(row.may(Permission.MANAGE_MEMBERS) for row in Membership.objects.filter(is_active=True)):
        raise DomainError(
            "last_administrator",
            _("This is the last administrator. Give somebody else the role first. Nothing was changed."),
        )


def _the_only(invitation: StaffInvitation | None) -> StaffInvitation:
    if invitation is None:
        raise DomainError("invitation_closed", _("This invitation is used up, too old or not ours."))
    return invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
