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


@shared_task(name="inference.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Rings again for photos that wait too long, and drops images whose time is over."""
    waited = timedelta(seconds=settings.SWEEP_SECONDS)
    for clinic in patient_services.clinics_with_waiting_captures(older_than=waited):
        doorbell.ring(clinic.pk)
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                patient_services.drop_expired_images(clinic=clinic)
        except DatabaseError as error:  # the next sweep tries again; the other clinics need not wait for it
            logger.warning("Expired images of clinic %s stay for now: %s", clinic.pk, type(error).__name__)
