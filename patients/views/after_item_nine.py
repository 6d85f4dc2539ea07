"""What a patient meets after a yes to the last question of the PHQ-9: thanks, who looks when, whom to call.

Reads rows and nothing else, so it works with workers and Redis down.
"""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinics import cover, crisis
from clinics.models import Clinic
from patients import access, queries, told
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaires import published
from patients.requests import PatientRequest
from patients.results import answers_of


@dataclass(frozen=True)
class State:
    """`poll` None: the page asks no more by itself."""

    is_told: bool
    looking: cover.Looking
    poll: cover.Poll | None


@never_cache
@require_safe
def after_item_nine(request: PatientRequest, clinic: str, round_id: uuid.UUID) -> HttpResponse:
    patient = access.get_own_record(request)
    round_ = access.get_own_round(patient, round_id)
    answer = _yes(round_)
    if answer is None:
        return redirect("patients:questionnaire", clinic, round_id)
    context = {
        "round": round_,
        "state": _state(request.clinic, patient, round_, answer, poll="0"),
        "place": crisis.country_of(queries.zone_now(patient)) or crisis.country_of(request.clinic.time_zone),
        "next_item": _next_item(round_) if round_.is_open else None,
        "section": "questionnaires",
    }
    return render(request, "patients/after_item_nine.html", context)


@never_cache
@require_safe
def item_nine_told(request: PatientRequest, clinic: str, round_id: uuid.UUID) -> HttpResponse:
    """The part of the page that says whether the clinic has it; the page asks again for a while."""
    patient = access.get_own_record(request)
    round_ = access.get_own_round(patient, round_id)
    answer = _yes(round_)
    if answer is None or "HX-Request" not in request.headers:
        return redirect("patients:after_item_nine", clinic, round_id)
    state = _state(request.clinic, patient, round_, answer, poll=request.GET.get("poll", ""))
    context = {"round": round_, "state": state}
    return render(request, "patients/item_nine_told.html", context)


def _yes(round_: QuestionnaireRound) -> QuestionnaireAnswer | None:
    """The newest answer to the last question, if it is above 0."""
    item_nine = published.get(round_.questionnaire).item_nine
    given = [one for one in answers_of([round_]).get(round_.pk, []) if one.item == item_nine]
    return given[-1] if item_nine and given and (given[-1].given or 0) > 0 else None


def _state(
    clinic: Clinic, patient: Patient, round_: QuestionnaireRound, answer: QuestionnaireAnswer, *, poll: str
) -> State:
    is_told = told.is_told(patient, round_.pk)
    return State(
        is_told=is_told,
        looking=cover.looking(clinic, cover.Lane.ITEM_9, answer.saved_at),
        poll=None if is_told else cover.next_poll(poll),
    )


def _next_item(round_: QuestionnaireRound) -> str:
    """The question after the last one, the form's own; empty: it can be sent."""
    numbers = [item.number for item in published.get(round_.questionnaire).texts[round_.language].items]
    here = numbers.index(str(published.get(round_.questionnaire).item_nine))
    return numbers[here + 1] if here + 1 < len(numbers) else ""
