"""How long what is kept: set by the privacy desk, and told to everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinics import policy, tenancy
from clinics.errors import DomainError
from clinics.models import ClinicSettings
from patients import access, retention
from patients.forms import RetentionForm
from patients.models import Purpose
from patients.requests import PatientRequest


@login_not_required
@require_safe
def privacy(request: PatientRequest, clinic: str) -> HttpResponse:
    """Made from the settings in force. Holds nothing about any person, so it needs no sign-in."""
    if request.clinic is None:
        raise Http404
    with tenancy.enter(request.clinic.pk):
        context = {
            "kinds": retention.kinds_of(request.clinic),
            "own_settings": ClinicSettings.objects.get(clinic=request.clinic),
            "looks_at_faces": policy.allows(request.clinic.pk, Purpose.FACIAL_ANALYSIS),
        }
        return render(request, "patients/privacy.html", context)


@require_http_methods(["GET", "POST"])
def retention_settings(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    states = retention.kinds_of(request.clinic)
    form = RetentionForm(request.POST if request.method == "POST" else None, states=states)
    if form.is_valid():
        try:
            retention.save_periods(clinic=request.clinic, days=form.cleaned_data, by=member)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. What is over its time goes in the coming night."))
            return redirect("patients:retention", clinic)
    context = {"form": form, "kinds": states, "section": "retention"}
    return render(request, "patients/retention.html", context, status=400 if form.is_bound else 200)
