"""The door of a check-in, whichever page or program it came through."""

import hashlib
import hmac
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, time_zones
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.keys import KeyName, Shredded
from patients import allowances, signals
from patients.image_header import ImageRefused, check_header
from patients.locks import lock_patients
from patients.models import Capture, CheckIn, Patient, PhotoOutcome, Purpose
from patients.services import programmes
from patients.services.left_notes import leave_note

CLOCK_TOLERANCE = timedelta(minutes=5)
PHOTO_AGE_LIMIT = timedelta(days=7)
CHECK_IN_AGE_LIMIT = timedelta(days=366)
IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
NOTE_LIMIT = 4000
MOST_HOURS = 24

IMAGE_ADVICE = {
    "empty": _("The file is empty. Please take the photo again."),
    "too_large": _("The photo is larger than 10 MB. Please take it again or choose a smaller one."),
    "too_many_pixels": _("The photo has more than 50 megapixels. Please choose a smaller one."),
    "not_an_image": _("This file is not a photo. Please choose a JPEG, PNG or WebP picture."),
    "unsupported_format": _("Please choose a JPEG, PNG or WebP picture."),
    "heic": _("This is a HEIC picture. Please set the camera to JPEG (most compatible) and take it again."),
    "animated": _("Please choose a still picture, not an animated one."),
}


@dataclass(frozen=True)
class _Said:
    """What a check-in holds; `note` without the spaces around it, None where nothing is left."""

    image: bytes | None
    mood: int | None
    hours_slept: float | None
    note: str | None
    programme_id: uuid.UUID | None

    @property
    def has_no_answer(self) -> bool:
        return self.mood is None and self.note is None and self.hours_slept is None

    def body(self) -> bytes:
        """Tells one body from another; a retry may carry another clock reading."""
        photo = hashlib.sha256(self.image).hexdigest() if self.image is not None else None
        through = [str(self.programme_id)] if self.programme_id is not None else []
        slept = [{"hours_slept": self.hours_slept}] if self.hours_slept is not None else []
        return json.dumps([photo, self.mood, self.note, *through, *slept]).encode()


@dataclass(frozen=True)
class SubmittedCheckIn:
    """The check-in of this idempotency key, and whether this call made it."""

    check_in: CheckIn
    is_new: bool


@transaction.atomic
def submit_check_in(
    *,
    patient: Patient,
    by: Actor,
    idempotency_key: str,
    captured_at: datetime,
    zone: str,
    image: bytes | None = None,
    mood: int | None = None,
    hours_slept: float | None = None,
    note: str | None = None,
    programme_id: uuid.UUID | None = None,
    is_synthetic: bool = False,
) -> SubmittedCheckIn:
    """Keeps a check-in once, with its photo encrypted and waiting to be read if consent and policy allow.

    A photo that may not be used is not stored; the answers beside it are. Raises DomainError with the code of
    the refusal (docs/check-in.md lists them); `idempotency_conflict` when the key was used for another body.
    What comes through an employer's programme is self-report: its photo is never stored (EU AI Act 5(1)(f)).
    """
    said = _Said(image, mood, hours_slept, (note or "").strip() or None, programme_id)
    _check_content(said, idempotency_key, captured_at, zone)
    patient = lock_patients([patient.pk])[patient.pk]  # first lock: a double submit waits here
    if known := CheckIn.objects.filter(patient=patient, idempotency_key=idempotency_key).first():
        if not _is_of(said.body(), known):
            raise DomainError("idempotency_conflict", _("This key was used for another check-in."))
        return SubmittedCheckIn(known, is_new=False)
    _check_may_send(patient, programme_id)
    check_in = CheckIn.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        idempotency_key=idempotency_key,
        body_hmac=_body_hmac(patient.clinic_id, said.body()),
        captured_at=captured_at,
        zone=zone,
        mood=mood,
        hours_slept=hours_slept,
        note=said.note,
        programme_id=programme_id,
        photo=_photo_outcome(patient, said, captured_at),
        is_synthetic=is_synthetic,
    )
    _follow(check_in, patient, said, by)
    return SubmittedCheckIn(check_in, is_new=True)


def _follow(check_in: CheckIn, patient: Patient, said: _Said, by: Actor) -> None:
    """What comes with a new check-in: its photo, the work its note is, the log, and who listens."""
    if said.image is not None and check_in.photo == PhotoOutcome.TAKEN:
        _store_image(check_in, patient, said.image)
    leave_note(check_in)
    access_log.record(
        "check_in.submitted", by=by, patient_id=patient.pk, objects=[check_in.pk], photo=str(check_in.photo)
    )
    signals.check_in_submitted.send(
        sender=CheckIn, clinic_id=patient.clinic_id, patient_id=patient.pk, check_in_id=check_in.pk
    )


def _check_content(said: _Said, idempotency_key: str, captured_at: datetime, zone: str) -> None:
    check_answers(said.mood, said.note, said.hours_slept)
    _check_moment(idempotency_key, captured_at, zone)
    if said.image is not None:
        _check_image(said.image)
    elif said.has_no_answer:
        raise DomainError("nothing_to_keep", _("Please add a photo or an answer."))


def _check_may_send(patient: Patient, programme_id: uuid.UUID | None) -> None:
    if not patient.is_followed:
        raise DomainError("closed", _("This record is closed, so nothing was sent. Nobody is watching here."))
    if programme_id is not None:
        programmes.check_takes_part(patient, programme_id)


def check_answers(mood: int | None, note: str | None, hours_slept: float | None) -> None:
    if mood is not None and not 0 <= mood <= 10:
        raise DomainError("mood_out_of_range", _("Please choose a number from 0 to 10."), field="mood")
    if hours_slept is not None and not 0 <= hours_slept <= MOST_HOURS:  # true for NaN, too
        message = _("Please give the hours as a number from 0 to 24.")
        raise DomainError("hours_slept_out_of_range", message, field="hours_slept")
    if note is not None and len(note) > NOTE_LIMIT:
        raise DomainError("note_too_long", _("Please keep the note under 4,000 characters."), field="note")


def _check_moment(idempotency_key: str, captured_at: datetime, zone: str) -> None:
    if not IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise DomainError("idempotency_key_invalid", field="idempotency_key")
    if zone not in time_zones.known():
        raise DomainError("unknown_zone", _("This is not a time zone."), field="zone")
    if captured_at.utcoffset() is None:
        raise DomainError("captured_at_without_offset", field="captured_at")
    if captured_at < timezone.now() - CHECK_IN_AGE_LIMIT:
        message = _("The time of this check-in lies over a year back. Please check the clock of your device.")
        raise DomainError("captured_too_long_ago", message, field="captured_at")
    if captured_at > timezone.now() + CLOCK_TOLERANCE:
        message = _("The time of this check-in lies in the future. Please check the clock of your device.")
        raise DomainError("captured_in_future", message, field="captured_at")


def _check_image(image: bytes) -> None:
    try:
        check_header(image)
    except ImageRefused as refusal:
        message = IMAGE_ADVICE.get(refusal.code, refusal.code)
        raise DomainError(refusal.code, message, field="image") from None


def _photo_outcome(patient: Patient, said: _Said, captured_at: datetime) -> PhotoOutcome:
    """DomainError where the photo may not be used and nothing stands beside it."""
    photo = _judge_photo(patient, said, captured_at)
    if photo not in {PhotoOutcome.TAKEN, PhotoOutcome.NONE} and said.has_no_answer:
        raise DomainError(str(photo.value), photo.label, field="image")
    return photo


def _judge_photo(patient: Patient, said: _Said, captured_at: datetime) -> PhotoOutcome:
    if said.image is None:
        return PhotoOutcome.NONE
    if said.programme_id is not None:
        return PhotoOutcome.PROGRAMME
    if refusal := allowances.refusal(patient, Purpose.FACIAL_ANALYSIS):
        return PhotoOutcome(refusal.value)
    if captured_at < timezone.now() - PHOTO_AGE_LIMIT:
        return PhotoOutcome.TOO_OLD
    return PhotoOutcome.TAKEN


def _store_image(check_in: CheckIn, patient: Patient, image: bytes) -> None:
    """Under a key of its own, wrapped by the patient's: dropping the image drops that key."""
    capture = Capture(clinic_id=check_in.clinic_id, check_in=check_in, image=image)
    keys.create(capture.sealed_under(), under=patient.sealed_under())
    capture.save(force_insert=True)


def _body_hmac(clinic_id: uuid.UUID, body: bytes) -> str:
    """Keyed, because a plain hash of a mood and a short note could be guessed; with the key's version."""
    key = keys.current(KeyName.of_index(clinic_id))
    return f"{key.version}:{hmac.new(key.secret, body, hashlib.sha256).hexdigest()}"


def _is_of(body: bytes, known: CheckIn) -> bool:
    """Whether this is the body of a known check-in. When its key was rotated away nobody can tell; a used
    random key then means a retry."""
    version, _colon, known_hmac = known.body_hmac.rpartition(":")
    try:
        secret = keys.get(KeyName.of_index(known.clinic_id), int(version or 1))
    except Shredded:
        return True
    return hmac.compare_digest(known_hmac, hmac.new(secret, body, hashlib.sha256).hexdigest())
