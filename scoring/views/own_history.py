"""The portal's first page: a patient's own weeks, in words that judge nobody (decision 47)."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinics.errors import DomainError
from inference.advice import ADVICE
from inference.models import Reading
from patients import access as patients_access
from patients.models import Capture, CheckIn, PhotoOutcome
from patients.requests import PatientRequest
from scoring import access, queries, services
from scoring.forms import AnswerForm
from scoring.models import PatientNote
from scoring.queries import OwnHistory
from scoring.views.charts import week_chart

WAITING = {Capture.State.WAITING, Capture.State.CLAIMED}


@dataclass(frozen=True)
class OwnCheckIn:
    """A check-in with what became of its photo: `none`, `waiting`, `read` or `not_used` with advice."""

    check_in: CheckIn
    photo: str
    advice: str | Promise = ""
    is_contested: bool = False


@never_cache
@require_safe
def own_history(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = patients_access.get_own_record(request)
    found = queries.own_history(patient, clinic=request.clinic)
    context = {
        "notes": found.notes,
        "check_ins": [_own(row, found.readings.get(row.pk)) for row in found.check_ins],
        "chart": week_chart(found.points, found.profile, title=_("Your weeks"), summary=_summary(found)),
        "band": _guidance_band(found),
        "call": queries.own_call(patient, clinic=request.clinic),
        "wish": queries.own_wish(patient),
        "section": "history",
    }
    return render(request, "scoring/own_history.html", context)


@require_POST
def answer_note(request: PatientRequest, clinic: str, note_id: uuid.UUID) -> HttpResponse:
    patient = patients_access.get_own_record(request)
    note = access.get_own_note(patient, note_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is not an answer we know."))
    try:
        note = services.answer_note(patient=patient, note_id=note.pk, **form.cleaned_data)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("scoring:own_call", clinic)
    if note.answer == PatientNote.Answer.CALL:
        return redirect("scoring:own_call", clinic)
    messages.info(request, _("That is fine. Nothing changes, and you can write or call whenever you like."))
    return redirect("scoring:own_history", clinic)


def _own(check_in: CheckIn, reading: Reading | None) -> OwnCheckIn:
    if check_in.photo == PhotoOutcome.NONE:
        is_contested = reading is not None and reading.is_contested
        return OwnCheckIn(check_in, "none", is_contested=is_contested)
    if check_in.photo != PhotoOutcome.TAKEN:
        return OwnCheckIn(check_in, "not_used", ADVICE[check_in.photo])
    if reading is not None:
        state = "read" if reading.is_scored else "not_used"
        advice = "" if reading.is_scored else ADVICE[reading.reason]
        return OwnCheckIn(check_in, state, advice, is_contested=reading.is_contested)
    capture: Any = getattr(check_in, "capture", None)
    if capture is not None and capture.state in WAITING:
        return OwnCheckIn(check_in, "waiting")
    is_dead = capture is not None and capture.state == Capture.State.DEAD
    return OwnCheckIn(check_in, "not_used", ADVICE["dead" if is_dead else "consent_missing"])


def _guidance_band(found: OwnHistory) -> str:
    """What guidance speaks to; nothing while a note still says harder and the score says steady."""
    return "" if found.notes and found.band == "below" else found.band


def _summary(found: OwnHistory) -> str:
    if not found.points:
        return ""
    return _("Each point is a week of photos, as a program guessed them. It is often wrong; you know best.")
