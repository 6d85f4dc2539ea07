"""What this app adds to a patient's export: scores, alerts and what was done, kind notes and answers."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from patients.exports import Columns, Exporter, Row, Section
from patients.models import Patient
from scoring import alert_exports, rule_exports
from scoring.models import PatientNote, PatientStanding, PeriodScore


def sections(patient: Patient) -> Iterator[Section]:
    yield _periods(patient)
    yield _standing(patient)
    yield from alert_exports.sections(patient)
    yield from rule_exports.sections(patient)
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
            "profile_version": row.profile_version,
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
            **{name: getattr(row, name) for name in (*LINE_MEMORY, "newest_reading_at", "profile_version")},
        }
        for row in PatientStanding.objects.filter(patient=patient)
    ]
    columns = {"window_start": _("From"), "window_end": _("To"), **_score_columns(), **_line_columns()}
    del columns["model"]
    return Section("standing", _("The newest days"), columns, rows, _shares_hint())


LINE_MEMORY = (
    "over_warning",
    "is_over_warning",
    "warning_first_day",
    "over_intervention",
    "is_over_intervention",
    "intervention_first_day",
)


def _line_columns() -> dict[str, str]:
    return {
        "newest_reading_at": _("Newest photo"),
        "over_warning": _("How likely over the warning line, 0 to 1"),
        "is_over_warning": _("Over the warning line"),
        "warning_first_day": _("Over it since"),
        "over_intervention": _("How likely over the intervention line, 0 to 1"),
        "is_over_intervention": _("Over the intervention line"),
        "intervention_first_day": _("Over that since"),
    }


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
        "profile_version": _("Version of the clinic's matrix"),
    }


def _notes(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "alert": str(row.alert_id),
            "at": row.created_at,
            "visible_from": row.visible_from,
            "words": row.get_words_display(),
            "answer": row.answer or None,
            "answered_at": row.answered_at,
        }
        for row in PatientNote.objects.filter(patient=patient).order_by("created_at")
    ]
    columns = {
        "alert": _("Of alert"),
        "at": _("When"),
        "visible_from": _("Shown from"),
        "words": _("What it said"),
        "answer": _("Your answer"),
        "answered_at": _("Answered"),
    }
    return Section("kind_notes", _("Notes to you in the portal"), columns, rows)


DOUBT = "49 numbers of how the shares vary together; what they come to is the lowest and highest score"

COLUMNS = {
    "scoring.PeriodScore": Columns(
        "scores",
        renamed={"share_means": "shares", "model_version": "model"},
        left_out={
            "share_covariance": DOUBT,
            "share_sums": "sums of the guesses, each of which stands among the readings",
        },
    ),
    "scoring.PatientStanding": Columns(
        "standing", renamed={"share_means": "shares"}, left_out={"share_covariance": DOUBT}
    ),
    **alert_exports.COLUMNS,
    **rule_exports.COLUMNS,
    "scoring.PatientNote": Columns("kind_notes", renamed={"created_at": "at"}),
}

EXPORTER = Exporter(covers=frozenset(COLUMNS), sections=sections, columns=COLUMNS)
