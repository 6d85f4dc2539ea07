"""One alert: read it, take it, resolve it with a note."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinics.errors import DomainError
from patients.requests import PatientRequest
from scoring import access, queries, services
from scoring.forms import ResolveForm
from scoring.models import Alert
from scoring.views import cards


@require_safe
def alert(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    found = access.get_alert(request.membership, alert_id)
    return _page(request, clinic, found, ResolveForm(auto_id="note_%s"))


@require_POST
def take(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    """To the patient, with the alert in hand, or to its card there, which says who has it."""
    found = access.get_alert_to_treat(request.membership, alert_id)
    assert request.membership is not None  # the gate's promise
    handled = services.take(alert_id=found.pk, by=request.membership)
    if handled.has_changed:
        messages.success(request, _("You have this alert now. It stays yours until it is resolved."))
    else:
        # No name in a message: names are sealed in the database, and the cookie of messages is readable.
        messages.warning(
            request, _("Somebody was faster, and nothing was changed. The alert says who has it.")
        )
    page = reverse("scoring:patient", args=[clinic, found.patient_id])
    return redirect(f"{page}#alert-{found.pk}")


@require_POST
def resolve(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    found = access.get_alert_to_treat(request.membership, alert_id)
    assert request.membership is not None  # the gate's promise
    form = ResolveForm(request.POST)
    if found.state == Alert.State.RESOLVED:
        return _too_late(request, clinic, found, form)
    if not form.is_valid():
        return _page(request, clinic, found, form, status=400)
    try:
        handled = services.resolve(alert_id=found.pk, by=request.membership, **form.cleaned_data)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, clinic, found, form, status=400)
    if not handled.has_changed:
        return _too_late(request, clinic, handled.alert, form)
    messages.success(request, _("Resolved. Your note is part of the record."))
    return redirect("scoring:patient", clinic, found.patient_id)


def _too_late(request: PatientRequest, clinic: str, found: Alert, form: ResolveForm) -> HttpResponse:
    """Who was faster, and what was typed: it is kept nowhere else."""
    assert found.resolved_by is not None  # a constraint of the database
    faster = _("%(name)s resolved this alert on %(when)s. Nothing was changed.") % {
        "name": found.resolved_by.name,
        "when": date_format(localtime(found.resolved_at), "DATETIME_FORMAT"),
    }
    unsaved = {"faster": faster, "note": form["note"].value() or ""}
    return _page(request, clinic, found, form, unsaved=unsaved, status=409)


def _page(
    request: PatientRequest,
    clinic: str,
    found: Alert,
    form: ResolveForm,
    *,
    unsaved: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_treat = request.membership is not None and request.membership.treats_patients
    context = {
        "card": cards.card_of(
            found, access.get_profile(request.membership), clinic=clinic, may_treat=may_treat
        ),
        "patient": found.patient,
        "history": queries.alert_history(found),
        "form": form if may_treat and found.state != Alert.State.RESOLVED else None,
        "unsaved": unsaved,
        "section": "triage",
    }
    return render(request, "scoring/alert.html", context, status=status)
