"""The portal's check-in form."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinics import cover
from clinics.browser_headers import uses_camera
from clinics.errors import DomainError
from patients import access, queries, services
from patients.forms import CheckInForm
from patients.models import Patient, Programme
from patients.requests import PatientRequest

KEY_IS_SPENT = {"idempotency_conflict", "idempotency_key_invalid"}


@uses_camera
@require_http_methods(["GET", "POST"])
def check_in(request: PatientRequest, clinic: str) -> HttpResponse:
    return _check_in(request, clinic)


@require_http_methods(["GET", "POST"])
def programme_check_in(request: PatientRequest, clinic: str, programme_id: uuid.UUID) -> HttpResponse:
    """Through a programme of an employer, where no photo is asked for or taken."""
    return _check_in(request, clinic, programme_id)


def _check_in(request: PatientRequest, clinic: str, programme_id: uuid.UUID | None = None) -> HttpResponse:
    patient = access.get_own_record(request)
    programme = access.get_own_programme(patient, programme_id) if programme_id else None
    if request.method == "GET" and not patient.is_followed:
        return render(request, "patients/record_closed.html", {"section": "check_in"})
    if request.method == "GET" and services.due_notices(patient):
        return redirect("patients:notices", clinic)  # a POST is not turned away: words are never lost
    if request.method == "GET":
        return _page(request, patient, CheckInForm(), programme, key=uuid.uuid4().hex)
    form = CheckInForm(request.POST, request.FILES)
    key = request.POST.get("idempotency_key", "")
    if not form.is_valid():
        return _page(request, patient, form, programme, key=key, status=400)
    try:
        submitted = services.submit_check_in(
            patient=patient, by=patient, programme_id=programme_id, **form.body(patient)
        )
    except DomainError as refusal:
        form.refuse(refusal)
        key = uuid.uuid4().hex if refusal.code in KEY_IS_SPENT else key
        status = 409 if refusal.code == "idempotency_conflict" else 400
        return _page(request, patient, form, programme, key=key, status=status)
    return redirect("inference:check_in", clinic, submitted.check_in.pk)


def _page(
    request: PatientRequest,
    patient: Patient,
    form: CheckInForm,
    programme: Programme | None,
    *,
    key: str,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "programme": programme,
        "photo": queries.photo_part(patient),
        "idempotency_key": key,
        "lost_photo": bool(request.FILES.get("image")),
        "note_hours": cover.words(request.clinic, cover.Lane.ROUTINE),
        "section": "check_in",
    }
    return render(request, "patients/check_in.html", context, status=status)
