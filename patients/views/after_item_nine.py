"""What a patient meets after a yes to the last question of the PHQ-9: thanks, who looks when, whom to call.

Reads rows and nothing else, so it works with workers and Redis down.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinics import cover, crisis
from clinics.models import Clinic
from patients import access, queries, told
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaires import published
from patients.requests import PatientRequest
from patients.results import answers_of

OFTEN, POLLS_OFTEN = 5, 24
SELDOM, MOST_POLLS = 30, 120


@dataclass(frozen=True)
class Looking:
    """When somebody looks. `by` and `opens_at` None: the clinic has not declared when. `is_known_who`: the
    rota says who."""

    is_open: bool
    by: datetime | None
    opens_at: datetime | None
    is_known_who: bool = True


@dataclass(frozen=True)
class State:
    """`next_poll` 0: the page asks no more by itself."""

    is_told: bool
    looking: Looking
    next_poll: int
    delay_s: int


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
        "state": _state(request.clinic, patient, round_, answer, poll=0),
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
    text = request.GET.get("poll", "")
    poll = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else MOST_POLLS
    context = {"round": round_, "state": _state(request.clinic, patient, round_, answer, poll=poll)}
    return render(request, "patients/item_nine_told.html", context)


def _yes(round_: QuestionnaireRound) -> QuestionnaireAnswer | None:
    """The newest answer to the last question, if it is above 0."""
    item_nine = published.get(round_.questionnaire).item_nine
    given = [one for one in answers_of([round_]).get(round_.pk, []) if one.item == item_nine]
    return given[-1] if item_nine and given and (given[-1].given or 0) > 0 else None


def _state(
    clinic: Clinic, patient: Patient, round_: QuestionnaireRound, answer: QuestionnaireAnswer, *, poll: int
) -> State:
    is_told = told.is_told(patient, round_.pk)
    goes_on = not is_told and poll < MOST_POLLS
    return State(
        is_told=is_told,
        looking=_looking(clinic, answer.saved_at),
        next_poll=poll + 1 if goes_on else 0,
        delay_s=OFTEN if poll < POLLS_OFTEN else SELDOM,
    )


def _looking(clinic: Clinic, since: datetime) -> Looking:
    """By when somebody looks, counted in covered minutes from the answer; once that is over, no time is
    promised any more, and without anybody on the rota none at all."""
    now, lane = timezone.now(), cover.Lane.ITEM_9
    opens_at = cover.next_opening(clinic, lane, now)
    if opens_at is None:
        return Looking(is_open=False, by=None, opens_at=None)
    minutes = cover.minutes_to_take(clinic, lane)
    by = cover.deadline(clinic, lane, since, minutes) if minutes is not None else None
    is_still_ahead = by is not None and by > now + timedelta(minutes=1)
    is_known_who = not cover.rota_is_empty(clinic, lane, now)
    return Looking(opens_at <= now, by if is_still_ahead else None, opens_at, is_known_who)


def _next_item(round_: QuestionnaireRound) -> str:
    """The question after the last one, the form's own; empty: it can be sent."""
    numbers = [item.number for item in published.get(round_.questionnaire).texts[round_.language].items]
    here = numbers.index(str(published.get(round_.questionnaire).item_nine))
    return numbers[here + 1] if here + 1 < len(numbers) else ""
