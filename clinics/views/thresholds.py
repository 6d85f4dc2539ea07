"""The pages before the clinics: set up a second factor, unlock an idle session."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinics import second_factor as factors
from clinics import sign_in, signals, tenancy
from clinics.models import Membership, User


@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a second step is needed, and how to add one; who has one shows it."""
    assert isinstance(request.user, User)  # LoginRequiredMiddleware stands before every page
    wanted = _wanted(request)
    if not factors.is_enrolled(request.user):
        return render(request, "clinics/second_factor.html", {"query": urlencode({"next": wanted})})
    if sign_in.has_shown_factor(request.session, request.user.pk):
        return redirect(wanted)
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': wanted})}")


@never_cache
@require_http_methods(["GET", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """A POST locks, or says that somebody is reading. The page names nobody; its sockets say how many alerts
    wait."""
    assert isinstance(request.user, User)
    wanted = _wanted(request)
    if request.method == "POST" and request.POST.get("act") == "present":
        if sign_in.is_locked(request.session):
            return redirect("clinics:locked")
        sign_in.note_presence(request.session)
        return HttpResponse(status=204)
    if request.method == "POST":
        sign_in.lock(request.session)
        request.session.save()
        signals.sign_ins_changed.send(sender=User, user_id=request.user.pk)
        return redirect(f"{request.path}?{urlencode({'next': wanted})}")
    if not sign_in.is_locked(request.session):
        return redirect(wanted)
    context = {"next": wanted, "query": urlencode({"next": wanted}), "sockets": _sockets_of(request.user)}
    return render(request, "clinics/locked.html", context)


def _wanted(request: HttpRequest) -> str:
    """The page of ours that was asked for; the start page where that is anything else."""
    address = (request.POST if request.method == "POST" else request.GET).get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and address.startswith("/") else reverse("home")


def _sockets_of(user: User) -> list[str]:
    with tenancy.as_person(user.pk):
        memberships = list(Membership.objects.filter(is_active=True).select_related("clinic"))
    return [f"/ws/c/{row.clinic.slug}/alerts/" for row in memberships if row.reads_patients]
