"""How long what is kept: set by the privacy desk, and told to everybody."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import policy, sudo, tenancy
from clinics.errors import DomainError
from clinics.models import ClinicSettings
from patients import access, retention
from patients.forms import ErasureTimesForm, RetentionForm
from patients.models import Purpose
from patients.requests import PatientRequest


@login_not_required
@require_safe
def privacy(request: PatientRequest, clinic: str) -> HttpResponse:
    """Made from the settings in force. Holds nothing about any person, so it needs no sign-in."""
    if request.clinic is None:
        raise Http404
    with tenancy.enter(request.clinic.pk):
        context = {
            "kinds": retention.kinds_of(request.clinic),
            "own_settings": ClinicSettings.objects.get(clinic=request.clinic),
            "dump_days": settings.DUMP_DAYS,
            "log_days": settings.ACCESS_LOG_KEEP_DAYS,
            "log_years": retention.whole_years(settings.ACCESS_LOG_KEEP_DAYS),
            "looks_at_faces": policy.allows(request.clinic.pk, Purpose.FACIAL_ANALYSIS),
        }
        return render(request, "patients/privacy.html", context)


@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def retention_settings(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    states = retention.kinds_of(request.clinic)
    form = RetentionForm(request.POST if request.method == "POST" else None, states=states)
    if form.is_valid():
        try:
            retention.save_periods(clinic=request.clinic, days=form.cleaned_data, by=member)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. What is over its time goes in the coming night."))
            return redirect("patients:retention", clinic)
    return _page(request, form=form)


@require_POST
def erasure_times(request: PatientRequest, clinic: str) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:retention", args=[clinic]))
    form = ErasureTimesForm(request.POST)
    if form.is_valid():
        try:
            retention.save_erasure_times(clinic=request.clinic, by=member, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. It counts for erasures from now on."))
            return redirect("patients:retention", clinic)
    return _page(request, times_form=form)


def _page(
    request: PatientRequest,
    *,
    form: RetentionForm | None = None,
    times_form: ErasureTimesForm | None = None,
) -> HttpResponse:
    states = retention.kinds_of(request.clinic)
    own = ClinicSettings.objects.get(clinic=request.clinic)
    times = {
        "cooling_off_days": own.erasure_cooling_off_days,
        "record_years": own.record_retention_years,
    }
    context = {
        "form": form or RetentionForm(states=states),
        "times_form": times_form or ErasureTimesForm(initial=times),
        "kinds": states,
        "section": "retention",
    }
    is_refused = any(one is not None and one.is_bound for one in (form, times_form))
    return render(request, "patients/retention.html", context, status=400 if is_refused else 200)
