"""What became of the photo of a check-in, for the patient who sent it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinics.errors import DomainError
from inference import access as reading_access
from inference import queries, services
from inference.forms import ContestForm
from inference.models import Reading
from patients import access
from patients.models import CheckIn, Patient
from patients.requests import PatientRequest

POLLS_END = 100


@require_safe
def check_in(request: PatientRequest, clinic: str, check_in_id: uuid.UUID) -> HttpResponse:
    """Thanks, what happens next, and the state of the photo without any script."""
    patient = access.get_own_record(request)
    return _page(request, access.get_own_check_in(patient, check_in_id), ContestForm())


@require_POST
def contest(request: PatientRequest, clinic: str, check_in_id: uuid.UUID) -> HttpResponse:
    """The guess about one's own photo is not right, or is right after all."""
    patient = access.get_own_record(request)
    found = access.get_own_check_in(patient, check_in_id)
    reading = reading_access.get_own_reading(patient, found)
    if reading is None:
        raise Http404
    form = ContestForm(request.POST)
    if form.is_valid():
        try:
            _decide(request, patient, reading, form)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect("inference:check_in", clinic, found.pk)
    return _page(request, found, form, status=400)


def _decide(request: PatientRequest, patient: Patient, reading: Reading, form: ContestForm) -> None:
    if form.cleaned_data["decision"] == "withdraw":
        services.withdraw_contest(patient=patient, reading_id=reading.pk)
        messages.success(request, _("Taken back: this photo counts again."))
    else:
        services.contest_reading(patient=patient, reading_id=reading.pk, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("Thank you. This photo counts for nothing now, and your care team sees that.")
        )


def _page(request: PatientRequest, found: CheckIn, form: ContestForm, *, status: int = 200) -> HttpResponse:
    context = {
        "check_in": found,
        "status": queries.reading_status(found),
        "reading": queries.contestable_reading(found),
        "form": form,
        "section": "check_in",
    }
    return render(request, "inference/check_in.html", context, status=status)


@require_safe
def reading_status(request: PatientRequest, clinic: str, check_in_id: uuid.UUID) -> HttpResponse:
    """The part of that page which asks again by itself; once the photo is read, it asks no more."""
    found = access.get_own_check_in(access.get_own_record(request), check_in_id)
    asked = request.GET.get("poll", "")
    poll = int(asked) if asked.isdecimal() and len(asked) < 4 else POLLS_END
    status = queries.reading_status(found, poll=poll)
    return render(request, "inference/reading_status.html", {"check_in": found, "status": status})
