"""What this app adds to a patient's export: scores, alerts and what was done, kind notes and answers."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from patients.exports import Exporter, Row, Section
from patients.models import Patient
from scoring.models import Alert, AlertEvent, PatientNote, PatientStanding, PeriodScore


def sections(patient: Patient) -> Iterator[Section]:
    yield _periods(patient)
    yield _standing(patient)
    yield _alerts(patient)
    yield _events(patient)
    yield _notes(patient)


def _periods(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "kind": row.kind,
            "start": row.start,
            "score": row.score,
            "low": row.low,
            "high": row.high,
            "is_enough": row.is_enough,
            "readings": row.readings,
            "shares": list(row.share_means),
            "model": row.model_version,
        }
        for row in PeriodScore.objects.filter(patient=patient).order_by("kind", "start")
    ]
    columns = {"kind": _("Stretch"), "start": _("First day"), **_score_columns()}
    return Section("scores", _("Your scores"), columns, rows, _shares_hint())


def _standing(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "window_start": row.window_start,
            "window_end": row.window_end,
            "score": row.score,
            "low": row.low,
            "high": row.high,
            "is_enough": row.is_enough,
            "readings": row.readings,
            "shares": list(row.share_means),
        }
        for row in PatientStanding.objects.filter(patient=patient)
    ]
    columns = {"window_start": _("From"), "window_end": _("To"), **_score_columns()}
    del columns["model"]
    return Section("standing", _("The newest days"), columns, rows, _shares_hint())


def _shares_hint() -> str:
    return _("Shares stand in the order angry, disgust, fear, happy, sad, surprise, neutral.")


def _score_columns() -> dict[str, str]:
    return {
        "score": _("Score"),
        "low": _("At least"),
        "high": _("At most"),
        "is_enough": _("Enough photos for a score"),
        "readings": _("Photos"),
        "shares": _("Estimated shares"),
        "model": _("Program"),
    }


def _alerts(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "id": str(row.pk),
            "opened_at": row.opened_at,
            "rule": row.rule,
            "line": row.line or None,
            "state": row.state,
            "score": row.score,
            "readings": row.readings,
            "acknowledged_at": row.acknowledged_at,
            "resolved_at": row.resolved_at,
            "note": row.note,
        }
        for row in Alert.objects.filter(patient=patient).order_by("opened_at")
    ]
    columns = {
        "id": _("Number"),
        "opened_at": _("When"),
        "rule": _("Why"),
        "line": _("Line"),
        "state": _("State"),
        "score": _("Score"),
        "readings": _("Photos"),
        "acknowledged_at": _("Somebody took it"),
        "resolved_at": _("Closed"),
        "note": _("What was done"),
    }
    return Section("alerts", _("When your care team was asked to look"), columns, rows)


def _events(patient: Patient) -> Section:
    rows: list[Row] = [
        {"alert": str(row.alert_id), "at": row.at, "kind": row.kind, "line": row.line or None}
        for row in AlertEvent.objects.filter(alert__patient=patient).order_by("seq")
    ]
    columns = {"alert": _("Of alert"), "at": _("When"), "kind": _("What happened"), "line": _("Line")}
    return Section("alert_events", _("What happened to these alerts"), columns, rows)


def _notes(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "at": row.created_at,
            "words": row.get_words_display(),
            "answer": row.answer or None,
            "answered_at": row.answered_at,
        }
        for row in PatientNote.objects.filter(patient=patient).order_by("created_at")
    ]
    columns = {
        "at": _("When"),
        "words": _("What it said"),
        "answer": _("Your answer"),
        "answered_at": _("Answered"),
    }
    return Section("kind_notes", _("Notes to you in the portal"), columns, rows)


EXPORTER = Exporter(
    covers=frozenset(
        {
            "scoring.PeriodScore",
            "scoring.PatientStanding",
            "scoring.Alert",
            "scoring.AlertEvent",
            "scoring.PatientNote",
        }
    ),
    sections=sections,
)
