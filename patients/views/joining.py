"""An invited patient comes in, with a new account or their own."""

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinics import joining, tenancy
from clinics.errors import DomainError
from patients import services
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
            return render(request, "clinics/invitation_closed.html", status=404)
        return joining.answer(
            request,
            template="patients/join.html",
            accept=partial(services.accept_invitation, token=token),
            after=reverse("patients:check_in", args=[clinic]),
        )
