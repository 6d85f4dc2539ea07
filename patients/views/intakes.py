"""A patient's intake: read by who follows them, written by clinicians."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.errors import DomainError
from patients import access, services
from patients.intake_forms import IntakeForm
from patients.requests import PatientRequest


@never_cache
@require_http_methods(["GET", "POST"])
def intake(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """What is in force, and below it the form of the next version."""
    patient = access.get_patient(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    if request.method == "POST" and not request.membership.treats_patients:
        raise PermissionDenied
    known = services.newest_intake(patient)
    form = IntakeForm(request.POST or None, initial=IntakeForm.of(known))
    form.offer(request.clinic)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_intake(patient=patient, draft=form.draft(), by=request.membership)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The intake is saved."))
            return redirect("patients:intake", clinic, patient.pk)
    context = {
        "patient": patient,
        "intake": known,
        "form": form,
        "is_late": known is not None and known.review_on < timezone.localdate(),
        "may_treat": request.membership.treats_patients and patient.is_followed,
        "section": "triage",
    }
    return render(request, "patients/intake.html", context, status=400 if request.method == "POST" else 200)
