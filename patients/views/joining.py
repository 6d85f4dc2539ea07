"""An invited patient makes their account."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinics import tenancy
from clinics.errors import DomainError
from patients import services
from patients.forms import JoinForm
from patients.requests import PatientRequest


@never_cache
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: PatientRequest, clinic: str, token: str) -> HttpResponse:
    """Used, expired and invented links are refused alike. Whoever holds an open one need not be signed in."""
    if request.clinic is None:
        raise Http404
    with tenancy.enter(request.clinic.pk):
        try:
            services.find_invitation(token)
        except DomainError:
            return render(request, "patients/invitation_closed.html", status=404)
        return _accept(request, clinic, token)


def _accept(request: PatientRequest, clinic: str, token: str) -> HttpResponse:
    if request.method == "GET":
        return render(request, "patients/join.html", {"form": JoinForm()})
    form = JoinForm(request.POST)
    if form.is_valid():
        try:
            user = services.accept_invitation(token=token, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            portal = reverse("patients:check_in", args=[clinic])
            answer: HttpResponse = perform_login(request, user, redirect_url=portal)
            return answer  # the portal, or the page that waits for the address to be confirmed by mail
    return render(request, "patients/join.html", {"form": form}, status=400)
