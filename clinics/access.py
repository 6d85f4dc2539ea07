"""The gates of a clinic's own pages: who is no member meets 404, lacking permission 403."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinics import second_factor
from clinics.models import Membership, Message, Permission, StaffInvitation, TrialAlert
from clinics.requests import ClinicRequest


def get_member(membership: Membership | None) -> Membership:
    """Any member of this clinic."""
    if membership is None:
        raise Http404
    return membership


def get_member_who_may(membership: Membership | None, permission: Permission) -> Membership:
    member = get_member(membership)
    if not member.may(permission):
        raise PermissionDenied
    return member


@dataclass(frozen=True)
class Colleague:
    """A member as those see them who manage members."""

    member: Membership
    has_second_factor: bool


def visible_colleagues(member: Membership) -> list[Colleague]:
    """All members of the clinic, those switched off last, by name: names are sealed, so sorted here."""
    rows = list(Membership.objects.filter(clinic_id=member.clinic_id).select_related("user"))
    enrolled = second_factor.enrolled_among(row.user_id for row in rows)
    rows.sort(key=lambda row: (not row.is_active, str(row.name).casefold()))
    return [Colleague(row, row.user_id in enrolled) for row in rows]


def get_colleague(member: Membership, colleague_id: uuid.UUID) -> Membership:
    found = Membership.objects.filter(clinic_id=member.clinic_id, pk=colleague_id).first()
    if found is None:
        raise Http404
    return found


def open_invitations(member: Membership) -> list[StaffInvitation]:
    rows = StaffInvitation.objects.open().filter(clinic_id=member.clinic_id)
    return list(rows.order_by("expires_at"))


def get_open_invitation(member: Membership, invitation_id: uuid.UUID) -> StaffInvitation:
    rows = StaffInvitation.objects.open().filter(clinic_id=member.clinic_id)
    found = rows.filter(pk=invitation_id).first()
    if found is None:
        raise Http404
    return found


def get_own_message(request: ClinicRequest, message_id: uuid.UUID) -> Message:
    """A message to whoever is signed in, as a member or as a patient. Others meet a 404."""
    patient = getattr(request, "patient", None)
    mine = {
        Message.To.STAFF: request.membership.pk if request.membership else None,
        Message.To.PATIENT: patient.pk if patient else None,
    }
    row = Message.objects.filter(clinic_id=request.clinic.pk, pk=message_id).first()
    if row is None or row.recipient_id is None or mine.get(Message.To(row.to)) != row.recipient_id:
        raise Http404
    return row


def get_own_trial(member: Membership, trial_id: uuid.UUID) -> TrialAlert:
    """A test alert to this person; anybody else's is nobody's."""
    found = TrialAlert.objects.filter(clinic_id=member.clinic_id, membership=member, pk=trial_id).first()
    if found is None:
        raise Http404
    return found
