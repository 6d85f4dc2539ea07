"""The emergency card: opens even where the access log cannot be written."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import access_log
from clinics.middleware import opening_without_log
from patients import access, services
from patients.emergency_forms import EmergencyCardForm
from patients.models import Patient, SafetyPlan
from patients.requests import PatientRequest


@never_cache
@require_safe
def emergency_card(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    return _card(request, access.get_patient(request.membership, patient_id, purpose="emergency"))


@never_cache
@require_POST
def print_emergency_card(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """The same page, which opens the browser's print dialogue by itself; logged as a print.

    Nobody is asked again who they are: the card is open already, and whoever needs it on paper needs it now.
    """
    patient = access.get_patient(request.membership, patient_id, purpose="emergency")
    assert request.membership is not None  # the gate's promise
    access_log.record_print("emergency_card", by=request.membership, patient_id=patient.pk)
    return _card(request, patient, is_printing=True)


@never_cache
@require_http_methods(["GET", "POST"])
def edit_emergency_card(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    patient = access.get_patient_to_treat(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    seen = access.see_emergency_contacts(request.membership, patient)
    form = EmergencyCardForm(request.POST or None, initial=EmergencyCardForm.of(patient, seen.contacts))
    if form.is_valid():
        services.save_emergency_card(
            patient=patient, by=request.membership, **form.body(keeps_hidden=seen.are_hidden)
        )
        messages.success(request, _("The emergency card is saved."))
        return redirect("patients:emergency_card", clinic, patient.pk)
    context = {"patient": patient, "form": form, "seen": seen, "section": "triage"}
    status = 400 if request.method == "POST" else 200
    return render(request, "patients/emergency_card_edit.html", context, status=status)


def _card(request: PatientRequest, patient: Patient, *, is_printing: bool = False) -> HttpResponse:
    assert request.membership is not None  # the gate's promise
    context = {
        "patient": patient,
        "seen": access.see_emergency_contacts(request.membership, patient),
        "plan": SafetyPlan.objects.select_related("written_by").filter(patient=patient).first(),
        "own_plan": services.own_plan(patient),
        "may_treat": request.membership.treats_patients,
        "is_printing": is_printing,
        "section": "triage",
    }
    return opening_without_log(render(request, "patients/emergency_card.html", context))
