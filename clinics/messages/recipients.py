"""Who can be written to, and how. Members are known here; the patients app registers patients and those they
trust (moodvision/pipeline.py), since this app may not import it."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from clinics.models import Membership, Message


@dataclass(frozen=True)
class Recipient:
    to: str
    id: uuid.UUID
    patient_id: uuid.UUID | None = None


class PatientLike(Protocol):
    """A patients.Patient, which this app may not name."""

    pk: uuid.UUID

    @property
    def actor_role(self) -> str: ...


@dataclass(frozen=True)
class Quiet:
    """Local times between which a person is not written to; over midnight where `until` is the earlier."""

    start: time
    until: time
    zone: ZoneInfo

    def ends_at(self, now: datetime) -> datetime | None:
        """When the quiet time that holds at `now` is over; None: none holds."""
        from clinics.messages.quiet import end_of_quiet

        return end_of_quiet(self.start, self.until, self.zone, now)


@dataclass(frozen=True)
class Target:
    """Where one message goes, looked up as it is sent. `addresses`: of a device each, else one."""

    addresses: list[str]
    language: str = "en"
    sender_name: str = ""
    quiet: Quiet | None = None
    own_words: str = ""
    stop_path: str = ""
    handles: dict[str, uuid.UUID] = field(default_factory=dict)


class Directory(Protocol):
    """The people of one sort (`Message.To`)."""

    def channels(
        self, ids: Collection[uuid.UUID], kind: str, *, is_urgent: bool
    ) -> Mapping[uuid.UUID, Collection[str]]:
        """How each of them wants this kind; who is missing gets none. One query for all."""
        ...

    def target(self, message: Message, now: datetime) -> Target | None:
        """None: they are not to be written to any more, or not by this channel."""
        ...

    def forget(self, message: Message, handle: uuid.UUID) -> None:
        """An address that is gone for good (a push subscription)."""
        ...

    def confirm(self, message: Message, now: datetime) -> None:
        """Its recipient opened this message: where it went is theirs."""
        ...

    def fall_back(self, message: Message) -> str | None:
        """By which other channel to try what this one could not deliver."""
        ...


_directories: dict[str, Directory] = {}


def register(to: str, directory: Directory) -> None:
    _directories[to] = directory


def directory(to: str) -> Directory | None:
    return _directories.get(to)


def recipient_of(person: "Membership | PatientLike | Recipient") -> Recipient:
    if isinstance(person, Recipient):
        return person
    if isinstance(person, Membership):
        return Recipient(Message.To.STAFF, person.pk)
    return Recipient(Message.To.PATIENT, person.pk, person.pk)
