"""My data: take it with me, put it right, pause the analysis, ask my clinic."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import cover, sudo
from clinics.errors import DomainError
from patients import access, queries, services
from patients.forms import AskForm, ContactForm, CorrectCheckInForm, ErasureForm, RestrictionForm
from patients.models import Patient
from patients.requests import PatientRequest
from patients.views.downloads import hand_over


@never_cache
@require_safe
def own_data(request: PatientRequest, clinic: str) -> HttpResponse:
    return _page(request, access.get_own_record(request))


@never_cache
@require_POST
def export_own_data(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:own_data", args=[clinic]))
    try:
        return hand_over(services.export_patient(patient=patient, by=patient))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return _page(request, patient, status=400)


@require_POST
def change_contact(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    form = ContactForm(request.POST)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:own_data", args=[clinic]))
    if not form.is_valid():
        return _page(request, patient, contact_form=form, status=400)
    services.correct_record(patient=patient, changes=form.cleaned_data, by=patient)
    messages.success(request, _("Saved. Your clinic reaches you there from now on."))
    return redirect("patients:own_data", clinic)


@require_POST
def restrict(request: PatientRequest, clinic: str) -> HttpResponse:
    """One click pauses, one click goes on."""
    patient = access.get_own_record(request)
    form = RestrictionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is not a choice we know."))
    if form.cleaned_data["decision"] == "pause":
        services.restrict_processing(patient=patient, by=patient)
        messages.success(request, _("Paused. No photo is read and no score is made until you say so."))
    else:
        services.lift_restriction(patient=patient, by=patient)
        messages.success(request, _("The analysis goes on, as far as your choices allow it."))
    return redirect("patients:own_data", clinic)


@require_POST
def erase(request: PatientRequest, clinic: str) -> HttpResponse:
    """Asked for, confirmed, or taken back: two steps to go, one to stay."""
    patient = access.get_own_record(request)
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is not a choice we know."))
    step = form.cleaned_data["step"]
    page = reverse("patients:own_data", args=[clinic])
    if step != "cancel" and not sudo.is_fresh(request):
        return sudo.ask(request, page)
    try:
        _take_step(patient, step)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return _page(request, patient, status=400)
    return redirect(f"{page}#erasure")


def _take_step(patient: Patient, step: str) -> None:
    if step == "request":
        services.request_erasure(patient=patient, by=patient)
        return
    wish = access.get_own_erasure(patient)
    if step == "confirm":
        services.confirm_erasure(wish=wish, by=patient)
    else:
        services.cancel_erasure(wish=wish, by=patient)


@require_POST
def ask(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            services.open_request(patient=patient, by=patient, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Your clinic has your request, and answers within a month."))
            return redirect("patients:own_data", clinic)
    return _page(request, patient, ask_form=form, status=400)


@never_cache
@require_http_methods(["GET", "POST"])
def correct_check_in(request: PatientRequest, clinic: str, check_in_id: uuid.UUID) -> HttpResponse:
    patient = access.get_own_record(request)
    check_in = access.get_own_check_in(patient, check_in_id)
    form = CorrectCheckInForm(request.POST) if request.method == "POST" else CorrectCheckInForm.of(check_in)
    if form.is_bound and form.is_valid():
        try:
            services.correct_check_in(check_in=check_in, by=patient, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Corrected. What stood there before is kept beside it."))
            return redirect("inference:check_in", clinic, check_in.pk)
    context = {
        "form": form,
        "check_in": check_in,
        "corrections": queries.corrections_of(check_in),
        "note_hours": cover.words(request.clinic, cover.Lane.ROUTINE),
        "section": "history",
    }
    status = 400 if form.is_bound else 200
    return render(request, "patients/correct_check_in.html", context, status=status)


def _page(
    request: PatientRequest,
    patient: Patient,
    *,
    contact_form: ContactForm | None = None,
    ask_form: AskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "patient": patient,
        "contact_form": contact_form or ContactForm(initial={"email": patient.email, "phone": patient.phone}),
        "ask_form": ask_form or AskForm(),
        "requests": queries.own_requests(patient),
        "exports_a_day": services.EXPORTS_A_DAY,
        **vars(queries.erasure_part(patient)),
        "section": "own_data",
    }
    return render(request, "patients/own_data.html", context, status=status)
