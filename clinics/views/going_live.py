"""The checklist of a clinic in shadow, the figures of its weeks, and the decision to go live."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import access, access_log, acting, cover, going_live, sudo
from clinics.acting import Act, Data, Outcome
from clinics.errors import DomainError
from clinics.going_live import figures, forms, steps
from clinics.models import Clinic, ClinicSettings, Membership, Permission
from clinics.requests import ClinicRequest

SAVED = gettext_lazy("Saved.")


def _statement(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    steps.set_statement(clinic=clinic, text=data["text"], by=by)
    return SAVED


def _protocol(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    steps.set_protocol(clinic=clinic, text=data["text"], by=by)
    return SAVED


def _crisis(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    steps.set_crisis_contacts(clinic=clinic, text=data["text"], by=by)
    return SAVED


def _live(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    steps.go_live(clinic=clinic, by=by)
    return _("This clinic is live: alerts from photos reach clinicians from now on.")


def _shadow(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    steps.return_to_shadow(clinic=clinic, by=by)
    return _("This clinic is in shadow again. What is open stays open.")


ACTS = {
    "statement": Act(forms.StatementForm, _statement),
    "protocol": Act(forms.ProtocolForm, _protocol),
    "crisis": Act(forms.CrisisForm, _crisis),
    "live": Act(forms.ConfirmForm, _live),
    "shadow": Act(forms.ConfirmForm, _shadow),
}


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def going_live_page(request: ClinicRequest, clinic: str) -> HttpResponse:
    by = access.get_member_who_may(request.membership, Permission.CHANGE_SETTINGS)
    if request.method == "GET":
        return _page(request)
    outcome = acting.perform(request, ACTS, request.clinic, by)
    if outcome.refused is not None:
        return _page(request, outcome)
    return redirect("clinics:going_live", clinic)


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def shadow_week(request: ClinicRequest, clinic: str, week: str) -> HttpResponse:
    """What would have been alerts, by day, rule and record number; a POST says that it was looked at."""
    by = access.get_member_who_may(request.membership, Permission.CHANGE_SETTINGS)
    found = _week(request.clinic, week)
    if request.method == "POST":
        try:
            steps.look(clinic=request.clinic, week_start=found.start, by=by)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Noted: you have looked at this week."))
        return redirect("clinics:going_live", clinic)
    shown = figures.figures(request.clinic, found)
    patients = {alert.patient_id for alert in shown.alerts}
    access_log.record("shadow.read", by=by, objects=sorted(patients), week=found.start.isoformat())
    context = {"figures": shown, "section": "cover"}
    return render(request, "clinics/shadow_week.html", context)


def _week(clinic: Clinic, text: str) -> figures.Week:
    try:
        start = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    found = next((week for week in figures.weeks(clinic) if week.start == start), None)
    if found is None:
        raise Http404
    return found


def _page(request: ClinicRequest, outcome: Outcome | None = None) -> HttpResponse:
    clinic = request.clinic
    safety, own = cover.safety_of(clinic), ClinicSettings.objects.get(clinic=clinic)
    shown = {name: acting.form_of(ACTS, name, clinic) for name in ACTS}
    shown["statement"].initial = {"text": safety.service_statement}
    shown["protocol"].initial = {"text": safety.no_answer_protocol}
    shown["crisis"].initial = {"text": own.crisis_contacts}
    refused = outcome.refused if outcome else None
    if outcome and refused is not None:
        shown[outcome.name] = refused
    items = going_live.checklist(clinic)
    context = {
        "forms": shown,
        "refused": refused,
        "items": items,
        "is_complete": all(item.is_done for item in items),
        "is_live": going_live.is_live(clinic),
        "is_demo": own.is_demo,
        "safety": safety,
        "weeks": figures.weeks(clinic),
        "section": "cover",
    }
    return render(request, "clinics/going_live.html", context, status=400 if refused else 200)
