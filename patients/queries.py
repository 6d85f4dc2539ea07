"""Reads of the portal's pages."""

import enum
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from clinics.models import ClinicSettings
from patients.models import (
    Capture,
    CheckIn,
    Consent,
    Correction,
    Patient,
    PhotoOutcome,
    Purpose,
    RightsRequest,
)

HISTORY_LENGTH = 50


class PhotoOffer(enum.StrEnum):
    """Whether a photo would be used, in the words of the service's refusals."""

    OPEN = "open"
    CONSENT_MISSING = "consent_missing"
    NOT_ALLOWED = "not_allowed"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class PhotoPart:
    """What the check-in page says about photos, and whether this patient never sent one that was used."""

    offer: PhotoOffer
    is_first: bool


@dataclass(frozen=True)
class ConsentChoice:
    """One purpose, as the consents page shows it."""

    purpose: str
    label: str
    latest: Consent | None
    waiting_photos: int

    @property
    def is_granted(self) -> bool:
        return self.latest is not None and self.latest.is_granted


def photo_part(patient: Patient) -> PhotoPart:
    is_first = not CheckIn.objects.filter(patient=patient, photo=PhotoOutcome.TAKEN).exists()
    if not ClinicSettings.objects.filter(clinic_id=patient.clinic_id, allows_facial_analysis=True).exists():
        return PhotoPart(PhotoOffer.NOT_ALLOWED, is_first)
    if patient.is_restricted:
        return PhotoPart(PhotoOffer.RESTRICTED, is_first)
    if not Consent.objects.is_granted(patient, Purpose.FACIAL_ANALYSIS):
        return PhotoPart(PhotoOffer.CONSENT_MISSING, is_first)
    return PhotoPart(PhotoOffer.OPEN, is_first)


def consent_choices(patient: Patient) -> list[ConsentChoice]:
    """Every purpose there is, with the decision in force."""
    latest = Consent.objects.latest_of(patient)
    waiting = Capture.objects.filter(
        check_in__patient=patient, state__in=[Capture.State.WAITING, Capture.State.CLAIMED]
    ).count()
    return [
        ConsentChoice(
            purpose=purpose.value,
            label=str(purpose.label),
            latest=latest.get(purpose.value),
            waiting_photos=waiting if purpose == Purpose.FACIAL_ANALYSIS else 0,
        )
        for purpose in Purpose
    ]


def consent_history(patient: Patient) -> QuerySet[Consent]:
    return Consent.objects.filter(patient=patient).order_by("-number")[:HISTORY_LENGTH]


def own_requests(patient: Patient) -> QuerySet[RightsRequest]:
    """What this patient asked for, newest first."""
    return RightsRequest.objects.filter(patient=patient).order_by("-opened_at")[:HISTORY_LENGTH]


def corrections_of(check_in: CheckIn) -> QuerySet[Correction]:
    """What stood in a check-in before, newest first."""
    return Correction.objects.filter(check_in=check_in).order_by("-at")


def desk_requests(clinic_id: uuid.UUID) -> list[RightsRequest]:
    """Open ones first, the one that is due next at the top; then the newest of the closed."""
    rows = RightsRequest.objects.filter(clinic=clinic_id).select_related("patient")
    waiting = list(rows.open().order_by("due_at"))
    closed = list(rows.exclude(state=RightsRequest.State.OPEN).order_by("-closed_at")[:HISTORY_LENGTH])
    return waiting + closed
