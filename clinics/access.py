"""The gates of a clinic's own pages: who is no member meets 404, lacking permission 403."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinics.models import Membership, Permission


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
