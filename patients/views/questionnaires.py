"""The portal's questionnaires: one question at a time or all at once, left and taken up again, then sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinics import cover
from clinics.errors import DomainError
from clinics.models import Clinic
from patients import access, services
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaire_sheet import questions, sent_back, text_of
from patients.questionnaires import published
from patients.requests import PatientRequest
from patients.results import answers_of, own_rounds

PAGE = QuestionnaireAnswer.Door.PAGE


@dataclass(frozen=True)
class Sheet:
    """One round on the patient's own screen, with the answers that stand."""

    patient: Patient
    round: QuestionnaireRound
    answers: list[QuestionnaireAnswer]

    @property
    def form(self) -> published.Questionnaire:
        return published.get(self.round.questionnaire)

    @property
    def says_yes_to_item_nine(self) -> bool:
        nine = [one for one in self.answers if one.item == self.form.item_nine]
        return bool(nine) and (nine[-1].given or 0) > 0


@dataclass(frozen=True)
class ReadBy:
    """When the clinic reads item 9. `opens_at` None: it is open now, or no hours are declared."""

    hours: str
    is_always: bool
    opens_at: datetime | None


def cover_of(clinic: Clinic) -> ReadBy:
    now = timezone.now()
    found = cover.read(clinic, now)
    weekly = found.schedule(cover.Lane.ITEM_9).weekly
    opens_at = cover.next_opening(clinic, cover.Lane.ITEM_9, now)
    return ReadBy(
        hours=cover.words(clinic, cover.Lane.ITEM_9),
        is_always=bool(weekly) and not cover.hours.gaps_of_week(weekly),
        opens_at=opens_at if opens_at is not None and opens_at > now else None,
    )


@never_cache
@require_safe
def own_questionnaires(request: PatientRequest, clinic: str) -> HttpResponse:
    """What is to be filled in, and what was sent."""
    patient = access.get_own_record(request)
    if not patient.is_followed:
        return render(request, "patients/record_closed.html", {"section": "questionnaires"})
    services.open_due_rounds(patient=patient)
    rounds = own_rounds(patient)
    context = {
        "waiting": [(one, text_of(one)) for one in rounds if one.is_open],
        "past": [(one, text_of(one)) for one in rounds if not one.is_open],
        "section": "questionnaires",
    }
    return render(request, "patients/questionnaires.html", context)


@never_cache
@require_safe
def questionnaire(request: PatientRequest, clinic: str, round_id: uuid.UUID) -> HttpResponse:
    """The way into one form; of one that was sent, what was said."""
    sheet = _sheet(request, round_id)
    if sheet.round.is_open and not sheet.patient.is_followed:
        return render(request, "patients/record_closed.html", {"section": "questionnaires"})
    first_open = next((one for one in questions(sheet.round, sheet.answers) if not one.answer), None)
    return _page(request, sheet, "patients/questionnaire.html", first_open=first_open)


@never_cache
@require_http_methods(["GET", "POST"])
def questionnaire_item(request: PatientRequest, clinic: str, round_id: uuid.UUID, item: str) -> HttpResponse:
    """One question. Its answer is saved, and told to the clinic, before the next is shown."""
    sheet = _sheet(request, round_id)
    numbers = [one.number for one in text_of(sheet.round).items]
    if item not in numbers:
        raise Http404
    here = numbers.index(item)
    before = numbers[here - 1] if here else ""
    if request.method == "GET":
        return _item_page(request, sheet, here, before)
    saved = _save(request, sheet)
    if saved.refused:
        return _item_page(request, _sheet(request, round_id), here, before, refused=saved.refused)
    if item == sheet.form.item_nine and _sheet(request, round_id).says_yes_to_item_nine:
        return _after_item_nine(clinic, sheet)
    if here + 1 < len(numbers):
        return redirect("patients:questionnaire_item", clinic, round_id, numbers[here + 1])
    return redirect("patients:send_questionnaire", clinic, round_id)


@never_cache
@require_http_methods(["GET", "POST"])
def questionnaire_sheet(request: PatientRequest, clinic: str, round_id: uuid.UUID) -> HttpResponse:
    """All questions at once. What is an answer is saved, whatever is wrong beside it."""
    sheet = _sheet(request, round_id)
    if request.method == "GET":
        return _page(request, sheet, "patients/questionnaire_sheet.html", form_key=uuid.uuid4().hex)
    saved = _save(request, sheet)
    if saved.refused:
        return _page(
            request,
            _sheet(request, round_id),
            "patients/questionnaire_sheet.html",
            refused=saved.refused,
            form_key=uuid.uuid4().hex,
            status=400,
        )
    if _sheet(request, round_id).says_yes_to_item_nine:
        return _after_item_nine(clinic, sheet)
    return redirect("patients:send_questionnaire", clinic, round_id)


@never_cache
@require_http_methods(["GET", "POST"])
def send_questionnaire(request: PatientRequest, clinic: str, round_id: uuid.UUID) -> HttpResponse:
    """What stands, what is open, and the button that sends it."""
    sheet = _sheet(request, round_id)
    if not sheet.round.is_open:
        return redirect("patients:questionnaire", clinic, round_id)
    if request.method == "GET":
        return _page(request, sheet, "patients/questionnaire_send.html")
    try:
        ended = services.finish_questionnaire(patient=sheet.patient, round_id=round_id, by=sheet.patient)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("patients:questionnaire", clinic, round_id)
    if ended.state == QuestionnaireRound.State.FINISHED:
        messages.success(request, _("Thank you. Your answers are sent."))
    if sheet.says_yes_to_item_nine:
        return _after_item_nine(clinic, sheet)
    return redirect("patients:questionnaire", clinic, round_id)


def _sheet(request: PatientRequest, round_id: uuid.UUID) -> Sheet:
    patient = access.get_own_record(request)
    round_ = access.get_own_round(patient, round_id)
    return Sheet(patient, round_, answers_of([round_]).get(round_.pk, []))


def _save(request: PatientRequest, sheet: Sheet) -> services.SavedAnswers:
    """A page shows what stands and sends it all again: what was not changed is no new answer."""
    sent = sent_back(sheet.round, request.POST, request.POST.get("form_key", ""))
    given = [one for one in sent if not services.repeats(sheet.answers, one)]
    return services.save_answers(
        patient=sheet.patient, round_id=sheet.round.pk, given=given, door=PAGE, by=sheet.patient
    )


def _after_item_nine(clinic: str, sheet: Sheet) -> HttpResponseRedirect:
    return redirect("patients:after_item_nine", clinic, sheet.round.pk)


def _item_page(
    request: PatientRequest,
    sheet: Sheet,
    here: int,
    before: str,
    refused: list[services.RefusedAnswer] | None = None,
) -> HttpResponse:
    shown = questions(sheet.round, sheet.answers, refused or ())
    return _page(
        request,
        sheet,
        "patients/questionnaire_item.html",
        status=400 if refused else 200,
        question=shown[here],
        before=before,
        form_key=uuid.uuid4().hex,
    )


def _page(
    request: PatientRequest,
    sheet: Sheet,
    template: str,
    *,
    refused: list[services.RefusedAnswer] | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    shown = questions(sheet.round, sheet.answers, refused or ())
    context = {
        "round": sheet.round,
        "text": text_of(sheet.round),
        "questions": shown,
        "refused": refused,
        "open_questions": [one for one in shown if not one.answer],
        "asks_item_nine": bool(sheet.form.item_nine),
        "read_by": cover_of(request.clinic) if sheet.form.item_nine else None,
        "item_nine": sheet.form.item_nine,
        "says_yes_to_item_nine": sheet.says_yes_to_item_nine,
        "api_answers": reverse("patients:api_answers", args=[request.clinic.slug, sheet.round.pk]),
        "section": "questionnaires",
        **more,
    }
    return render(request, template, context, status=status)
