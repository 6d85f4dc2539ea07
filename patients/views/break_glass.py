"""Break-glass: a clinician opens a record in an emergency; the privacy officer reviews it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import sudo
from clinics.errors import DomainError
from patients import access, services
from patients.break_glass_forms import BreakGlassForm, DelayForm, DeputyForm, ReviewForm
from patients.models import PrivacyDeputy
from patients.requests import PatientRequest

NEWEST = 100


@never_cache
@require_http_methods(["GET", "POST"])
def break_glass(request: PatientRequest, clinic: str) -> HttpResponse:
    clinician = access.get_clinician(request.membership)
    form = BreakGlassForm(request.POST or None, clinic=request.clinic)
    if form.is_valid():
        patient = form.cleaned_data["record_number"]
        is_visible = access.visible_patients(clinician).filter(pk=patient.pk).exists()
        if is_visible and not access.see_emergency_contacts(clinician, patient).are_hidden:
            messages.info(request, _("This record is open to you already: there was no glass to break."))
            return redirect("patients:emergency_card", clinic, patient.pk)
        try:
            services.break_glass(patient=patient, reason=form.cleaned_data["reason"], by=clinician)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect("patients:emergency_card", clinic, patient.pk)
    context = {"form": form, "section": "break_glass"}
    status = 400 if request.method == "POST" else 200
    return render(request, "patients/break_glass.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def break_glass_reviews(request: PatientRequest, clinic: str) -> HttpResponse:
    """What waits and what was reviewed; a privacy officer also appoints the deputy here."""
    reviewer = access.get_break_glass_reviewer(request.membership)
    is_officer = access.is_privacy_officer(reviewer)
    form = DeputyForm(request.POST or None, clinic=request.clinic) if is_officer else None
    if form is not None and form.is_bound and not sudo.is_fresh(request):
        return sudo.ask(request, request.path)
    if form is not None and form.is_valid():
        services.appoint_deputy(membership=form.cleaned_data["member"], by=reviewer)
        messages.success(request, _("The deputy is appointed."))
        return redirect("patients:break_glass_reviews", clinic)
    found = access.visible_break_glasses(reviewer).select_related("patient", "membership", "reviewed_by")
    accesses = list(found.order_by("-opened_at")[:NEWEST])
    access.record_break_glasses(reviewer, accesses)
    context = {
        "accesses": accesses,
        "deputy": PrivacyDeputy.objects.select_related("membership").filter(clinic=request.clinic).first(),
        "form": form,
        "section": "break_glass",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "patients/break_glass_reviews.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def review_break_glass(request: PatientRequest, clinic: str, break_glass_id: uuid.UUID) -> HttpResponse:
    reviewer = access.get_break_glass_reviewer(request.membership)
    found = access.get_break_glass(reviewer, break_glass_id)
    is_delay = request.POST.get("act") == "delay"
    review = ReviewForm(request.POST if request.method == "POST" and not is_delay else None)
    delay = DelayForm(request.POST if is_delay else None)
    form = delay if is_delay else review
    if form.is_valid():
        try:
            if is_delay:
                services.delay_notice(break_glass_id=found.pk, by=reviewer, **delay.cleaned_data)
            else:
                services.review_break_glass(break_glass_id=found.pk, by=reviewer, **review.body())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Recorded."))
            return redirect("patients:break_glass_reviews", clinic)
    context = {"access": found, "review": review, "delay": delay, "section": "break_glass"}
    status = 400 if request.method == "POST" else 200
    return render(request, "patients/break_glass_review.html", context, status=status)
