"""Erasing a patient without an account, from the request they made: recorded, confirmed, or taken back."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinics import sudo
from clinics.errors import DomainError
from clinics.models import Membership
from patients import access, erasure_access, services
from patients.desk_forms import DeskErasureStepForm, RecordErasureForm
from patients.models import RightsRequest
from patients.requests import PatientRequest
from patients.views.desk import page


@require_POST
def desk_erasure(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    """Two members, two steps; one of them takes it back."""
    member = erasure_access.get_desk_eraser(request.membership)
    found = access.get_request(access.get_privacy_desk(member), request_id)
    back = reverse("patients:desk_request", args=[clinic, request_id])
    if not sudo.is_fresh(request):
        return sudo.ask(request, back)
    steps = DeskErasureStepForm(request.POST)
    if not steps.is_valid():
        return HttpResponseBadRequest(_("This is not a choice we know."))
    step = steps.cleaned_data["step"]
    form = RecordErasureForm(request.POST, patient=found.patient) if step == "record" else None
    if form is not None and not form.is_valid():
        return page(request, found, erasure_form=form, status=400)
    try:
        messages.success(request, _take(step, found, member, form))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return page(request, found, status=400)
    return redirect(f"{back}#erasure")


def _take(step: str, found: RightsRequest, member: Membership, form: RecordErasureForm | None) -> str:
    """Does one step, and says what happens next."""
    if form is not None:
        services.record_erasure(request=found, by=member, **form.cleaned_data)
        return _("Recorded. Nothing happens until somebody else of the privacy desk confirms it.")
    if step == "confirm":
        services.confirm_recorded_erasure(request=found, by=member)
        return _("Confirmed. It is erased by itself once the days to think it over have passed.")
    services.cancel_recorded_erasure(patient=found.patient, by=member)
    return _("Taken back. Nothing is erased.")
