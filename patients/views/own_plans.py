"""My safety plan: to read when it gets hard, to write while it is not."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from patients import access, services
from patients.models import Patient, SafetyPlan
from patients.own_plan_forms import SUGGESTED, OwnPlanForm, initial_of
from patients.requests import PatientRequest
from patients.services import PlanPart
from patients.services.own_plans import MOST_PARTS


@never_cache
@require_safe
def own_plan(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    context = {
        "parts": services.own_plan(patient),
        "with_clinic": SafetyPlan.objects.filter(patient=patient).first(),
        "section": "own_plan",
    }
    return render(request, "patients/own_plan.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def edit_own_plan(request: PatientRequest, clinic: str) -> HttpResponse:
    """`more` makes room for another heading; nothing is saved by it."""
    patient = access.get_own_record(request)
    if request.method == "GET":
        return _page(request, _form_of(patient))
    count = _count(request)
    if request.POST.get("act") == "more":
        return _page(request, OwnPlanForm(initial=request.POST.dict(), count=count + 1))
    form = OwnPlanForm(request.POST, count=count)
    if not form.is_valid():
        return _page(request, form, status=400)
    services.save_own_plan(patient=patient, parts=form.parts())
    messages.success(request, _("Your plan is saved. Your care team can read it."))
    return redirect("patients:own_plan", clinic)


def _form_of(patient: Patient) -> OwnPlanForm:
    parts = [PlanPart(str(row.heading), str(row.text)) for row in services.own_plan(patient)]
    count = max(len(parts) or len(SUGGESTED), _half_written(patient))
    return OwnPlanForm(initial=initial_of(parts), count=count)


def _half_written(patient: Patient) -> int:
    """The last pair in which something was begun: its words need a field in which to be put back."""
    place = reverse("patients:edit_own_plan", args=[patient.clinic.slug])
    fields = [row.field for row in services.own_drafts(patient, patient) if row.place == place]
    numbers = [field.rpartition("_")[2] for field in fields]
    return max((int(one) for one in numbers if one.isdecimal() and len(one) < 3), default=0)


def _count(request: PatientRequest) -> int:
    text = request.POST.get("count", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else MOST_PARTS


def _page(request: PatientRequest, form: OwnPlanForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "has_room": form.count < MOST_PARTS, "section": "own_plan"}
    return render(request, "patients/own_plan_edit.html", context, status=status)
