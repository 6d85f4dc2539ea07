"""Legal holds: which stand, place one, lift one."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import sudo
from clinics.errors import DomainError
from clinics.models import Membership
from patients import access, erasure_access, queries, services
from patients.desk_forms import LiftHoldForm, PlaceHoldForm
from patients.requests import PatientRequest


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def holds(request: PatientRequest, clinic: str) -> HttpResponse:
    member = erasure_access.get_hold_keeper(request.membership)
    form = PlaceHoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _place(member, form):
        messages.success(request, _("The hold stands: nothing of this record is erased until it is lifted."))
        return redirect("patients:holds", clinic)
    shown = queries.holds(request.clinic)
    erasure_access.record_holds(member, shown)
    context = {"holds": shown, "form": form, "section": "requests"}
    return render(request, "patients/holds.html", context, status=400 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def hold(request: PatientRequest, clinic: str, hold_id: uuid.UUID) -> HttpResponse:
    """One hold, and the form that lifts it."""
    member = erasure_access.get_hold_keeper(request.membership)
    found = erasure_access.get_hold(member, hold_id)
    form = LiftHoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.lift_legal_hold(patient=found.patient, by=member, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Lifted. What waited for it goes on by itself."))
            return redirect("patients:holds", clinic)
    context = {"hold": found, "form": form, "section": "requests"}
    return render(request, "patients/hold.html", context, status=400 if form.is_bound else 200)


def _place(member: Membership, form: PlaceHoldForm) -> bool:
    data = dict(form.cleaned_data)
    patient = access.get_patient_of_request(member, data.pop("record_number"), purpose="legal_hold")
    if patient is None:
        form.add_error("record_number", _("No record of this clinic has this number."))
        return False
    try:
        services.place_legal_hold(patient=patient, by=member, **data)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True
