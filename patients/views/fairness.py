"""What a patient volunteers about themselves so that the program can be checked: a page of their own."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import policy
from clinics.errors import DomainError
from patients import access, services, texts
from patients.fairness_forms import FairnessForm
from patients.models import Patient, Purpose
from patients.requests import PatientRequest


@never_cache
@require_http_methods(["GET", "POST"])
def fairness(request: PatientRequest, clinic: str) -> HttpResponse:
    """One click agrees and saves, one click withdraws and deletes."""
    patient = access.get_own_record(request)
    if request.method == "GET":
        return _page(request, patient, FairnessForm(initial=asdict(services.own_fairness_answers(patient))))
    if request.POST.get("decision") == "withdraw":
        services.withdraw_fairness_answers(patient=patient)
        messages.success(request, _("Withdrawn. Your answers are deleted."))
        return redirect("patients:fairness", clinic)
    form = FairnessForm(request.POST)
    if form.is_valid():
        try:
            services.save_fairness_answers(patient=patient, draft=form.draft())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. You can change or withdraw it here at any time."))
            return redirect("patients:fairness", clinic)
    return _page(request, patient, form, status=400)


def _page(request: PatientRequest, patient: Patient, form: FairnessForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "wording": texts.consent_texts()[Purpose.FAIRNESS_CHECK].newest.wording,
        "is_offered": policy.allows(patient.clinic_id, Purpose.FAIRNESS_CHECK),
        "is_granted": services.has_consent(patient, Purpose.FAIRNESS_CHECK),
        "section": "consents",
    }
    return render(request, "patients/fairness.html", context, status=status)
