"""The clinic admits a patient and hands over the link to join."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinics import sudo
from clinics.errors import DomainError
from clinics.models import ClinicSettings
from patients import access, services
from patients.forms import AdmitForm
from patients.models import Patient
from patients.requests import PatientRequest


@require_http_methods(["GET", "POST"])
def admit(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_admitting_member(request.membership)
    own_settings = ClinicSettings.objects.get(clinic=request.clinic)
    needs_team = own_settings.record_scope == ClinicSettings.Scope.CARE_TEAM
    form = AdmitForm(request.POST or None, clinic=request.clinic, needs_team=needs_team)
    if form.is_valid():
        patient = services.admit_patient(clinic=request.clinic, by=member, **form.body())
        return redirect("patients:invite", clinic, patient.pk)
    status = 400 if request.method == "POST" else 200
    return render(request, "patients/admit.html", {"form": form, "section": "admit"}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def invite(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """The link is shown in the answer to the POST and nowhere again; a new one closes the one before."""
    member = access.get_admitting_member(request.membership)
    patient = access.get_patient_to_invite(member, patient_id)
    if request.method == "GET":
        return _page(request, patient)
    try:
        token = services.invite_patient(patient=patient, by=member)
    except DomainError as refusal:
        return _page(request, patient, refusal=refusal, status=400)
    link = request.build_absolute_uri(reverse("patients:join", args=[clinic, token]))
    return _page(request, patient, link=link)


@never_cache
@require_POST
def unlink(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """Who joined with this record is not the patient."""
    member = access.get_admitting_member(request.membership)
    patient = access.get_patient_to_invite(member, patient_id)
    page = reverse("patients:invite", args=[clinic, patient_id])
    if not sudo.is_fresh(request):
        return sudo.ask(request, page)
    try:
        services.unlink_user(patient=patient, by=member)
    except DomainError as refusal:
        return _page(request, patient, refusal=refusal, status=400)
    messages.success(request, _("Undone. That account sees nothing of this record any more."))
    return redirect(page)


def _page(request: PatientRequest, patient: Patient, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "patient": patient,
        "days": services.INVITATION_DAYS,
        "is_address_of_record": patient.has_address_of_record,
        "section": "admit",
        **more,
    }
    return render(request, "patients/invite.html", context, status=status)
