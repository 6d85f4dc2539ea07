"""What beat does for the patients app. Safe to run twice, late, or for a clinic that is gone."""

import logging

from celery import shared_task

from clinics import tenancy
from clinics.models import Clinic
from patients import retention, services

logger = logging.getLogger(__name__)
HOUR = 3600


@shared_task(name="patients.tasks.erase_due", ignore_result=True)
def erase_due() -> None:
    """Runs erasures whose cooling-off is over, and finishes those that were killed."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            services.run_due_erasures(clinic=clinic)
        except Exception as error:  # the next run tries again; the other clinics need not wait for it
            logger.error("Erasures of clinic %s were not run: %s", clinic.pk, type(error).__name__)


@shared_task(name="patients.tasks.queue_reminders", ignore_result=True)
def queue_reminders() -> None:
    """Those that are due now; the next minute makes up for a missed one, up to an hour."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                services.queue_reminders(clinic=clinic)
        except Exception as error:
            logger.error("Reminders of clinic %s were not queued: %s", clinic.pk, type(error).__name__)


@shared_task(name="patients.tasks.ask_to_confirm_contacts", ignore_result=True)
def ask_to_confirm_contacts() -> None:
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                services.ask_to_confirm(clinic=clinic)
        except Exception as error:  # tomorrow asks again
            logger.error("Contacts of clinic %s were not asked about: %s", clinic.pk, type(error).__name__)


@shared_task(name="patients.tasks.enforce_retention", ignore_result=True, time_limit=HOUR)
def enforce_retention() -> None:
    """Each clinic in its turn; the failure of one does not keep the others waiting."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            retention.enforce(clinic=clinic)
        except Exception as error:
            logger.error("Retention of clinic %s was not done: %s", clinic.pk, type(error).__name__)


@shared_task(name="patients.tasks.turn_questionnaires", ignore_result=True, time_limit=HOUR)
def turn_questionnaires() -> None:
    """Closes forms whose time is over and opens those that are due; one clinic's failure stops no other."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            services.turn_rounds(clinic=clinic)
        except Exception as error:
            logger.error("Questionnaires of clinic %s were not turned: %s", clinic.pk, type(error).__name__)
