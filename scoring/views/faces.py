"""Whose face says nothing of their mood: written down and lifted by a clinician, or by the patient."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinics.errors import DomainError
from patients import access as patients_access
from patients.requests import PatientRequest
from scoring import queries, services
from scoring.models import FaceSilence
from scoring.rule_forms import SilenceForm


@require_POST
def silence_face(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    patient = patients_access.get_patient_to_treat(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    form = SilenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose why. Nothing was changed."))
        return redirect("scoring:patient", clinic, patient.pk)
    try:
        services.silence_face(patient=patient, by=request.membership, **form.cleaned_data)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("From now on this face raises no alert. All other rules go on."))
    return redirect("scoring:patient", clinic, patient.pk)


@require_POST
def lift_silence(
    request: PatientRequest, clinic: str, patient_id: uuid.UUID, silence_id: uuid.UUID
) -> HttpResponse:
    patient = patients_access.get_patient_to_treat(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    try:
        services.lift_silence(silence_id=silence_id, patient=patient, by=request.membership)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Lifted. The face counts again once no other reason is left."))
    return redirect("scoring:patient", clinic, patient.pk)


@require_POST
def own_face(request: PatientRequest, clinic: str) -> HttpResponse:
    """The patient's own wish, set and lifted with one tap."""
    patient = patients_access.get_own_record(request)
    wish = queries.own_wish(patient)
    if wish is None:
        services.silence_face(patient=patient, reason=FaceSilence.Reason.WISH, by=patient)
        messages.success(request, _("Your face does not count from now on. Your words always do."))
    else:
        services.lift_silence(silence_id=wish.pk, patient=patient, by=patient)
        messages.success(request, _("Your wish is lifted."))
    return redirect("scoring:own_history", clinic)
