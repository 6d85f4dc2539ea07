"""Where patients and the people they trust are reached: what the outbox asks as it queues and as it sends."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from clinics.messages import channels
from clinics.messages.kinds import Kind
from clinics.messages.recipients import Quiet, Target
from clinics.models import Channel, Message
from patients.messages import links
from patients.models import Patient, PatientAddress, PatientChoices, TrustedPerson


class Patients:
    """Who is followed, has an account and chose to be written to."""

    def channels(
        self, ids: Collection[uuid.UUID], kind: str, *, is_urgent: bool
    ) -> Mapping[uuid.UUID, Collection[str]]:
        rows = PatientChoices.objects.filter(patient_id__in=ids, patient__state=Patient.State.ACTIVE)
        rows = rows.filter(patient__user__isnull=False)
        if kind == Kind.NOTE:
            rows = rows.filter(tells_of_notes=True)
        wishes = {row.patient_id: row.channels for row in rows}
        ready = self._ready(list(wishes))
        return {pk: [way for way in ways if way in ready[pk]] for pk, ways in wishes.items()}

    def _ready(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
        ready: dict[uuid.UUID, set[str]] = defaultdict(lambda: {Channel.EMAIL})
        rows = PatientAddress.objects.filter(patient_id__in=ids, channel__in=channels.offered())
        for pk, channel, confirmed_at in rows.values_list("patient_id", "channel", "confirmed_at"):
            if confirmed_at is not None or channel == Channel.PUSH:
                ready[pk].add(channel)
        return ready

    def target(self, message: Message, now: datetime) -> Target | None:
        patient = (
            Patient.objects.select_related("user")
            .filter(pk=message.recipient_id, state=Patient.State.ACTIVE, user__is_active=True)
            .first()
        )
        if patient is None or patient.user is None:
            return None
        row = PatientChoices.objects.filter(patient=patient).first()
        is_test = message.kind in {Kind.TEST_ALERT, Kind.WAY_ADDED}  # not of what they chose to be told
        if not is_test and (row is None or message.channel not in row.channels):
            return None
        addresses = self._addresses(patient, message, is_test=is_test)
        return Target(
            list(addresses),
            patient.user.language,
            sender_name=str(row.sender_name or "") if row else "",
            quiet=None if is_test else _quiet(row, patient),
            handles={address: handle for address, handle in addresses.items() if handle is not None},
        )

    def _addresses(self, patient: Patient, message: Message, *, is_test: bool) -> dict[str, uuid.UUID | None]:
        if message.channel == Channel.EMAIL:
            assert patient.user is not None  # asked by the caller
            return {patient.user.email: None}
        rows = PatientAddress.objects.filter(patient=patient, channel=message.channel)
        if message.channel != Channel.PUSH and not is_test:
            rows = rows.filter(confirmed_at__isnull=False)
        return {str(row.address): row.pk for row in rows}

    def forget(self, message: Message, handle: uuid.UUID) -> None:
        PatientAddress.objects.filter(pk=handle).delete()

    def confirm(self, message: Message, now: datetime) -> None:
        rows = PatientAddress.objects.filter(patient_id=message.recipient_id, channel=message.channel)
        rows.filter(confirmed_at=None, created_at__lte=message.created_at).update(confirmed_at=now)

    def fall_back(self, message: Message) -> str | None:
        """They are written to as they chose, and in no other way."""
        return None


class Trusted:
    """By e-mail, and only while the patient has it on and the person has agreed."""

    def channels(
        self, ids: Collection[uuid.UUID], kind: str, *, is_urgent: bool
    ) -> Mapping[uuid.UUID, Collection[str]]:
        return {pk: [Channel.EMAIL] for pk in ids}

    def target(self, message: Message, now: datetime) -> Target | None:
        row = TrustedPerson.objects.select_related("patient").filter(pk=message.recipient_id).first()
        if row is None or not row.patient.is_followed:
            return None
        is_asked = message.kind == Kind.TRUSTED_ASK and row.is_on and row.state == row.State.ASKED
        if not (is_asked or row.may_be_written_to):
            return None
        return Target(
            [str(row.email)],
            sender_name=str(row.signed),
            own_words="" if is_asked else str(row.words),
            stop_path=links.path_of(row),
        )

    def forget(self, message: Message, handle: uuid.UUID) -> None:
        """A mailbox that is gone makes the message dead, and the patient's page says so."""

    def confirm(self, message: Message, now: datetime) -> None:
        """They answer by their own page."""

    def fall_back(self, message: Message) -> str | None:
        return None


def _quiet(row: PatientChoices | None, patient: Patient) -> Quiet | None:
    if row is None or row.quiet_from is None or row.quiet_until is None:
        return None
    return Quiet(row.quiet_from, row.quiet_until, patient.zone)
