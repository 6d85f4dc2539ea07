"""What beat does for the patients app. Safe to run twice, late, or for a clinic that is gone."""

from celery import shared_task

from clinics.models import Clinic
from patients import services


@shared_task(name="patients.tasks.erase_due", ignore_result=True)
def erase_due() -> None:
    """Runs erasures whose cooling-off is over, and finishes those that were killed."""
    for clinic in Clinic.objects.order_by("slug"):
        services.run_due_erasures(clinic=clinic)
