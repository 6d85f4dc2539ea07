"""A person the patient trusts: asked once whether they agree, then written to in the patient's words, when
the patient said. It is the patient who writes; the clinic neither reads the words nor decides when."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, blind_index, messages
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.messages import Kind, Recipient
from clinics.models import Channel, Message
from patients.locks import lock_patients
from patients.models import Patient, PatientChoices, TrustedPerson
from patients.services.messages import tell_of_way

REST = timedelta(days=7)
"""Between two messages that a trigger sends: a week of sad photos is one message."""
HAND_REST = timedelta(hours=1)
ASK_AGAIN_AFTER = timedelta(days=7)
ASKS_A_WEEK = 3
WRITTEN = ("name", "email", "signed", "words", "trigger", "times", "of_last")

Ask = dict[str, Any]
"""`of`: a digest of the address; `at`: when they were last asked; `no`: whether that holds."""


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
    """Turns it on. Another address is another person: they are asked whether they agree. Who said no is not
    asked again, whatever was removed or written in between."""
    patient = lock_patients([patient.pk])[patient.pk]
    if draft.times > draft.of_last:
        raise DomainError("more_than_all", _("That is more often than there are check-ins."), field="times")
    row = TrustedPerson.objects.select_for_update().filter(patient=patient).first()
    is_same = row is not None and blind_index.address(str(row.email)) == blind_index.address(draft.email)
    if row is None or not is_same:
        _note_ask(patient, draft.email)
        if row is not None:
            _remove(row)
        row = TrustedPerson(clinic_id=patient.clinic_id, patient=patient)
    if row.state == row.State.STOPPED:
        raise _does_not_want()
    for name in WRITTEN:
        setattr(row, name, getattr(draft, name))
    row.is_on = True
    row.save(update_fields=[*WRITTEN, "is_on"] if is_same else None)
    access_log.record("trusted_person.saved", by=patient, patient_id=patient.pk, objects=[row.pk])
    if not is_same:
        _queue(row, Kind.TRUSTED_ASK, "ask")
        tell_of_way(patient, row.pk, "trusted")
    return row


def _does_not_want() -> DomainError:
    return DomainError("does_not_want", _("This person does not want messages."), field="email")


def _note_ask(patient: Patient, email: str) -> None:
    """Refused for who said no, was asked within a week, or is the fourth in a week."""
    asks, mark, now = _asks_of(patient), _mark(email), timezone.now()
    recent = [ask for ask in asks if now - datetime.fromisoformat(ask["at"]) < ASK_AGAIN_AFTER]
    if any(ask["of"] == mark and ask["no"] for ask in asks):
        raise _does_not_want()
    if any(ask["of"] == mark for ask in recent):
        message = _("This person was asked less than a week ago. Please wait a week before you ask again.")
        raise DomainError("just_asked", message, field="email")
    if len(recent) >= ASKS_A_WEEK:
        message = _("You have asked three people this week. Please wait before you ask somebody else.")
        raise DomainError("asked_enough", message, field="email")
    kept = [ask for ask in asks if ask["no"] or ask in recent]
    _keep_asks(patient, [*kept, {"of": mark, "at": now.isoformat(), "no": False}])


def _note_answer(patient: Patient, email: str, *, is_no: bool) -> None:
    mark = _mark(email)
    others = [ask for ask in _asks_of(patient) if ask["of"] != mark]
    _keep_asks(patient, [*others, {"of": mark, "at": timezone.now().isoformat(), "no": is_no}])


def carry_over_asks(*, keep: Patient, double: Patient) -> None:
    """Before the double's choices go: who said no to one record is not asked from the other."""
    if theirs := _asks_of(double):
        _keep_asks(keep, [*_asks_of(keep), *theirs])


def _mark(email: str) -> str:
    """Lies sealed under the patient's key alone. Under the index key its rotation would forget who said no:
    the address is not kept."""
    return hashlib.sha256(blind_index.address(email).encode()).hexdigest()


def _asks_of(patient: Patient) -> list[Ask]:
    row = PatientChoices.objects.filter(patient=patient).first()
    asks: list[Ask] = json.loads(str(row.asked)) if row is not None and row.asked else []
    return asks


def _keep_asks(patient: Patient, asks: list[Ask]) -> None:
    row = PatientChoices.objects.filter(patient=patient).first()
    if row is None:
        none = {f"by_{channel}": False for channel in Channel.values}
        row = PatientChoices(clinic_id=patient.clinic_id, patient=patient, **none)
    row.asked = json.dumps(asks)  # type: ignore[assignment]  # the encrypted field's base has no types
    row.save()


@transaction.atomic
def remove_trusted_person(*, patient: Patient) -> bool:
    """One tap: the row is gone, and what waits with it."""
    patient = lock_patients([patient.pk])[patient.pk]
    row = TrustedPerson.objects.select_for_update().filter(patient=patient).first()
    if row is None:
        return False
    access_log.record("trusted_person.removed", by=patient, patient_id=patient.pk, objects=[row.pk])
    _remove(row)
    return True


def _remove(row: TrustedPerson) -> None:
    if row.state == row.State.STOPPED:
        _note_answer(row.patient, str(row.email), is_no=True)  # rows of before noted none
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
def answer_as_trusted_person(*, row: TrustedPerson, agrees: bool) -> TrustedPerson:
    """By the link of a mail, without an account. A no holds for good, and what waits is stopped. The row as
    it stands now: the patient may be writing at this moment."""
    patient = lock_patients([row.patient_id])[row.patient_id]
    found = TrustedPerson.objects.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise DomainError("over", _("This is over."))
    found.state = found.State.AGREED if agrees else found.State.STOPPED
    found.answered_at = timezone.now()
    found.save(update_fields=["state", "answered_at"])
    _note_answer(patient, str(found.email), is_no=not agrees)
    if not agrees:
        messages.stop(clinic_id=found.clinic_id, dedupe_prefix=f"trusted:{found.pk}:", why="chosen_otherwise")
    access_log.record(
        "trusted_person.answered",
        by=System("trusted_person"),
        patient_id=found.patient_id,
        objects=[found.pk],
        agrees=agrees,
    )
    return found


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
