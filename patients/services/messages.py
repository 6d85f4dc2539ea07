"""What a patient decides about messages to them: ways, quiet hours, the sender's name, devices, reminders."""

import uuid
from dataclasses import dataclass
from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, messages
from clinics.errors import DomainError
from clinics.messages import addresses, fingerprints
from clinics.models import Channel, Message
from patients.locks import lock_patients
from patients.models import Patient, PatientAddress, PatientChoices, Reminder, TrustedPerson
from patients.models.messages import EVERY_DAY

MOST_REMINDERS = 6
TESTS_APART = timedelta(minutes=1)
MOST_TESTS_A_DAY = 10
TEST_EXPIRES_AFTER = timedelta(hours=1)
LONGEST_NAME = 40


@dataclass(frozen=True)
class WaysDraft:
    ways: list[str]
    quiet_from: time | None = None
    quiet_until: time | None = None
    sender_name: str = ""
    tells_of_notes: bool = False


@transaction.atomic
def save_message_choices(*, patient: Patient, draft: WaysDraft) -> PatientChoices:
    """No way chosen means that nothing is sent: what waits is stopped."""
    patient = lock_patients([patient.pk])[patient.pk]
    name = " ".join(draft.sender_name.split())
    if len(name) > LONGEST_NAME or any(letter in name for letter in '<>@",;:'):
        raise DomainError("not_a_name", _("Please use letters and spaces, 40 at most."), field="sender_name")
    row = PatientChoices.objects.filter(patient=patient).first()
    row = row or PatientChoices(clinic_id=patient.clinic_id, patient=patient)
    for channel in Channel.values:
        setattr(row, f"by_{channel}", channel in draft.ways)
    is_quiet = None not in {draft.quiet_from, draft.quiet_until} and draft.quiet_from != draft.quiet_until
    row.quiet_from, row.quiet_until = (draft.quiet_from, draft.quiet_until) if is_quiet else (None, None)
    row.sender_name = name or None  # type: ignore[assignment]  # the encrypted field's base has no types
    row.tells_of_notes = draft.tells_of_notes
    row.save()
    gone = set(Channel.values) - set(draft.ways)
    waiting = Message.objects.waiting().filter(recipient_id=patient.pk, channel__in=gone)
    waiting = waiting.filter(state=Message.State.QUEUED).exclude(kind=messages.Kind.WAY_ADDED)
    waiting.update(state=Message.State.STOPPED, why="chosen_otherwise", ended_at=timezone.now())
    access_log.record("message_choices.saved", by=patient, patient_id=patient.pk)
    return row


@transaction.atomic
def add_message_address(*, patient: Patient, channel: str, text: str) -> PatientAddress:
    """A phone. Until a test that went there was opened, it gets tests alone."""
    if channel == Channel.CHAT:
        raise DomainError("not_offered", _("This way is not set up here."))
    return _add(patient, channel, addresses.clean(channel, text), "")


@transaction.atomic
def add_message_device(
    *, patient: Patient, endpoint: str, p256dh: str, auth: str, label: str
) -> PatientAddress:
    return _add(patient, Channel.PUSH, addresses.subscription(endpoint, p256dh, auth), label[:100])


def _add(patient: Patient, channel: str, address: str, label: str) -> PatientAddress:
    mark = fingerprints.fingerprint(patient.clinic_id, channel, address)
    known = fingerprints.every(patient.clinic_id, channel, address)
    mine = PatientAddress.objects.filter(patient=patient, channel=channel)
    row = mine.filter(fingerprint__in=known).first()
    row = row or PatientAddress(
        clinic_id=patient.clinic_id, patient=patient, channel=channel, fingerprint=mark
    )
    is_new = row._state.adding
    row.fingerprint = mark
    row.address, row.label = address, label or None  # type: ignore[assignment]
    row.save()
    if is_new:
        tell_of_way(patient, row.pk)
    newest = mine.order_by("-created_at").values_list("pk", flat=True)[: addresses.MOST[Channel(channel)]]
    mine.exclude(pk__in=[*newest, row.pk]).delete()
    if channel == Channel.PUSH:  # another patient who used this browser is not told through it any more
        others = PatientAddress.objects.filter(clinic_id=patient.clinic_id, fingerprint__in=known)
        others.exclude(patient=patient).delete()
    access_log.record(
        "message_address.added", by=patient, patient_id=patient.pk, objects=[row.pk], channel=channel
    )
    return row


def tell_of_way(patient: Patient, row_id: uuid.UUID, page: str = "messages") -> None:
    """By e-mail to the account's own address, whatever is chosen: who added a phone, a device or somebody to
    trust may be somebody else at an open screen."""
    draft = messages.Draft(
        to=patient,
        kind=messages.Kind.WAY_ADDED,
        dedupe_key=f"way_added:{row_id}",
        facts={"path": f"/c/{patient.clinic.slug}/me/{page}/"},
        only={Channel.EMAIL},
    )
    messages.queue_many(clinic_id=patient.clinic_id, drafts=[draft])


@transaction.atomic
def remove_message_address(*, patient: Patient, address_id: uuid.UUID) -> bool:
    gone, _rows = PatientAddress.objects.filter(patient=patient, pk=address_id).delete()
    if gone:
        access_log.record("message_address.removed", by=patient, patient_id=patient.pk, objects=[address_id])
    return bool(gone)


@transaction.atomic
def send_test_to_patient(*, patient: Patient, channel: str) -> None:
    """ "You have a note", to every address of one channel; opening its link confirms them."""
    addresses.check_offered(channel)
    patient = lock_patients([patient.pk])[patient.pk]
    _refuse_too_many_tests(patient)
    access_log.record("message_address.tested", by=patient, patient_id=patient.pk, channel=channel)
    now = timezone.now()
    draft = messages.Draft(
        to=patient,
        kind=messages.Kind.TEST_ALERT,
        dedupe_key=f"test:{channel}:{uuid.uuid4()}",
        facts={"since": now, "path": f"/c/{patient.clinic.slug}/me/messages/"},
        only={channel},
        expires_at=now + TEST_EXPIRES_AFTER,
    )
    messages.queue_many(clinic_id=patient.clinic_id, drafts=[draft])


def _refuse_too_many_tests(patient: Patient) -> None:
    """The clinic's servers send and pay: a patient's tests must not be what others wait behind."""
    now = timezone.now()
    tests = Message.objects.filter(recipient_id=patient.pk, dedupe_key__startswith="test:")
    today = list(tests.filter(created_at__gt=now - timedelta(days=1)).values_list("created_at", flat=True))
    if len(today) >= MOST_TESTS_A_DAY or any(at > now - TESTS_APART for at in today):
        raise DomainError(
            "too_many", _("A test was sent just now, or many today. Please wait a little before the next.")
        )


@transaction.atomic
def add_reminder(*, patient: Patient, at: time, weekdays: list[int] | None = None) -> Reminder:
    patient = lock_patients([patient.pk])[patient.pk]
    mine = Reminder.objects.filter(patient=patient)
    bits = sum(1 << day for day in set(weekdays)) if weekdays else EVERY_DAY
    moment = at.replace(second=0, microsecond=0)
    row = mine.filter(at=moment).first()
    if row is None and mine.count() >= MOST_REMINDERS:
        raise DomainError("too_many", _("Six times are the most. Please remove one first."), field="at")
    row = row or Reminder(clinic_id=patient.clinic_id, patient=patient, at=moment)
    row.weekdays = bits
    row.save()
    access_log.record("reminder.set", by=patient, patient_id=patient.pk, objects=[row.pk])
    return row


@transaction.atomic
def remove_reminder(*, patient: Patient, reminder_id: uuid.UUID) -> bool:
    gone, _rows = Reminder.objects.filter(patient=patient, pk=reminder_id).delete()
    if gone:
        messages.stop(
            clinic_id=patient.clinic_id, dedupe_prefix=f"reminder:{reminder_id}:", why="chosen_otherwise"
        )
        access_log.record("reminder.removed", by=patient, patient_id=patient.pk, objects=[reminder_id])
    return bool(gone)


def drop_message_wishes(patient: Patient) -> None:
    """All that somebody set up in a portal they leave: ways, devices, reminders, the person they trust."""
    for kind in (PatientChoices, PatientAddress, Reminder, TrustedPerson):
        kind.objects.filter(patient=patient).delete()
