"""One patient: what they say, what their face says, and what was done about it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.db.models.query import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inference import queries as inference_queries
from inference.emotions import EMOTIONS
from inference.models import Reading
from patients import queries as patients_queries
from patients import results as patients_results
from patients.models import CheckIn
from patients.requests import PatientRequest
from scoring import queries
from scoring.models import Alert, AlertEvent
from scoring.queries import PatientPage
from scoring.rule_forms import SilenceForm
from scoring.views import cards
from scoring.views.charts import week_chart
from scoring.wording import EMOTION_NAMES, percent

NamedShare = tuple[Promise, str]


@dataclass(frozen=True)
class ShownCheckIn:
    """What a patient said, and beside it what the photo of the same check-in gave."""

    check_in: CheckIn
    reading: Reading | None
    is_explainable: bool

    @property
    def shares(self) -> list[NamedShare]:
        """The probabilities of the reading; empty when it was not scored."""
        probabilities = self.reading.probabilities if self.reading is not None else None
        return _named(probabilities) if probabilities is not None else []


@never_cache
@require_safe
def patient(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    page = queries.patient_page(request.membership, patient_id, clinic=request.clinic)
    assert request.membership is not None  # the gate's promise
    may_treat = request.membership.treats_patients
    _load_histories(page.alerts)
    alerts = [
        (alert, cards.card_beside_patient(alert, page.profile, clinic=clinic, may_treat=may_treat))
        for alert in sorted(page.alerts, key=lambda alert: alert.state == Alert.State.RESOLVED)
    ]
    context = {
        "page": page,
        "patient": page.patient,
        "check_ins": _shown(page),
        "chart": week_chart(page.points, page.profile, title=_("Score by week"), summary=_summary(page)),
        "alerts": alerts,
        "totals": patients_results.newest_totals(page.patient),
        "consents": patients_queries.consent_choices(page.patient),
        "estimated": _estimated(page),
        "newest_reading": _newest_scored(page),
        "hold": patients_queries.hold_of(page.patient),
        "may_treat": may_treat,
        "silences": queries.face_silences(page.patient),
        "silence_form": SilenceForm() if may_treat and page.patient.is_followed else None,
        "section": "triage",
    }
    return render(request, "scoring/patient.html", context)


def _shown(page: queries.PatientPage) -> list[ShownCheckIn]:
    explainable = inference_queries.explainable(page.readings.values())
    readings = [page.readings.get(row.pk) for row in page.check_ins]
    return [
        ShownCheckIn(row, reading, reading is not None and reading.pk in explainable)
        for row, reading in zip(page.check_ins, readings, strict=True)
    ]


def _load_histories(alerts: list[Alert]) -> None:
    """All histories in one query."""
    events = AlertEvent.objects.select_related("by").order_by("seq")
    prefetch_related_objects(alerts, Prefetch("events", queryset=events))


def _newest_scored(page: PatientPage) -> Reading | None:
    scored = [row for row in page.readings.values() if row.is_scored]
    return max(scored, key=lambda row: row.captured_at, default=None)


def _estimated(page: PatientPage) -> list[NamedShare]:
    """The estimated shares of the judged window."""
    return _named(page.standing.share_means) if page.standing is not None and page.is_current else []


def _named(shares: Sequence[float]) -> list[NamedShare]:
    """Emotions and their shares in words, the largest first."""
    pairs = sorted(zip(EMOTIONS, shares, strict=True), key=lambda pair: -pair[1])
    return [(EMOTION_NAMES[name], percent(share)) for name, share in pairs]


def _summary(page: PatientPage) -> str:
    """The chart in one sentence, so that nobody needs to see it to know it."""
    scored = [point for point in page.points if point.value is not None]
    if not scored:
        return _("No week of this patient has enough scored check-ins for a score yet.")
    words = {
        "weeks": len(page.points),
        "scored": len(scored),
        "over": sum(point.band in {"warning", "intervention"} for point in scored),
    }
    return (
        _("%(scored)d of %(weeks)d weeks have a score; %(over)d of them are over a line. Gaps: no data.")
        % words
    )
