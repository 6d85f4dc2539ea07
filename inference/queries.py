"""Reads of the patient's own pages, and of the operator's list of models."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from inference import services
from inference.advice import ADVICE
from inference.emotions import EMOTIONS
from inference.models import Explanation, Reading, ReadingLabel, RegisteredModel, ShadowReading
from patients import allowances
from patients.models import Capture, CheckIn, PhotoOutcome, Purpose

POLL_DELAYS_S = (1, 1, 2, 2, 4, 8, 15, 30, 30, 30)
UNREAD = {Capture.State.DROPPED: "consent_missing", Capture.State.DEAD: "dead"}


@dataclass(frozen=True)
class ReadingStatus:
    """What a patient may know of their photo. `state` is none, waiting, read or not_scored.

    A page that waits asks again after `delay_s`, ever more rarely, and not for ever.
    """

    state: str
    has_answers: bool
    advice: str | Promise = ""
    delay_s: int = 0
    next_poll: int = 0


def reading_status(check_in: CheckIn, *, poll: int = 0) -> ReadingStatus:
    """The state of a photo, for the page that asks for the `poll`-th time."""
    has_answers = check_in.mood is not None or check_in.hours_slept is not None or bool(check_in.note)
    if check_in.photo == PhotoOutcome.NONE:
        return ReadingStatus("none", has_answers)
    if check_in.photo != PhotoOutcome.TAKEN:
        return ReadingStatus("not_scored", has_answers, ADVICE[check_in.photo])
    reading = Reading.objects.filter(check_in=check_in).only("is_scored", "reason").first()
    if reading is not None and reading.is_scored:
        return ReadingStatus("read", has_answers)
    if reading is not None:
        return ReadingStatus("not_scored", has_answers, ADVICE[reading.reason])
    if check_in.capture.state in {Capture.State.WAITING, Capture.State.CLAIMED}:
        return _waiting(has_answers, poll)
    reason = UNREAD.get(Capture.State(check_in.capture.state), "unreadable")
    return ReadingStatus("not_scored", has_answers, ADVICE[reason])


def _waiting(has_answers: bool, poll: int) -> ReadingStatus:
    if poll >= len(POLL_DELAYS_S):
        return ReadingStatus("waiting", has_answers)
    return ReadingStatus("waiting", has_answers, delay_s=POLL_DELAYS_S[poll], next_poll=poll + 1)


def contestable_reading(check_in: CheckIn) -> Reading | None:
    """What the program guessed, if it guessed at all."""
    return Reading.objects.filter(check_in=check_in, is_scored=True).only("is_contested").first()


def explanation_of(reading: Reading, method: str) -> Explanation | None:
    """Of a reading that passed the gate; None where nobody asked, or the photo is gone."""
    found = Explanation.objects.filter(reading=reading, method=method).first()
    return found if found is not None and services.kept_capture(reading) is not None else None


def own_label(reading: Reading, member: Membership) -> ReadingLabel | None:
    """What this clinician said they saw."""
    return ReadingLabel.objects.filter(reading=reading, labelled_by=member).first()


def explainable(readings: Iterable[Reading]) -> set[uuid.UUID]:
    """Those whose photo is still kept: the page of a patient links to their explanation."""
    check_ins = {row.check_in_id: row.pk for row in readings if row.is_scored}
    kept = Capture.objects.filter(image__isnull=False, state=Capture.State.READ, check_in__in=check_ins)
    kept = kept.filter(keep_until__gt=timezone.now()).select_related("check_in__patient").defer("image")
    patients = {row.check_in.patient_id: row.check_in.patient for row in kept}
    if not patients:
        return set()
    clinic_id = next(iter(patients.values())).clinic_id
    refused = allowances.refusals(clinic_id, patients.values(), Purpose.IMAGE_RETENTION)
    return {check_ins[row.check_in_id] for row in kept if row.check_in.patient_id not in refused}


@dataclass(frozen=True)
class ModelLine:
    """One registered model. `trial`: photos read by it and by the one in force, and how often they agreed."""

    name: str
    version: str
    sha256: str
    state: str
    gate: dict[str, Any] | None
    clinics_pinned: int
    trial: dict[str, int] = field(default_factory=dict)


def registered_model(label: str) -> RegisteredModel:
    """By what list_models prints: name and version with a space between; raises DomainError."""
    name, _, version = label.rpartition(" ")
    model = RegisteredModel.objects.filter(name=name, version=version).first()
    if model is None:
        raise DomainError("no_such_model", f"There is no registered model {label!r}: see list_models.")
    return model


def models_and_trials() -> list[ModelLine]:
    """Counted clinic by clinic, and told over all of them: numbers of photos, and nobody's."""
    trials: dict[str, Counter[str]] = {}
    pins: Counter[str] = Counter()
    for clinic in Clinic.objects.order_by("slug"):
        with tenancy.enter(clinic.pk):
            pins.update(RegisteredModel.objects.filter(pins__clinic=clinic).values_list("sha256", flat=True))
            for shadow in ShadowReading.objects.select_related("reading").iterator():
                trials.setdefault(shadow.model_sha256, Counter()).update(_compared(shadow))
    return [
        ModelLine(
            model.name,
            model.version,
            model.sha256,
            model.state,
            model.gate,
            pins[model.sha256],
            dict(trials.get(model.sha256, {})),
        )
        for model in RegisteredModel.objects.order_by("registered_at")
    ]


def _compared(shadow: ShadowReading) -> Counter[str]:
    counts = Counter(photos=1)
    if shadow.shares is None or not shadow.reading.is_scored:
        key = "neither_scored" if shadow.shares is None and not shadow.reading.is_scored else "one_scored"
        return counts + Counter({key: 1})
    label = EMOTIONS[shadow.shares.index(max(shadow.shares))]
    return counts + Counter({"both_scored": 1, "same_emotion": int(label == shadow.reading.label)})
