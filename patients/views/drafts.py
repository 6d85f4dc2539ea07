"""Where a page keeps what somebody is writing, and asks for it after an unlock."""

import uuid

from django import forms
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.errors import DomainError
from clinics.models import Membership
from patients import access, services
from patients.models import Patient
from patients.requests import PatientRequest


class DraftForm(forms.Form):
    place = forms.RegexField(r"^/c/[a-z0-9-]+/[a-z0-9/-]*$", max_length=200)
    field = forms.RegexField(r"^[a-z0-9_-]+$", max_length=60)
    text = forms.CharField(required=False, strip=False)


@never_cache
@require_http_methods(["GET", "POST"])
def drafts(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """A member's, about one patient."""
    patient = access.get_patient_to_draft(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    return _answer(request, patient, request.membership, below=f"/c/{clinic}/")


@never_cache
@require_http_methods(["GET", "POST"])
def own_drafts(request: PatientRequest, clinic: str) -> HttpResponse:
    """A patient's, in the portal."""
    patient = access.get_own_record(request)
    return _answer(request, patient, patient, below=f"/c/{clinic}/me/")


def _answer(
    request: PatientRequest, patient: Patient, by: Membership | Patient, *, below: str
) -> HttpResponse:
    if request.method == "GET":
        found = services.own_drafts(patient, by)
        shown = [{"place": row.place, "field": row.field, "text": str(row.text)} for row in found]
        return JsonResponse({"drafts": shown})
    form = DraftForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["place"].startswith(below):
        return HttpResponse(status=400)
    try:
        services.save_draft(patient=patient, by=by, **form.cleaned_data)
    except DomainError:
        return HttpResponse(status=400)
    return HttpResponse(status=204)
