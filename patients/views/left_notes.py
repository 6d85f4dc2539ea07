"""Notes that patients left beside their check-ins: a list of what waits, and one note with its acts."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinics.errors import DomainError
from patients import access, queries, services
from patients.left_note_forms import GiveNoteForm
from patients.models import LeftNote
from patients.requests import PatientRequest

SHOWN = 200


@never_cache
@require_safe
def left_notes(request: PatientRequest, clinic: str) -> HttpResponse:
    """Whose they are and how long they wait, without the words: opening one is a look at a record."""
    patients = access.visible_patients(request.membership)
    assert request.membership is not None  # the gate's promise
    found = queries.unread_notes(request.clinic.pk).filter(patient__in=patients)
    shown = list(found[:SHOWN])
    access.record_list(request.membership, [note.patient for note in shown], page="left_notes")
    context = {
        "notes": shown,
        "more": found.count() - len(shown),
        "me": request.membership,
        "section": "left_notes",
    }
    return render(request, "patients/left_notes.html", context)


@never_cache
@require_safe
def left_note(request: PatientRequest, clinic: str, left_note_id: uuid.UUID) -> HttpResponse:
    note = access.get_left_note(request.membership, left_note_id)
    return _page(request, note)


@require_POST
def read_left_note(request: PatientRequest, clinic: str, left_note_id: uuid.UUID) -> HttpResponse:
    note = access.get_left_note_to_treat(request.membership, left_note_id)
    assert request.membership is not None  # the gate's promise
    services.read_note(note_id=note.pk, by=request.membership)
    messages.success(request, _("Read. It no longer waits."))
    return redirect("patients:left_notes", clinic)


@require_POST
def give_left_note(request: PatientRequest, clinic: str, left_note_id: uuid.UUID) -> HttpResponse:
    note = access.get_left_note_to_treat(request.membership, left_note_id)
    assert request.membership is not None  # the gate's promise
    form = GiveNoteForm(request.POST)
    if not form.is_valid():
        return _page(request, note, form, status=400)
    try:
        given = services.give_note(note_id=note.pk, to=form.cleaned_data["owner"], by=request.membership)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, note, form, status=409)
    if given.owner == request.membership:
        messages.success(request, _("This note is yours now."))
    else:
        messages.success(request, _("Handed over. It waits on, with the same age."))
    return redirect("patients:left_note", clinic, note.pk)


def _page(
    request: PatientRequest, note: LeftNote, form: GiveNoteForm | None = None, *, status: int = 200
) -> HttpResponse:
    assert request.membership is not None  # the gate's promise
    owners = queries.who_may_own(note)
    context = {
        "note": note,
        "patient": note.patient,
        "owners": owners,
        "form": form,
        "may_treat": request.membership.treats_patients,
        "is_mine": note.owner_id == request.membership.pk,
        "section": "left_notes",
    }
    return render(request, "patients/left_note.html", context, status=status)
