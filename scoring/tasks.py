"""What beat does for this app. Safe to run twice, late, or for a clinic that is gone."""

import logging

from celery import shared_task

from clinics import watchdog
from clinics.models import Clinic
from scoring import services
from scoring.duty import digests, sweeper

logger = logging.getLogger(__name__)
HOUR = 3600


@shared_task(name="scoring.tasks.judge_rules", ignore_result=True, time_limit=HOUR)
def judge_rules() -> None:
    """What only the clock brings about (silence, a note that waits), and what an event failed to judge."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            services.judge_clinic(clinic=clinic)
        except Exception as error:  # the next run tries again; the other clinics need not wait for it
            logger.error("The rules of clinic %s were not judged: %s", clinic.pk, type(error).__name__)


@shared_task(name="scoring.tasks.judge_timers", ignore_result=True)
def judge_timers() -> None:
    """The sweeper of alerts. The watchdog, which is another process, hears that it ran only if it judged each
    clinic and by the right time: else the pages say that timers stand still."""
    sweep = sweeper.judge_due()
    if not sweep.failed and watchdog.clocks_agree():
        watchdog.beat(watchdog.DUTY)


@shared_task(name="scoring.tasks.send_digests", ignore_result=True)
def send_digests() -> None:
    """Once a day and person: how many warnings wait."""
    digests.queue_due()
