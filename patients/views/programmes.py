"""Programmes of employers: opened by the administrator, joined and left by each person for themselves."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinics import sudo
from clinics.errors import DomainError
from patients import access, queries, services, texts
from patients.forms import OwnProgrammeForm, ProgrammeForm
from patients.models import Purpose
from patients.requests import PatientRequest


@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def programmes(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_administrator(request.membership)
    form = ProgrammeForm(request.POST or None)
    if form.is_valid():
        try:
            services.open_programme(clinic=request.clinic, by=member, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The programme is open: patients find it under “My choices”."))
            return redirect("patients:programmes", clinic)
    context = {"form": form, "programmes": queries.programmes(request.clinic), "section": "programmes"}
    status = 400 if request.method == "POST" else 200
    return render(request, "patients/programmes.html", context, status=status)


@require_POST
def close_programme(request: PatientRequest, clinic: str, programme_id: uuid.UUID) -> HttpResponse:
    member = access.get_administrator(request.membership)
    programme = access.get_programme_to_close(member, programme_id)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:programmes", args=[clinic]))
    services.close_programme(programme=programme, by=member)
    messages.success(request, _("Closed. Nothing comes through it any more."))
    return redirect("patients:programmes", clinic)


@require_http_methods(["GET", "POST"])
def own_programmes(request: PatientRequest, clinic: str) -> HttpResponse:
    """One click joins, one click leaves."""
    patient = access.get_own_record(request)
    if request.method == "GET":
        context = {
            "programmes": queries.own_programmes(patient),
            "wording": texts.consent_texts()[Purpose.PROGRAMME].newest.wording,
            "section": "consents",
        }
        return render(request, "patients/own_programmes.html", context)
    form = OwnProgrammeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is not a decision about a programme we know."))
    programme_id = form.cleaned_data["programme"]
    try:
        if form.cleaned_data["decision"] == "join":
            services.join_programme(patient=patient, programme_id=programme_id)
            messages.success(request, _("You take part. You can leave here at any time."))
        else:
            services.leave_programme(patient=patient, programme_id=programme_id)
            messages.success(request, _("You have left the programme."))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("patients:own_programmes", clinic)
