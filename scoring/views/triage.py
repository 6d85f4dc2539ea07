"""Who needs somebody first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from patients.requests import PatientRequest
from scoring import queries
from scoring.models import Alert
from scoring.queries import Triage
from scoring.queries.urgency import alert_urgency
from scoring.services import receipts
from scoring.views import cards


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def triage(request: PatientRequest, clinic: str) -> HttpResponse:
    """The page; for htmx, which asks again when something is new, the list alone."""
    found = queries.triage(request.membership, clinic=request.clinic)
    assert request.membership is not None  # the gate's promise
    context = {
        "cards": _cards(found, clinic, may_treat=request.membership.treats_patients),
        "nobodys": sum(alert.state == Alert.State.OPEN for alert in found.alerts),
        "rows": found.rows,
        "alerts_url": f"/ws/c/{clinic}/alerts/",
        "alerts_after": found.last_seq,
        "section": "triage",
    }
    is_partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # django_htmx's
    if not is_partial:
        receipts.seen_in_list(found.alerts, request.membership)
    return render(request, "scoring/triage_list.html" if is_partial else "scoring/triage.html", context)


def _cards(found: Triage, clinic: str, *, may_treat: bool) -> list[cards.Card]:
    said = {row.patient.pk: _said(row.mood) for row in found.rows}
    return [
        cards.card_of(
            alert, found.profile, clinic=clinic, may_treat=may_treat, said=said.get(alert.patient_id, "")
        )
        for alert in sorted(found.alerts, key=_weight)
    ]


def _weight(alert: Alert) -> tuple[int, bool, float]:
    """Of equal urgency: nobody's first, then the higher score."""
    return alert_urgency(alert), alert.state != Alert.State.OPEN, -(alert.score or 0.0)


def _said(mood: int | None) -> str:
    return "" if mood is None else _("mood %(mood)d of 10") % {"mood": mood}
