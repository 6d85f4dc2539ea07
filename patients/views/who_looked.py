"""Who looked at my data."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import access_log
from clinics.models import ClinicSettings
from patients import access, people, services
from patients.audit import for_patients
from patients.models import BreakGlass
from patients.requests import PatientRequest


@never_cache
@require_http_methods(["GET", "POST"])
def who_looked(request: PatientRequest, clinic: str) -> HttpResponse:
    """The page; a POST says that the notices of emergency accesses were read."""
    patient = access.get_own_record(request)
    if request.method == "POST":
        services.mark_notices_seen(patient=patient)
        messages.info(request, _("Thank you. If something about it worries you, tell your clinic."))
        return redirect("patients:who_looked", clinic)
    access_log.record("access_log.read", by=patient, patient_id=patient.pk)
    shows_names = ClinicSettings.objects.values_list("names_staff_to_patients", flat=True).get(
        clinic=request.clinic
    )
    told = BreakGlass.objects.told(people.own_records(patient)).select_related("membership")
    told = told.order_by("-opened_at")
    context = {
        "looks": for_patients.looks(patient),
        "emergencies": [
            (row, for_patients.staff_name(row.membership, shows_names=shows_names)) for row in told
        ],
        "section": "who_looked",
    }
    return render(request, "patients/who_looked.html", context)
