"""What follows what: every receiver of every signal is connected here and nowhere else.

a check-in is submitted       the doorbell of its clinic rings after the commit
consent is withdrawn          waiting photos are dropped unread, kept photos are dropped
readings are stored           scoring re-estimates the touched periods
a photo could not be read     scoring raises an alert: look yourself
an alert has news             the screens of its clinic ring after the commit
a membership changes          the screens of its clinic check who may still listen
somebody signs in or shows    the session notes it
a second factor
a session ends or is locked   the screens of its person's clinics check who may still listen
"""

import uuid
from collections import defaultdict
from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save

from clinics import sign_in, tenancy
from clinics.models import Membership, User
from clinics.signals import sign_ins_changed
from inference import doorbell
from inference import services as inference_services
from inference.models import Reading
from inference.signals import reading_dead, readings_stored
from moodvision import celery  # noqa: F401  doorbells ring through this application
from patients import services as patient_services
from patients.models import Purpose
from patients.signals import check_in_submitted, consent_withdrawn
from scoring import doorbell as screens
from scoring import services as scoring_services
from scoring.signals import alert_raised


def connect() -> None:
    """Called once, when all apps are loaded."""
    check_in_submitted.connect(ring_doorbell)
    consent_withdrawn.connect(drop_photos)
    readings_stored.connect(judge_readings)
    reading_dead.connect(report_failed_analysis)
    alert_raised.connect(ring_screens)
    post_save.connect(recheck_screens, sender=Membership)
    user_logged_in.connect(sign_in.begin)
    authentication_step_completed.connect(sign_in.note_step)
    authenticator_added.connect(sign_in.note_enrolment)
    sign_ins_changed.connect(recheck_screens_of_person)
    for ending in (password_changed, password_reset, authenticator_removed):
        ending.connect(recheck_screens_of_user)


def ring_doorbell(*, clinic_id: uuid.UUID, **kwargs: Any) -> None:
    doorbell.ring_after_commit(clinic_id)


def drop_photos(*, patient_id: uuid.UUID, purpose: str, **kwargs: Any) -> None:
    if purpose == Purpose.FACIAL_ANALYSIS:
        inference_services.drop_waiting_photos(patient_id=patient_id)
    elif purpose == Purpose.IMAGE_RETENTION:
        patient_services.drop_kept_images(patient_id=patient_id)


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


def recheck_screens_of_person(*, user_id: uuid.UUID, **kwargs: Any) -> None:
    """In every clinic of theirs: a session is a person's, a screen a clinic's."""
    with tenancy.as_person(user_id):
        clinics = list(Membership.objects.values_list("clinic_id", flat=True))
    for clinic_id in clinics:
        screens.recheck_after_commit(clinic_id)


def recheck_screens_of_user(*, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        recheck_screens_of_person(user_id=user.pk)
