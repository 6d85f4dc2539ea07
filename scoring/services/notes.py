"""The patient's side of a crossing: a kind note in the portal, and their answer."""

import uuid
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from patients.locks import lock_patients
from patients.models import Patient
from scoring.models import Alert, PatientNote
from scoring.rules import LineName
from scoring.services import calls

MORNING, EVENING = time(8), time(20)


def leave_note(*, patient: Patient, alert: Alert, line: LineName) -> None:
    """One note for an alert and its words, shown by day (decision 31)."""
    words = PatientNote.Words.MUCH_HARDER if line == "intervention" else PatientNote.Words.HARDER
    PatientNote.objects.get_or_create(
        clinic_id=alert.clinic_id,
        alert=alert,
        words=words,
        defaults={"patient": patient, "visible_from": next_daytime(timezone.now(), patient)},
    )


@transaction.atomic
def answer_note(*, patient: Patient, note_id: uuid.UUID, answer: str) -> PatientNote:
    """Yes asks for a call at once. "Not now" can become a yes later; a yes stays."""
    if answer not in PatientNote.Answer.values:
        raise DomainError("unknown_answer", _("Please choose one of the answers."), field="answer")
    lock_patients([patient.pk])
    note = PatientNote.objects.visible().filter(patient=patient, pk=note_id).first()
    if note is None:
        raise DomainError("no_such_note", _("This note does not exist."))
    if note.answer in {answer, PatientNote.Answer.CALL}:
        return note
    note.answer, note.answered_at = answer, timezone.now()
    note.save(update_fields=["answer", "answered_at"])
    access_log.record("note.answered", by=patient, patient_id=patient.pk, objects=[note.pk])
    if answer == PatientNote.Answer.CALL:
        calls.ask_for_call(patient=patient)
    return note


def next_daytime(moment: datetime, patient: Patient) -> datetime:
    """The moment itself by day, otherwise the next morning, on the patient's clock."""
    local = moment.astimezone(patient.zone)
    if MORNING <= local.time() < EVENING:
        return moment
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=patient.zone)
