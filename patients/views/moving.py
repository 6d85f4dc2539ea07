"""From one clinic to another: the one page that tells the patient and both clinics what to do."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinics import tenancy
from clinics.models import ClinicSettings
from patients.requests import PatientRequest


@login_not_required
@require_safe
def moving(request: PatientRequest, clinic: str) -> HttpResponse:
    """Holds nothing about any person: it can be printed, or sent to the other clinic as a link."""
    if request.clinic is None:
        raise Http404
    with tenancy.enter(request.clinic.pk):
        context = {"own_settings": ClinicSettings.objects.get(clinic=request.clinic)}
        return render(request, "patients/moving.html", context)
