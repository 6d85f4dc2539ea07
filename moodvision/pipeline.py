"""What follows what: every receiver of every signal is connected here and nowhere else.

a check-in is submitted       the doorbell of its clinic rings after the commit
consent is withdrawn          waiting photos are dropped unread, kept photos are dropped
processing is restricted      waiting photos are dropped unread; scoring leaves the patient alone
a restriction ends            scoring makes the scores anew from the readings
a reading is contested        scoring re-estimates the touched periods, and raises no alert
readings are stored           scoring re-estimates the touched periods
a photo could not be read     scoring raises an alert: look yourself
an alert has news             the screens of its clinic ring after the commit
a membership changes          the screens of its clinic check who may still listen

What an app keeps of a patient, it also adds to their export, and removes when its time is over: exporters and
kinds of retention are registered here.
"""

import uuid
from collections import defaultdict
from typing import Any

from django.db.models.signals import post_save

from clinics.models import Membership
from inference import doorbell
from inference import exports as inference_exports
from inference import services as inference_services
from inference.models import Reading, Reason
from inference.signals import reading_dead, readings_contested, readings_stored
from moodvision import (
    celery,  # noqa: F401  doorbells ring through this application
    retention_kinds,
)
from patients import exports, retention
from patients import services as patient_services
from patients.exports import own_rows
from patients.models import Purpose
from patients.signals import (
    check_in_submitted,
    consent_withdrawn,
    processing_restricted,
    restriction_lifted,
)
from scoring import doorbell as screens
from scoring import exports as scoring_exports
from scoring import services as scoring_services
from scoring.signals import alert_raised


def connect() -> None:
    """Called once, when all apps are loaded."""
    check_in_submitted.connect(ring_doorbell)
    consent_withdrawn.connect(drop_photos)
    processing_restricted.connect(drop_unread_photos)
    restriction_lifted.connect(score_again)
    readings_contested.connect(rescore_contested)
    readings_stored.connect(judge_readings)
    reading_dead.connect(report_failed_analysis)
    alert_raised.connect(ring_screens)
    post_save.connect(recheck_screens, sender=Membership)
    register_exporters()
    for kind in retention_kinds.KINDS:
        retention.register(kind)


def register_exporters() -> None:
    """In the order in which an export shows them."""
    exports.register("patients", own_rows.EXPORTER)
    exports.register("inference", inference_exports.EXPORTER)
    exports.register("scoring", scoring_exports.EXPORTER)


def ring_doorbell(*, clinic_id: uuid.UUID, **kwargs: Any) -> None:
    doorbell.ring_after_commit(clinic_id)


def drop_photos(*, patient_id: uuid.UUID, purpose: str, **kwargs: Any) -> None:
    if purpose == Purpose.FACIAL_ANALYSIS:
        inference_services.drop_waiting_photos(patient_id=patient_id)
    elif purpose == Purpose.IMAGE_RETENTION:
        patient_services.drop_kept_images(patient_id=patient_id)


def drop_unread_photos(*, patient_id: uuid.UUID, **kwargs: Any) -> None:
    inference_services.drop_waiting_photos(patient_id=patient_id, reason=Reason.RESTRICTED)


def score_again(*, clinic_id: uuid.UUID, patient_id: uuid.UUID, **kwargs: Any) -> None:
    scoring_services.rescore_patient(clinic_id=clinic_id, patient_id=patient_id)


def rescore_contested(
    *, clinic_id: uuid.UUID, patient_id: uuid.UUID, readings: list[Reading], **kwargs: Any
) -> None:
    moments = [reading.captured_at for reading in readings]
    scoring_services.rescore_readings(clinic_id=clinic_id, touched={patient_id: moments})


def judge_readings(*, clinic_id: uuid.UUID, readings: list[Reading], **kwargs: Any) -> None:
    """A photo that was not scored moves no score."""
    touched = defaultdict(list)
    for reading in readings:
        if reading.is_scored:
            touched[reading.patient_id].append(reading.captured_at)
    if touched:
        scoring_services.judge_readings(clinic_id=clinic_id, touched=touched)


def report_failed_analysis(*, clinic_id: uuid.UUID, patient_id: uuid.UUID, **kwargs: Any) -> None:
    scoring_services.report_failed_analysis(clinic_id=clinic_id, patient_id=patient_id)


def ring_screens(*, clinic_id: uuid.UUID, seq: int, **kwargs: Any) -> None:
    screens.ring_after_commit(clinic_id, seq)


def recheck_screens(*, instance: Membership, created: bool, **kwargs: Any) -> None:
    if not created:
        screens.recheck_after_commit(instance.clinic_id)
