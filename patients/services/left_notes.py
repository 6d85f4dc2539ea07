"""Notes beside check-ins as work: each waits, with an owner and an age, until somebody says they read it."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Membership
from patients.access import visible_patients
from patients.models import CheckIn, Intake, LeftNote

CARE = System("care")


def leave_note(check_in: CheckIn) -> None:
    """Beside a new check-in or a corrected one: the words are unread. Inside the caller's transaction."""
    if not check_in.note:
        LeftNote.objects.filter(check_in=check_in).delete()
        return
    known = LeftNote.objects.filter(check_in=check_in).first()
    note = known or LeftNote(clinic_id=check_in.clinic_id, check_in=check_in, patient_id=check_in.patient_id)
    note.owner = note.owner or _first_owner(check_in.patient_id)
    note.left_at, note.read_at, note.read_by = timezone.now(), None, None
    note.save()


@transaction.atomic
def read_note(*, note_id: uuid.UUID, by: Membership) -> LeftNote:
    """Somebody says that they read it, and it is work no more. The first who says so stays."""
    note = _locked(note_id)
    if note.is_read:
        return note
    note.read_at, note.read_by, note.owner = timezone.now(), by, note.owner or by
    note.save(update_fields=["read_at", "read_by", "owner"])
    access_log.record("left_note.read", by=by, patient_id=note.patient_id, objects=[note.pk])
    return note


@transaction.atomic
def give_note(*, note_id: uuid.UUID, to: uuid.UUID, by: Membership) -> LeftNote:
    """To oneself or to another clinician who may follow the patient. It waits on, with the same age."""
    note = _locked(note_id)
    if note.is_read:
        raise DomainError("note_is_read", _("This note was read in the meantime."))
    owner = Membership.objects.filter(clinic_id=by.clinic_id, pk=to, is_active=True).first()
    if owner is None or not _may_own(owner, note):
        message = _("Please choose a clinician who follows this patient.")
        raise DomainError("cannot_own_note", message, field="owner")
    note.owner = owner
    note.save(update_fields=["owner"])
    access_log.record(
        "left_note.given", by=by, patient_id=note.patient_id, objects=[note.pk], to=owner.actor_label
    )
    return note


def release_notes(*, owner: Membership) -> None:
    """Of somebody who is no clinician here any more: what they have not read waits for whoever comes next."""
    for note in LeftNote.objects.unread().filter(owner=owner).select_for_update(no_key=True):
        note.owner = None
        note.save(update_fields=["owner"])
        access_log.record(
            "left_note.given", by=CARE, patient_id=note.patient_id, objects=[note.pk], to="nobody"
        )


def _first_owner(patient_id: uuid.UUID) -> Membership | None:
    """Who answers for this patient by the newest intake, or their deputy; without one, nobody yet."""
    intake = Intake.objects.filter(patient=patient_id).order_by("-number").first()
    answering = (intake.responsible, intake.deputy) if intake is not None else ()
    return next((member for member in answering if member.is_active and member.treats_patients), None)


def _locked(note_id: uuid.UUID) -> LeftNote:
    return LeftNote.objects.select_for_update(no_key=True).get(pk=note_id)


def _may_own(owner: Membership, note: LeftNote) -> bool:
    if not (owner.reads_patients and owner.treats_patients):
        return False
    return visible_patients(owner, through_glass=False).filter(pk=note.patient_id).exists()
