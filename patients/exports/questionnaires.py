"""What an export says of questionnaires: when each was asked, its total, and every answer as it was given."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from patients.exports.sections import Columns, Exporter, Row, Section, by_whom
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaires import published
from patients.results import answers_of


def sections(patient: Patient) -> Iterator[Section]:
    rounds = list(QuestionnaireRound.objects.filter(patient=patient).order_by("opened_at"))
    yield _rounds(patient, rounds)
    yield _answers(patient, rounds)


def _rounds(patient: Patient, rounds: list[QuestionnaireRound]) -> Section:
    rows: list[Row] = [
        {
            "id": str(row.pk),
            "questionnaire": published.get(row.questionnaire).title,
            "language": row.language,
            "text_sha256": row.text_sha256,
            "opened_by": by_whom(row.opened_by, patient),
            "opened_at": row.opened_at,
            "due_on": row.due_on,
            "late_at": row.late_at,
            "closes_at": row.closes_at,
            "state": row.state,
            "ended_at": row.ended_at,
            "total": row.total,
            "band": row.band or None,
            "subscales": ", ".join(f"{name} {figure}" for name, figure in sorted(row.subscales.items())),
            "is_imputed": row.is_imputed,
        }
        for row in rounds
    ]
    columns = {
        "id": _("Number"),
        "questionnaire": _("Questionnaire"),
        "language": _("Language"),
        "text_sha256": _("Fingerprint of the text (SHA-256)"),
        "opened_by": _("Asked by"),
        "opened_at": _("Asked"),
        "due_on": _("Due on"),
        "late_at": _("Late from"),
        "closes_at": _("Taken until"),
        "state": _("State"),
        "ended_at": _("Ended"),
        "total": _("Total"),
        "band": _("Band of the published form"),
        "subscales": _("Parts of the total"),
        "is_imputed": _("One or two open answers took the mean of the others"),
    }
    return Section("questionnaires", _("Questionnaires you were asked"), columns, rows)


def _answers(patient: Patient, rounds: list[QuestionnaireRound]) -> Section:
    said = answers_of(rounds)
    rows: list[Row] = [
        _answer(round_, answer, patient) for round_ in rounds for answer in said.get(round_.pk, [])
    ]
    columns = {
        "questionnaire": _("Of questionnaire"),
        "number": _("Number"),
        "item": _("Question number"),
        "question": _("Question"),
        "value": _("Your answer, as a number"),
        "answer": _("Your answer"),
        "answered_at": _("When"),
        "saved_at": _("Arrived"),
        "door": _("How it came"),
        "saved_by": _("Written down by"),
        "is_late": _("Came late"),
        "is_clock_doubtful": _("The clock of the device was doubted"),
    }
    return Section("questionnaire_answers", _("What you answered"), columns, rows)


def _answer(round_: QuestionnaireRound, answer: QuestionnaireAnswer, patient: Patient) -> Row:
    item = published.get(round_.questionnaire).texts[round_.language].item(answer.item)
    return {
        "questionnaire": str(round_.pk),
        "number": answer.number,
        "item": answer.item,
        "question": item.text if item is not None else "",
        "value": answer.given,
        "answer": item.answer(answer.given) if item is not None else "",
        "answered_at": answer.answered_at,
        "saved_at": answer.saved_at,
        "door": answer.door,
        "saved_by": by_whom(answer.saved_by, patient),
        "is_late": answer.is_late,
        "is_clock_doubtful": answer.is_clock_doubtful,
    }


COLUMNS = {
    "patients.QuestionnaireRound": Columns("questionnaires", renamed={"id": "id"}),
    "patients.QuestionnaireAnswer": Columns(
        "questionnaire_answers",
        renamed={"round": "questionnaire"},
        left_out={"idempotency_key": "a random number of the device, against sending twice"},
    ),
}

EXPORTER = Exporter(covers=frozenset(COLUMNS), sections=sections, columns=COLUMNS)
