"""A clinic's members: invited, given a role, switched off, signed out."""

import uuid
from functools import partial
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinics import access, staff, sudo
from clinics.errors import DomainError
from clinics.forms import InviteMemberForm, RoleForm
from clinics.models import Membership, Permission
from clinics.requests import ClinicRequest


class Act(Protocol):
    def __call__(self, *, member_id: uuid.UUID, by: Membership) -> object: ...


@never_cache
@require_http_methods(["GET", "POST"])
def members(request: ClinicRequest, clinic: str) -> HttpResponse:
    """The link of a new invitation is shown in the answer to the POST and nowhere again."""
    by = access.get_member_who_may(request.membership, Permission.MANAGE_MEMBERS)
    if request.method == "GET":
        return _page(request, InviteMemberForm())
    form = InviteMemberForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    if not sudo.is_fresh(request):
        return _page(request, form, needs_sudo=True, status=403)
    token = staff.invite_member(**form.cleaned_data, by=by)
    link = request.build_absolute_uri(reverse("clinics:join", args=[clinic, token]))
    return _page(request, InviteMemberForm(), link=link)


@require_POST
def change_role(request: ClinicRequest, clinic: str, member_id: uuid.UUID) -> HttpResponse:
    form = RoleForm(request.POST)
    role = form.cleaned_data["role"] if form.is_valid() else ""
    act = partial(staff.change_role, role=role)
    return _change(request, clinic, member_id, act, said=_("The role is changed."))


@require_POST
def switch(request: ClinicRequest, clinic: str, member_id: uuid.UUID) -> HttpResponse:
    is_active = request.POST.get("is_active") == "1"
    said = _("Switched on again.") if is_active else _("Switched off. They meet this clinic as strangers do.")
    return _change(request, clinic, member_id, partial(staff.set_active, is_active=is_active), said=said)


@require_POST
def sign_out(request: ClinicRequest, clinic: str, member_id: uuid.UUID) -> HttpResponse:
    return _change(request, clinic, member_id, staff.sign_out, said=_("Signed out everywhere."))


@require_POST
def withdraw(request: ClinicRequest, clinic: str, invitation_id: uuid.UUID) -> HttpResponse:
    by = access.get_member_who_may(request.membership, Permission.MANAGE_MEMBERS)
    invitation = access.get_open_invitation(by, invitation_id)
    staff.withdraw_invitation(invitation_id=invitation.pk, by=by)
    messages.success(request, _("The link does not work any more."))
    return redirect("clinics:members", clinic)


def _change(
    request: ClinicRequest, clinic: str, member_id: uuid.UUID, act: Act, *, said: str
) -> HttpResponse:
    """Gate, sudo, one service call, and back to the list."""
    by = access.get_member_who_may(request.membership, Permission.MANAGE_MEMBERS)
    member = access.get_colleague(by, member_id)
    page = reverse("clinics:members", args=[clinic])
    if not sudo.is_fresh(request):
        return sudo.ask(request, page)
    try:
        act(member_id=member.pk, by=by)
    except DomainError as refusal:
        return _page(request, InviteMemberForm(), refusal=refusal, status=400)
    messages.success(request, said)
    return redirect(page)


def _page(request: ClinicRequest, form: InviteMemberForm, *, status: int = 200, **more: Any) -> HttpResponse:
    by = access.get_member_who_may(request.membership, Permission.MANAGE_MEMBERS)
    context = {
        "form": form,
        "colleagues": access.visible_colleagues(by),
        "invitations": access.open_invitations(by),
        "days": staff.INVITATION_DAYS,
        "sudo_address": sudo.address(request.path),
        "section": "members",
        **more,
    }
    return render(request, "clinics/members.html", context, status=status)
