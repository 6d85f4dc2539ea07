"""What is done with an alert: each door takes one form to one service, and back to the alert."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinics.errors import DomainError
from patients.requests import PatientRequest
from scoring import access, duty_forms, services
from scoring.models import Alert
from scoring.services.moves import CALLED_AGAIN
from scoring.views import alerts

Service = Callable[..., Any]


@require_POST
def take(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    """To the alert in hand, or to the same page, which says who has it."""
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
    return redirect("scoring:alert", clinic, found.pk)


@require_POST
def attempt(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    return _act(request, clinic, alert_id, "attempt", services.note_attempt, gettext_lazy("Written down."))


@require_POST
def resolve(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    done = gettext_lazy("Resolved. Your note is part of the record.")
    return _act(request, clinic, alert_id, "resolve", services.resolve, done)


@require_POST
def offer(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    done = gettext_lazy("Asked. The alert stays yours until your colleague accepts it.")
    return _act(request, clinic, alert_id, "offer", services.offer, done)


@require_POST
def snooze(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    return _act(request, clinic, alert_id, "snooze", services.snooze, gettext_lazy("Set aside. It is yours."))


@require_POST
def propose_unreached(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    done = gettext_lazy("Written down. A second clinician must agree before this is resolved.")
    return _act(request, clinic, alert_id, "unreached", services.propose_unreached, done)


@require_POST
def confirm_unreached(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    done = gettext_lazy("Resolved. Your note is part of the record.")
    return _act(request, clinic, alert_id, "confirm", services.confirm_unreached, done)


@require_POST
def hand_over(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    done = gettext_lazy("Written down. The alert stays open here until the record is closed.")
    return _act(request, clinic, alert_id, "hand_over", services.hand_over, done)


@require_POST
def answer_offer(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    found = access.get_alert_to_treat(request.membership, alert_id)
    assert request.membership is not None  # the gate's promise
    form = duty_forms.AnswerOfferForm(request.POST, alert=found, by=request.membership)
    if not form.is_valid():
        return alerts.page(request, clinic, found, status=400)
    handled = services.answer_offer(alert_id=found.pk, by=request.membership, **form.body())
    if not handled.has_changed:
        messages.warning(request, _("You are not asked any more. Nothing was changed."))
    elif handled.alert.owner_id == request.membership.pk:
        messages.success(request, _("You have this alert now. It stays yours until it is resolved."))
    return redirect("scoring:alert", clinic, found.pk)


@require_POST
def give_back(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    found = access.get_alert_to_treat(request.membership, alert_id)
    assert request.membership is not None  # the gate's promise
    try:
        services.give_back(alert_id=found.pk, by=request.membership)
    except DomainError as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("It is nobody's now, and those who are there are told."))
    return redirect("scoring:alert", clinic, found.pk)


def _act(
    request: PatientRequest,
    clinic: str,
    alert_id: uuid.UUID,
    name: str,
    service: Service,
    done: str | Promise,
) -> HttpResponse:
    """The form, the service, and the page again: with what was refused, or with the next to do."""
    found = access.get_alert_to_treat(request.membership, alert_id)
    assert request.membership is not None  # the gate's promise
    form = alerts.FORMS[name](request.POST, alert=found, by=request.membership)
    if found.state == Alert.State.RESOLVED:
        return alerts.too_late(request, clinic, found, name, form)
    if not form.is_valid():
        return alerts.page(request, clinic, found, sent={name: form}, status=400)
    try:
        handled = service(alert_id=found.pk, by=request.membership, **form.body())
    except DomainError as refusal:
        if refusal.code == CALLED_AGAIN:
            newest = access.get_alert_to_treat(request.membership, alert_id)
            return alerts.unsaved(request, clinic, newest, str(refusal.message), form)
        form.refuse(refusal)
        return alerts.page(request, clinic, found, sent={name: form}, status=400)
    if getattr(handled, "has_changed", True) is False:
        return alerts.too_late(request, clinic, handled.alert, name, form)
    messages.success(request, str(done))
    return redirect(reverse("scoring:alert", args=[clinic, found.pk]))
