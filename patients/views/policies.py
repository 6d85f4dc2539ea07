"""An administrator chooses whose law the clinic works under, and what patients read of its staff."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinics import policy as clinic_policy
from clinics import services as clinic_services
from clinics import sudo
from clinics.errors import DomainError
from clinics.models import ClinicSettings
from patients import access, queries
from patients.forms import PolicyForm, StaffNamesForm
from patients.requests import PatientRequest


@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def policy(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_administrator(request.membership)
    in_force = clinic_policy.in_force(member.clinic_id)
    if request.method == "GET":
        return _page(request, PolicyForm(in_force=in_force))
    form = PolicyForm(request.POST, in_force=in_force)
    if not form.is_valid():
        return _page(request, form, status=400)
    data = form.cleaned_data
    try:
        clinic_policy.choose(
            clinic=request.clinic,
            jurisdiction=data["jurisdiction"],
            switched_off=tuple(data["switched_off"]),
            base_number=data["base_number"],
            by=member,
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, form, status=409)
    messages.success(
        request, _("The policy is in force from now on, for the door, the reader and every page.")
    )
    return redirect("patients:policy", clinic)


@require_POST
@sudo.required
def staff_names(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_administrator(request.membership)
    form = StaffNamesForm(request.POST)
    if not form.is_valid():
        return _page(request, PolicyForm(in_force=clinic_policy.in_force(member.clinic_id)), status=400)
    clinic_services.set_staff_names(
        clinic=request.clinic, are_shown=form.cleaned_data["are_shown"] == "names", by=member
    )
    messages.success(request, _("Saved. What patients read follows it from now on."))
    return redirect("patients:policy", clinic)


def _page(request: PatientRequest, form: PolicyForm, *, status: int = 200) -> HttpResponse:
    are_named = ClinicSettings.objects.values_list("names_staff_to_patients", flat=True)
    shown = "names" if are_named.get(clinic=request.clinic) else "initials"
    context = {
        "form": form,
        "names_form": StaffNamesForm(initial={"are_shown": shown}),
        "in_force": clinic_policy.in_force(request.clinic.pk),
        "rules": queries.policy_rules(),
        "choices": queries.policy_history(request.clinic),
        "section": "policy",
    }
    return render(request, "patients/policy.html", context, status=status)
