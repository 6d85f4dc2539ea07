"""What workers and beat are told to do. Safe to run twice, late, or for a clinic that is gone."""

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError

from clinics import tenancy
from clinics.models import Clinic
from inference import doorbell, services
from patients import services as patient_services

logger = logging.getLogger(__name__)

TURN_SECONDS = 20.0  # then other clinics' doorbells have their turn, long before the task's hard limit


@shared_task(name=doorbell.READ_WAITING, ignore_result=True)
def read_waiting(clinic_id: str) -> None:
    """Reads a clinic's waiting photos until none is left or its turn is over."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is None:
        return
    turn_ends = time.monotonic() + TURN_SECONDS
    while services.read_waiting(clinic=clinic):
        if time.monotonic() > turn_ends:
            doorbell.ring(clinic.pk)
            return


@shared_task(name=doorbell.DRAW_EXPLANATIONS, ignore_result=True)
def draw_explanations(clinic_id: str) -> None:
    """Draws what readers asked for; photos that wait to be read have their turn in between."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is not None and services.draw_waiting(clinic=clinic):
        doorbell.ring(clinic.pk, doorbell.DRAW_EXPLANATIONS)


@shared_task(name="inference.tasks.watch_classifiers", ignore_result=True)
def watch_classifiers() -> None:
    """Counts the week that is over, once for each clinic; daily, so that a missed Monday is made up."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                if services.is_watch_due(clinic):
                    services.watch(clinic=clinic)
        except DatabaseError as error:  # tomorrow tries again; the other clinics need not wait for it
            logger.error("The classifier of clinic %s was not watched: %s", clinic.pk, type(error).__name__)


@shared_task(name="inference.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Rings again for what waits too long; drops images whose time is over, and what explained them."""
    waited = timedelta(seconds=settings.SWEEP_SECONDS)
    for clinic in patient_services.clinics_with_waiting_captures(older_than=waited):
        doorbell.ring(clinic.pk)
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                patient_services.drop_expired_images(clinic=clinic)
                services.remove_orphans(clinic=clinic)
                is_waiting = services.explanations_wait(older_than=waited)
            if is_waiting:
                doorbell.ring(clinic.pk, doorbell.DRAW_EXPLANATIONS)
        except DatabaseError as error:  # the next sweep tries again; the other clinics need not wait for it
            logger.warning("Expired images of clinic %s stay for now: %s", clinic.pk, type(error).__name__)
