"""Colleagues on call, and the code that lets one of them in."""

import uuid

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinics import access, sudo
from clinics import on_call as calls
from clinics.errors import DomainError
from clinics.models import Membership, Permission
from clinics.requests import ClinicRequest


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def on_call(request: ClinicRequest, clinic: str) -> HttpResponse:
    """The code stands in the answer to the POST and nowhere again; the colleague is told by mail."""
    by = access.get_member_who_may(request.membership, Permission.UNLOCK_ON_CALL)
    if request.method == "GET":
        return _page(request, by)
    member = access.get_colleague(by, _id_in(request.POST.get("member", "")))
    try:
        code = calls.give_unlock(member=member, by=by)
    except DomainError as refusal:
        return _page(request, by, refusal=refusal, status=400)
    get_adapter(request).send_mail("clinics/email/unlock_given", member.user.email, {})
    return _page(request, by, code=code, unlocked=member)


@require_POST
def set_on_call(request: ClinicRequest, clinic: str, member_id: uuid.UUID) -> HttpResponse:
    by = access.get_member_who_may(request.membership, Permission.MANAGE_MEMBERS)
    member = access.get_colleague(by, member_id)
    page = reverse("clinics:members", args=[clinic])
    if not sudo.is_fresh(request):
        return sudo.ask(request, page)
    try:
        calls.set_on_call(member=member, is_on_call=request.POST.get("is_on_call") == "1", by=by)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved."))
    return redirect(page)


def _id_in(text: str) -> uuid.UUID:
    """An id that names nobody where the text is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _page(request: ClinicRequest, by: Membership, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "colleagues": [row.member for row in access.visible_colleagues(by) if row.member.is_on_call],
        "minutes": calls.CODE_MINUTES,
        "section": "on_call",
        **more,
    }
    return render(request, "clinics/on_call.html", context, status=status)
