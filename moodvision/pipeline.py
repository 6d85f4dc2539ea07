"""What follows what: every receiver of every signal is connected here and nowhere else.

a check-in is submitted       the doorbell of its clinic rings after the commit
consent is withdrawn          waiting photos are dropped unread, kept photos are dropped
readings are stored           scoring re-estimates the touched periods
a photo could not be read     scoring raises an alert: look yourself
"""

import uuid
from typing import Any

from inference import doorbell
from inference import services as inference_services
from moodvision import celery  # noqa: F401  doorbells ring through this application
from patients import services as patient_services
from patients.models import Purpose
from patients.signals import check_in_submitted, consent_withdrawn


def connect() -> None:
    """Called once, when all apps are loaded."""
    check_in_submitted.connect(ring_doorbell)
    consent_withdrawn.connect(drop_photos)


def ring_doorbell(*, clinic_id: uuid.UUID, **kwargs: Any) -> None:
    doorbell.ring_after_commit(clinic_id)


def drop_photos(*, patient_id: uuid.UUID, purpose: str, **kwargs: Any) -> None:
    if purpose == Purpose.FACIAL_ANALYSIS:
        inference_services.drop_waiting_photos(patient_id=patient_id)
    elif purpose == Purpose.IMAGE_RETENTION:
        patient_services.drop_kept_images(patient_id=patient_id)
