"""A person the patient trusts: asked once whether they agree, then written to in the patient's words, when
the patient said. It is the patient who writes; the clinic neither reads the words nor decides when."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, messages
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.messages import Kind, Recipient
from clinics.models import Message
from patients.locks import lock_patients
from patients.models import Patient, TrustedPerson

REST = timedelta(days=7)
"""Between two messages that a trigger sends: a week of sad photos is one message."""
HAND_REST = timedelta(hours=1)
ASK_AGAIN_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class TrustedDraft:
    name: str
    email: str
    signed: str
    words: str
    trigger: str = TrustedPerson.Trigger.BY_HAND
    times: int = 5
    of_last: int = 7


@transaction.atomic
def save_trusted_person(*, patient: Patient, draft: TrustedDraft) -> TrustedPerson:
    """Turns it on. Another address is another person: they are asked whether they agree."""
    patient = lock_patients([patient.pk])[patient.pk]
    if draft.times > draft.of_last:
        raise DomainError("more_than_all", _("That is more often than there are check-ins."), field="times")
    row = TrustedPerson.objects.filter(patient=patient).first()
    if row is not None and str(row.email).casefold() != draft.email.casefold():
        _remove(row)
        row = None
    is_new = row is None
    row = row or TrustedPerson(clinic_id=patient.clinic_id, patient=patient)
    if row.state == row.State.STOPPED:
        raise DomainError("does_not_want", _("This person does not want messages."), field="email")
    for name in ("name", "email", "signed", "words", "trigger", "times", "of_last"):
        setattr(row, name, getattr(draft, name))
    row.is_on = True
    row.save()
    access_log.record("trusted_person.saved", by=patient, patient_id=patient.pk, objects=[row.pk])
    if is_new:
        _queue(row, Kind.TRUSTED_ASK, "ask")
    return row


@transaction.atomic
def remove_trusted_person(*, patient: Patient) -> bool:
    """One tap: the row is gone, and what waits with it."""
    row = TrustedPerson.objects.filter(patient=patient).first()
    if row is None:
        return False
    access_log.record("trusted_person.removed", by=patient, patient_id=patient.pk, objects=[row.pk])
    _remove(row)
    return True


def _remove(row: TrustedPerson) -> None:
    waiting = Message.objects.waiting().filter(recipient_id=row.pk)
    waiting.update(
        state=Message.State.STOPPED, why="chosen_otherwise", ended_at=timezone.now(), lease_until=None
    )
    row.delete()


@transaction.atomic
def send_to_trusted_person(*, patient: Patient) -> None:
    """By the patient's own hand, now."""
    row = TrustedPerson.objects.select_for_update().filter(patient=patient).first()
    if row is None or not row.may_be_written_to:
        raise DomainError("not_agreed", _("This person has not agreed yet."))
    now = timezone.now()
    if row.last_at is not None and now - row.last_at < HAND_REST:
        raise DomainError("just_sent", _("Your words went out less than an hour ago."))
    _send(row, f"hand:{uuid.uuid4()}")
    access_log.record("trusted_person.written_to", by=patient, patient_id=patient.pk, objects=[row.pk])


def wants_to_know(patient_ids: Sequence[uuid.UUID]) -> list[TrustedPerson]:
    """Of these patients, whose trusted person is written to by a count of sad photos."""
    rows = TrustedPerson.objects.filter(
        patient_id__in=patient_ids,
        patient__state=Patient.State.ACTIVE,
        trigger=TrustedPerson.Trigger.SAD,
        is_on=True,
        state=TrustedPerson.State.AGREED,
    )
    return list(rows.select_for_update(of=("self",)))


def consider_trusted_person(row: TrustedPerson, *, newest: Sequence[bool], occasion: uuid.UUID) -> bool:
    """`newest`: of the last check-ins with a reading, newest first, whether it looked sad. Within a week of
    the last message nothing is sent."""
    now = timezone.now()
    if row.last_at is not None and now - row.last_at < REST:
        return False
    if sum(newest[: row.of_last]) < row.times:
        return False
    _send(row, str(occasion))
    access_log.record(
        "trusted_person.written_to", by=System("trigger"), patient_id=row.patient_id, objects=[row.pk]
    )
    return True


@transaction.atomic
def answer_as_trusted_person(*, row: TrustedPerson, agrees: bool) -> None:
    """By the link of a mail, without an account. A no holds for good, and what waits is stopped."""
    row.state = row.State.AGREED if agrees else row.State.STOPPED
    row.answered_at = timezone.now()
    row.save(update_fields=["state", "answered_at"])
    if not agrees:
        messages.stop(clinic_id=row.clinic_id, dedupe_prefix=f"trusted:{row.pk}:", why="chosen_otherwise")
    access_log.record(
        "trusted_person.answered",
        by=System("trusted_person"),
        patient_id=row.patient_id,
        objects=[row.pk],
        agrees=agrees,
    )


def _send(row: TrustedPerson, occasion: str) -> None:
    row.last_at = timezone.now()
    row.save(update_fields=["last_at"])
    _queue(row, Kind.TRUSTED, occasion)


def _queue(row: TrustedPerson, kind: str, occasion: str) -> None:
    messages.queue(
        clinic_id=row.clinic_id,
        to=Recipient(Message.To.TRUSTED, row.pk, row.patient_id),
        kind=kind,
        dedupe_key=f"trusted:{row.pk}:{occasion}",
        facts={},
        expires_at=timezone.now() + timedelta(days=1 if kind == Kind.TRUSTED else 7),
    )
