"""What a patient's export holds of alerts: why somebody was asked to look, when, and what was done."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from patients.exports import STAFF, Columns, Row, Section
from patients.models import Patient
from scoring.models import Alert, AlertEvent, AlertSeen, AlertTimer, AlertWords

ORDER = "a number by which screens catch up; the rows stand in this order"
AS_THEY_ARE = (
    "line",
    "outcome",
    "opened_at",
    "rule",
    "lane",
    "severity",
    "state",
    "is_shadow",
    "text",
    "updated_at",
    "called_at",
    "score",
    "low",
    "high",
    "probability",
    "readings",
    "window_start",
    "window_end",
    "taken_at",
    "offered_at",
    "snoozed_until",
    "snoozes",
    "reached_at",
    "unreached_at",
    "receiver",
    "received_at",
    "resolved_at",
    "note",
    "spoken_with",
    "spoken_at",
    "next_date",
    "was_helpful",
)


def sections(patient: Patient) -> Iterator[Section]:
    yield _alerts(patient)
    yield _events(patient)
    yield _words(patient)
    yield _timers(patient)
    yield _seen(patient)


def _alerts(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "id": str(row.pk),
            "facts": _listed(row.facts),
            **{name: getattr(row, name) or None for name in ("line", "outcome")},
            **{name: getattr(row, name) for name in AS_THEY_ARE if name not in {"line", "outcome"}},
        }
        for row in Alert.objects.filter(patient=patient).order_by("opened_at")
    ]
    columns = {
        "id": _("Number"),
        "opened_at": _("When"),
        "rule": _("Why"),
        "text": _("In words of the clinic"),
        "facts": _("What the rule knew"),
        "lane": _("Kind"),
        "severity": _("How pressing"),
        "line": _("Line"),
        "state": _("State"),
        "is_shadow": _("Recorded only, before the clinic went live"),
        "updated_at": _("Last changed"),
        "called_at": _("Somebody wanted since"),
        "score": _("Score"),
        "low": _("At least"),
        "high": _("At most"),
        "probability": _("How likely on or over the line, 0 to 1"),
        "readings": _("Photos"),
        "window_start": _("From"),
        "window_end": _("To"),
        "taken_at": _("Somebody took it"),
        "offered_at": _("Offered to a colleague"),
        "snoozed_until": _("Set aside until"),
        "snoozes": _("How often set aside"),
        "reached_at": _("You were spoken to"),
        "unreached_at": _("Given up after the clinic's own steps"),
        "receiver": _("Who accepted it elsewhere"),
        "received_at": _("Accepted there"),
        "resolved_at": _("Closed"),
        "outcome": _("How it ended"),
        "note": _("What was done"),
        "spoken_with": _("Who was spoken to"),
        "spoken_at": _("Spoken to"),
        "next_date": _("Next date"),
        "was_helpful": _("The clinic found it helpful"),
    }
    return Section("alerts", _("When your care team was asked to look"), columns, rows)


def _events(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "alert": str(row.alert_id),
            "at": row.at,
            "kind": row.kind,
            "line": row.line or None,
            "facts": _listed(row.facts),
            "score": row.score,
            "readings": row.readings,
        }
        for row in AlertEvent.objects.filter(alert__patient=patient).order_by("seq")
    ]
    columns = {
        "alert": _("Of alert"),
        "at": _("When"),
        "kind": _("What happened"),
        "line": _("Line"),
        "facts": _("What was known"),
        "score": _("Score"),
        "readings": _("Photos"),
    }
    return Section("alert_events", _("What happened to these alerts"), columns, rows)


def _words(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "alert": str(row.event.alert_id),
            "event": f"{row.event.kind}, {row.event.at:%Y-%m-%d %H:%M} UTC",
            "text": row.text,
            "whom": row.whom,
        }
        for row in AlertWords.objects.filter(patient=patient).select_related("event").order_by("event__seq")
    ]
    columns = {
        "alert": _("Of alert"),
        "event": _("At"),
        "text": _("What was written"),
        "whom": _("Who was tried or spoken to"),
    }
    return Section("alert_words", _("What your care team wrote at these alerts"), columns, rows)


def _timers(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "alert": str(row.alert_id),
            "kind": row.kind,
            "started_at": row.started_at,
            "due_at": row.due_at,
            "step": row.step,
            "rung": row.rung,
        }
        for row in AlertTimer.objects.filter(alert__patient=patient).order_by("due_at")
    ]
    columns = {
        "alert": _("Of alert"),
        "kind": _("Waits for"),
        "started_at": _("Since"),
        "due_at": _("Until"),
        "step": _("How often passed on"),
        "rung": _("Who was asked last"),
    }
    return Section("alert_timers", _("Until when somebody must have looked"), columns, rows)


def _seen(patient: Patient) -> Section:
    rows: list[Row] = [
        {"alert": str(row.alert_id), "at": row.at}
        for row in AlertSeen.objects.filter(alert__patient=patient).order_by("at")
    ]
    columns = {"alert": _("Alert"), "at": _("On a screen of your care team")}
    return Section("alerts_seen", _("When these alerts were on a screen"), columns, rows)


def _listed(facts: Mapping[str, Any]) -> str | None:
    return "; ".join(f"{name}: {value}" for name, value in sorted(facts.items())) or None


COLUMNS = {
    "scoring.Alert": Columns(
        "alerts",
        renamed={"id": "id"},
        left_out={
            "seq": ORDER,
            "called_seq": ORDER,
            **dict.fromkeys(("owner", "offered_to", "unreached_by", "resolved_by", "spoken_by"), STAFF),
        },
    ),
    "scoring.AlertEvent": Columns("alert_events", left_out={"seq": ORDER, "by": STAFF, "toward": STAFF}),
    "scoring.AlertWords": Columns("alert_words"),
    "scoring.AlertTimer": Columns("alert_timers"),
    "scoring.AlertSeen": Columns("alerts_seen", left_out={"seq": ORDER, "membership": STAFF}),
}
