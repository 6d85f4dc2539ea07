"""The portal's check-in form."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinics.browser_headers import uses_camera
from clinics.errors import DomainError
from patients import access, queries, services
from patients.forms import CheckInForm
from patients.models import Patient
from patients.requests import PatientRequest

KEY_IS_SPENT = {"idempotency_conflict", "idempotency_key_invalid"}


@uses_camera
@require_http_methods(["GET", "POST"])
def check_in(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    if request.method == "GET":
        return _page(request, patient, CheckInForm(), key=uuid.uuid4().hex)
    form = CheckInForm(request.POST, request.FILES)
    key = request.POST.get("idempotency_key", "")
    if not form.is_valid():
        return _page(request, patient, form, key=key, status=400)
    try:
        submitted = services.submit_check_in(patient=patient, by=patient, **form.body(patient))
    except DomainError as refusal:
        form.refuse(refusal)
        key = uuid.uuid4().hex if refusal.code in KEY_IS_SPENT else key
        status = 409 if refusal.code == "idempotency_conflict" else 400
        return _page(request, patient, form, key=key, status=status)
    return redirect("inference:check_in", clinic, submitted.check_in.pk)


def _page(
    request: PatientRequest, patient: Patient, form: CheckInForm, *, key: str, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "photo": queries.photo_part(patient),
        "idempotency_key": key,
        "lost_photo": bool(request.FILES.get("image")),
        "section": "check_in",
    }
    return render(request, "patients/check_in.html", context, status=status)
