"""What a patient is told before their first check-in, and again when its meaning changes."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from patients import access, queries, services
from patients.requests import PatientRequest


@require_http_methods(["GET", "POST"])
def notices(request: PatientRequest, clinic: str) -> HttpResponse:
    """One button for all that is due: it says "read", and agrees to nothing."""
    patient = access.get_own_record(request)
    if request.method == "POST":
        services.record_notices(patient=patient, by=patient)
        return redirect("patients:check_in", clinic)
    due = services.due_notices(patient)
    context = {"parts": queries.notice_parts(patient, due), "is_due": bool(due), "section": "consents"}
    return render(request, "patients/notices.html", context)
