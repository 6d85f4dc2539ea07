"""An alert as its card wants it, in words; see docs/frontend.md."""

import uuid
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring import rule_wording
from scoring.models import Alert, ScoreProfile
from scoring.wording import percent

NOTABLE = timedelta(minutes=1)


class Card(TypedDict):
    """`name` and `number` of the patient are empty where the patient's own page says whose alert it is."""

    id: uuid.UUID
    name: str
    number: int
    day: str
    url: str
    patient_url: str
    state: str
    band: str
    value: float | None
    low: float | None
    high: float | None
    check_ins: int
    reason: str
    said: str
    raised_at: datetime
    updated_at: datetime | None
    taken_by: str
    note: str
    take_url: str
    lane: str
    lane_name: str
    severity: str
    severity_name: str
    called_at: datetime
    snoozed_until: datetime | None
    offered_to: str
    next_date: date | None
    outcome: str


def card_of(alert: Alert, profile: ScoreProfile, *, clinic: str, may_treat: bool, said: str = "") -> Card:
    """Of an alert whose patient and people are loaded. What may be done shows only to those who may."""
    at = [clinic, alert.pk]
    is_open, is_resolved = alert.state == Alert.State.OPEN, alert.state == Alert.State.RESOLVED
    taker = alert.resolved_by if is_resolved else alert.owner
    return Card(
        id=alert.pk,
        name=alert.patient.name,
        number=alert.patient.record_number,
        day=_day(alert.opened_at),
        url=reverse("scoring:alert", args=at),
        patient_url=reverse("scoring:patient", args=[clinic, alert.patient_id]),
        state=alert.state,
        band=alert.line,
        value=alert.score,
        low=alert.low,
        high=alert.high,
        check_ins=alert.readings,
        reason=reason_of(alert, profile),
        said=said,
        raised_at=alert.opened_at,
        updated_at=alert.updated_at if alert.updated_at - alert.opened_at > NOTABLE else None,
        taken_by=taker.name if taker is not None else "",
        note=alert.note or "",
        take_url=reverse("scoring:take", args=at) if may_treat and is_open else "",
        lane=alert.lane,
        lane_name="" if alert.lane == Alert.Lane.ROUTINE else alert.get_lane_display(),
        severity=alert.severity,
        severity_name=alert.get_severity_display(),
        called_at=alert.called_at,
        snoozed_until=alert.snoozed_until,
        offered_to=alert.offered_to.name if alert.offered_to is not None else "",
        next_date=alert.next_date,
        outcome=alert.get_outcome_display() if is_resolved else "",
    )


def card_beside_patient(alert: Alert, profile: ScoreProfile, *, clinic: str, may_treat: bool) -> Card:
    """The same on the patient's own page."""
    card = card_of(alert, profile, clinic=clinic, may_treat=may_treat)
    card["name"] = ""
    card["patient_url"] = ""
    return card


def reason_of(alert: Alert, profile: ScoreProfile) -> str:
    """Why somebody must look: how surely, on how many check-ins, of which days."""
    if alert.rule != Alert.Rule.SCORE_LINE:
        said = rule_wording.sentence_of(alert.rule, alert.facts) or f"{capfirst(alert.rule_label)}."
        return f"{said} {alert.text}" if alert.text else said
    words = {
        "percent": capfirst(percent(alert.probability or 0.0)),
        "line": alert.get_line_display(),
        "n": alert.readings,
        "first": _day(alert.window_start),
        "last": _day(alert.window_end),
    }
    reason = (
        ngettext(
            "%(percent)s sure it is over the %(line)s: %(n)d scored check-in, %(first)s to %(last)s.",
            "%(percent)s sure it is over the %(line)s: %(n)d scored check-ins, %(first)s to %(last)s.",
            alert.readings,
        )
        % words
    )
    is_higher = alert.score is not None and alert.score >= profile.intervention_line
    if alert.line == Alert.Line.WARNING and is_higher:
        reason += " " + _("The estimate lies over the intervention line too, but not surely enough yet.")
    return reason


def _day(moment: datetime | None) -> str:
    return date_format(localtime(moment), "j M") if moment is not None else ""
