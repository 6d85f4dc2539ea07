"""From a waiting photo to a stored reading: claimed, read outside of every transaction, stored once."""

import logging
import traceback
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, tenancy
from clinics.errors import DomainError
from clinics.keys import Shredded, Tampered
from clinics.models import Clinic
from inference import registry, signals
from inference.emotions import EMOTIONS
from inference.engine.errors import Unreadable
from inference.input_hash import InputHasher, input_hasher
from inference.models import (
    Explanation,
    Reading,
    ReadingContest,
    ReadingLabel,
    Reason,
    RegisteredModel,
    ShadowReading,
)
from patients import services as patient_services
from patients.allowances import Refusal, refusals
from patients.models import Capture, Patient, Purpose
from patients.services import ClaimedCaptures

if TYPE_CHECKING:
    from inference.engine.package import ModelPackage
    from inference.engine.reading import Engine, FaceReading  # OpenCV and ONNX Runtime load in workers only

logger = logging.getLogger(__name__)


class ReadingsNotStored(Exception):
    """Some readings of a batch could not be stored. Its text goes into the worker's log: no row is in it."""

    def __init__(self, errors: list[Exception]) -> None:
        super().__init__(
            f"{len(errors)} not stored: {'; '.join(sorted({_named(error) for error in errors}))}"
        )


@dataclass(frozen=True)
class Plan:
    """What is to be done with one claimed photo: read these bytes, or leave it unread for this reason."""

    capture_id: uuid.UUID
    image: bytes = b""
    input_hash: str = ""
    is_kept: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one photo: the engine's answer, or why it was not read."""

    answer: "FaceReading | None" = None
    clean_image: bytes | None = None
    reason: str = ""
    package: "ModelPackage | None" = None
    input_hash: str = ""
    trial: "Trial | None" = None


@dataclass(frozen=True)
class Trial:
    """What a model on trial made of the same photo."""

    answer: "FaceReading"
    sha256: str


def read_waiting(*, clinic: Clinic) -> int:
    """Reads one batch of a clinic's waiting photos; the number claimed, 0 when nothing waits.

    Call it outside of every transaction: the claim is committed before a photo is touched, so that a photo
    that kills this process has been counted. The engine comes first: where it does not load, no photo is
    counted, and all wait for the day it does.
    """
    with tenancy.enter(clinic.pk):
        chosen = registry.models_in_force()
    engine = registry.engine(chosen.active)
    with tenancy.enter(clinic.pk):
        claimed = patient_services.claim_captures(
            clinic=clinic,
            limit=settings.READING_BATCH,
            lease=timedelta(seconds=settings.READING_LEASE_SECONDS),
        )
    if not claimed.captures:
        return 0
    with tenancy.enter(clinic.pk):
        plans = _plan(claimed.captures)
    _store_all(clinic, claimed, _carry_out(plans, engine, chosen.shadow))
    return len(claimed.captures)


def drop_waiting_photos(*, patient_id: uuid.UUID, reason: str = Reason.CONSENT_MISSING) -> int:
    """Consent is gone, or processing paused: what waits, or is being read this moment, is dropped unread.

    Runs inside the transaction of that decision, in the patient's clinic; the number dropped.
    """
    held = patient_services.hold_unread_captures(patient_id=patient_id)
    unread = Outcome(reason=reason)
    _store(held, {capture.pk: unread for capture in held})
    return len(held)


def move_readings(*, patient_id: uuid.UUID, double_id: uuid.UUID) -> list[datetime]:
    """Readings follow their check-ins into the record that stays; the moments they are of.

    A contest lies under the double's key: such a record is not merged.
    """
    if ReadingContest.objects.filter(patient=double_id).exists():
        raise DomainError("contested", _("Readings of the double are contested."), field="double")
    moved = Reading.objects.filter(patient=double_id)
    moments = list(moved.values_list("captured_at", flat=True))
    moved.update(patient=patient_id)
    for beside in (ShadowReading, Explanation, ReadingLabel):
        beside.objects.filter(patient=double_id).update(patient=patient_id)
    return moments


def _plan(captures: list[Capture]) -> list[Plan]:
    """Consent and policy as they are now, and the decrypted images of those that may be read."""
    may_not_be_read = _refusals(captures, Purpose.FACIAL_ANALYSIS)
    may_not_be_kept = _refusals(captures, Purpose.IMAGE_RETENTION)
    is_keeping = patient_services.kept_days(captures[0].clinic_id) > 0
    keys.preload(capture.check_in.sealed_under() for capture in captures)
    keys.preload(capture.sealed_under() for capture in captures)
    hash_of = input_hasher(captures[0].clinic_id)
    plans = []
    for capture in captures:
        patient_id = capture.check_in.patient_id
        if refusal := may_not_be_read.get(patient_id):
            plans.append(Plan(capture.pk, reason=Reason(refusal.value)))
        elif capture.attempts > settings.READING_MAX_ATTEMPTS:
            plans.append(Plan(capture.pk, reason=Reason.DEAD))
        else:
            is_kept = is_keeping and patient_id not in may_not_be_kept
            plans.append(_plan_to_read(capture, hash_of, is_kept=is_kept))
    return plans


def _refusals(captures: list[Capture], purpose: str) -> dict[uuid.UUID, Refusal]:
    """Patients as they are in this transaction, not as they were when the batch was claimed."""
    patients = Patient.objects.filter(pk__in={capture.check_in.patient_id for capture in captures})
    return refusals(captures[0].clinic_id, patients, purpose)


def _plan_to_read(capture: Capture, hash_of: InputHasher, *, is_kept: bool) -> Plan:
    try:
        image = capture.image or b""
        return Plan(capture.pk, image=image, input_hash=hash_of(image), is_kept=is_kept)
    except (Tampered, Shredded):
        logger.warning("The image of capture %s does not decrypt.", capture.pk)
        return Plan(capture.pk, reason=Reason.UNREADABLE)


def _carry_out(
    plans: list[Plan], engine: "Engine", shadow: RegisteredModel | None = None
) -> dict[uuid.UUID, Outcome]:
    """No transaction is open here: a reading takes long, and may take this process with it."""
    readable = [plan for plan in plans if not plan.reason]
    images = [plan.image for plan in readable]
    answers = engine.read(images)
    trials = _try(images, shadow) if shadow else [None] * len(images)
    outcomes = {plan.capture_id: Outcome(reason=plan.reason) for plan in plans}
    for plan, answer, trial in zip(readable, answers, trials, strict=True):
        clean_image = _re_encoded(plan.image, engine) if plan.is_kept else None
        outcomes[plan.capture_id] = Outcome(
            answer, clean_image, package=engine.package, input_hash=plan.input_hash, trial=trial
        )
    return outcomes


def _try(images: list[bytes], shadow: RegisteredModel) -> Sequence[Trial | None]:
    """A model on trial that fails costs nobody their reading."""
    try:
        engine = registry.engine(shadow)
        return [Trial(answer, engine.package.sha256) for answer in engine.read(images)]
    except Exception as error:
        logger.error("The model on trial could not read: %s", _named(error))
        return [None] * len(images)


def _re_encoded(image: bytes, engine: "Engine") -> bytes | None:
    """Only a re-encoding is ever kept: upright, no metadata, no tail."""
    try:
        return engine.decoder.clean_jpeg(image)
    except Unreadable:
        return None


def _store_all(clinic: Clinic, claimed: ClaimedCaptures, outcomes: dict[uuid.UUID, Outcome]) -> None:
    """One transaction; if it fails, one for each photo, so that one bad row does not hold up its neighbours.

    What cannot be stored stays claimed: it comes back when the lease is over, alone and counted.
    """
    try:
        _store_held(clinic, claimed, outcomes)
    except Exception as error:
        if len(claimed.captures) == 1:
            raise ReadingsNotStored([error]) from None
        logger.error("A batch of readings could not be stored (%s); trying one by one.", _named(error))
        errors = []
        for capture in claimed.captures:
            try:
                _store_held(clinic, ClaimedCaptures(claimed.lease_id, [capture]), outcomes)
            except Exception as error:
                errors.append(error)
        if errors:
            raise ReadingsNotStored(errors) from None


def _named(error: Exception) -> str:
    """Where it was raised, and the constraint if one was broken; not its text, which may quote the row."""
    constraint = error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
    at = traceback.extract_tb(error.__traceback__)[-1]
    return ", ".join(
        filter(None, [type(error).__name__, constraint, f"{Path(at.filename).name}:{at.lineno}"])
    )


def _store_held(clinic: Clinic, claimed: ClaimedCaptures, outcomes: dict[uuid.UUID, Outcome]) -> None:
    with tenancy.enter(clinic.pk):
        _store(patient_services.hold_captures(claimed=claimed), outcomes)


def _store(held: list[Capture], outcomes: dict[uuid.UUID, Outcome]) -> None:
    """Closes locked captures and stores their readings, in the transaction the caller is in."""
    readings = [_reading(capture, outcomes[capture.pk]) for capture in held]
    Reading.objects.bulk_create(readings)
    ShadowReading.objects.bulk_create(_shadows(held, readings, outcomes))
    for capture in held:
        _close(capture, outcomes[capture.pk])
    _tell(readings)


def _close(capture: Capture, outcome: Outcome) -> None:
    if outcome.answer is not None:
        patient_services.finish_capture(capture=capture, clean_image=outcome.clean_image)
        access_log.record(
            "image.read",
            by=patient_services.WORKER,
            patient_id=capture.check_in.patient_id,
            objects=[capture.check_in_id],
            is_scored=outcome.answer.scored,
        )
    elif outcome.reason == Reason.DEAD:
        patient_services.bury_capture(capture=capture)
    else:
        patient_services.drop_capture(capture=capture, reason=outcome.reason)


def _reading(capture: Capture, outcome: Outcome) -> Reading:
    check_in = capture.check_in
    reading = Reading(
        clinic_id=capture.clinic_id,
        check_in=check_in,
        patient_id=check_in.patient_id,
        captured_at=check_in.captured_at,
        is_scored=False,
        reason=outcome.reason,
        is_synthetic=check_in.is_synthetic,
    )
    if outcome.answer is not None and outcome.package is not None:
        _fill(reading, outcome.answer, outcome.package)
        reading.input_hash = outcome.input_hash
    return reading


def _shadows(
    held: list[Capture], readings: list[Reading], outcomes: dict[uuid.UUID, Outcome]
) -> list[ShadowReading]:
    rows = []
    for capture, reading in zip(held, readings, strict=True):
        trial = outcomes[capture.pk].trial
        if trial is not None:
            shares = trial.answer.probabilities
            rows.append(
                ShadowReading(
                    clinic_id=reading.clinic_id,
                    reading=reading,
                    patient_id=reading.patient_id,
                    model_sha256=trial.sha256,
                    reason=trial.answer.reason or "",
                    shares=list(shares) if shares else None,
                )
            )
    return rows


def _fill(reading: Reading, answer: "FaceReading", package: "ModelPackage") -> None:
    reading.is_scored = answer.scored
    reading.reason = answer.reason or ""
    for emotion, share in zip(EMOTIONS, answer.probabilities or (), strict=False):
        setattr(reading, emotion, share)
    reading.withheld = list(answer.withheld) if answer.withheld else None
    reading.box = list(answer.box) if answer.box else None
    reading.quality = asdict(answer.quality) if answer.quality else None
    reading.detector = registry.engine().detector.name
    reading.model_name = package.name
    reading.model_version = package.version
    reading.model_sha256 = package.sha256
    reading.duration_ms = round(answer.milliseconds.total, 3)


def _tell(readings: list[Reading]) -> None:
    if not readings:
        return
    clinic_id = readings[0].clinic_id
    for reading in readings:
        if reading.reason == Reason.DEAD:
            signals.reading_dead.send(
                sender=Reading,
                clinic_id=clinic_id,
                patient_id=reading.patient_id,
                check_in_id=reading.check_in_id,
                reading=reading,
            )
    signals.readings_stored.send(
        sender=Reading,
        clinic_id=clinic_id,
        readings=readings,
        patient_ids=sorted({reading.patient_id for reading in readings}),
    )
