"""What became of the photo of a check-in, for the patient who sent it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inference import queries
from patients import access
from patients.requests import PatientRequest

POLLS_END = 100


@require_safe
def check_in(request: PatientRequest, clinic: str, check_in_id: uuid.UUID) -> HttpResponse:
    """Thanks, what happens next, and the state of the photo without any script."""
    found = access.get_own_check_in(access.get_own_record(request), check_in_id)
    context = {"check_in": found, "status": queries.reading_status(found), "section": "check_in"}
    return render(request, "inference/check_in.html", context)


@require_safe
def reading_status(request: PatientRequest, clinic: str, check_in_id: uuid.UUID) -> HttpResponse:
    """The part of that page which asks again by itself; once the photo is read, it asks no more."""
    found = access.get_own_check_in(access.get_own_record(request), check_in_id)
    asked = request.GET.get("poll", "")
    poll = int(asked) if asked.isdecimal() and len(asked) < 4 else POLLS_END
    status = queries.reading_status(found, poll=poll)
    return render(request, "inference/reading_status.html", {"check_in": found, "status": status})
