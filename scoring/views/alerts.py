"""The list of alerts, and one alert: what it says, what is known, what can be done."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from clinics.models import Membership
from patients.requests import PatientRequest
from scoring import access, duty_forms, queries
from scoring.duty.transitions import Act
from scoring.models import Alert
from scoring.queries import SHOWS, Show
from scoring.services import receipts
from scoring.services.moves import may
from scoring.views import cards

FORMS: dict[str, type[duty_forms.AlertForm]] = {
    "attempt": duty_forms.AttemptForm,
    "resolve": duty_forms.ResolveForm,
    "offer": duty_forms.OfferForm,
    "snooze": duty_forms.SnoozeForm,
    "unreached": duty_forms.UnreachedForm,
    "confirm": duty_forms.ConfirmUnreachedForm,
    "hand_over": duty_forms.HandOverForm,
}


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def alert_list(request: PatientRequest, clinic: str) -> HttpResponse:
    """The page; for htmx, which asks again when something is new, the list alone."""
    member = access.get_follower(request.membership)
    asked = request.GET.get("show", "waiting")
    show: Show = next((name for name in SHOWS if name == asked), "waiting")
    found = queries.alert_list(member, show)
    profile = access.get_profile(member)
    context = {
        "rows": [
            {
                "card": cards.card_of(row.alert, profile, clinic=clinic, may_treat=member.treats_patients),
                "timer": row.timer,
                "is_late": row.timer is not None and row.timer.due_at < timezone.now(),
            }
            for row in found.rows
        ],
        "show": show,
        "tabs": [(name, TABS[name], found.counts.get(name)) for name in SHOWS],
        "alerts_url": f"/ws/c/{clinic}/alerts/",
        "alerts_after": found.last_seq,
        "section": "alerts",
    }
    is_partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # django_htmx's
    if not is_partial:
        receipts.seen_in_list([row.alert for row in found.rows], member)
    return render(request, "scoring/alerts_list.html" if is_partial else "scoring/alerts.html", context)


TABS: dict[Show, Any] = {
    "waiting": gettext_lazy("Waiting"),
    "mine": gettext_lazy("Mine"),
    "offered": gettext_lazy("Offered to me"),
    "resolved": gettext_lazy("Resolved"),
}


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def alert(request: PatientRequest, clinic: str, alert_id: uuid.UUID) -> HttpResponse:
    """A page of its own; in the drawer of the list, the same without its frame. Opening it is a receipt."""
    found = access.get_alert(request.membership, alert_id)
    assert request.membership is not None  # the gate's promise
    receipts.seen(found, request.membership)
    return page(request, clinic, found)


def page(
    request: PatientRequest,
    clinic: str,
    found: Alert,
    *,
    sent: Mapping[str, duty_forms.AlertForm] | None = None,
    unsaved: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`sent`: forms as somebody filled them in and were refused, by the name of their act."""
    member = request.membership
    assert member is not None  # the gate's promise
    may_treat = member.treats_patients and found.state != Alert.State.RESOLVED
    card = cards.card_of(found, access.get_profile(member), clinic=clinic, may_treat=may_treat)
    context = {
        "alert": found,
        "card": card,
        "patient": found.patient,
        "background": queries.alert_background(found, member, request.clinic),
        "history": queries.told_events(found),
        "forms": _forms(found, member, sent or {}) if may_treat else {},
        "is_owner": found.owner_id == member.pk,
        "is_asked": may_treat and found.offered_to_id == member.pk,
        "may_take": may_treat and may(found, Act.TAKE),
        "unsaved": unsaved,
        "section": "alerts",
    }
    is_partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # django_htmx's
    template = "scoring/alert_body.html" if is_partial else "scoring/alert.html"
    return render(request, template, context, status=status)


def _forms(
    found: Alert, member: Membership, sent: Mapping[str, duty_forms.AlertForm]
) -> dict[str, duty_forms.AlertForm]:
    """Those that this member may send now, and those just refused."""
    is_owner, is_free = found.owner_id == member.pk, found.owner_id is None
    offered = {
        "attempt": may(found, Act.MISS) or may(found, Act.REACH),
        "resolve": True,
        "offer": is_owner and may(found, Act.OFFER) and found.offered_to_id is None,
        "snooze": may(found, Act.SNOOZE) and (is_owner or is_free) and not found.is_urgent_lane,
        "unreached": may(found, Act.PROPOSE) and found.unreached_by_id is None,
        "confirm": found.unreached_by_id is not None and found.unreached_by_id != member.pk,
        "hand_over": may(found, Act.HAND_OVER),
    }
    return {
        name: sent.get(name) or FORMS[name](alert=found, by=member)
        for name, is_offered in offered.items()
        if is_offered or name in sent
    }


def too_late(
    request: PatientRequest, clinic: str, found: Alert, name: str, form: duty_forms.AlertForm
) -> HttpResponse:
    """Who was faster, and what was typed: it is kept nowhere else."""
    assert found.resolved_by is not None  # a constraint of the database
    faster = _("%(name)s resolved this alert on %(when)s. Nothing was changed.") % {
        "name": found.resolved_by.name,
        "when": date_format(localtime(found.resolved_at), "DATETIME_FORMAT"),
    }
    return unsaved(request, clinic, found, faster, form)


def unsaved(
    request: PatientRequest, clinic: str, found: Alert, why: str, form: duty_forms.AlertForm
) -> HttpResponse:
    """The alert as it stands now, with empty forms: what was typed is about what stood there before."""
    typed = next((form[name].value() for name in ("note", "text", "reason") if name in form.fields), "")
    return page(request, clinic, found, unsaved={"faster": why, "note": typed or ""}, status=409)
