"""What beat does for this app. Safe to run twice, late, or for a clinic that is gone."""

from celery import shared_task

from clinics import watchdog
from scoring.duty import digests, sweeper


@shared_task(name="scoring.tasks.judge_timers", ignore_result=True)
def judge_timers() -> None:
    """The sweeper of alerts; the watchdog, which is another process, hears that it ran."""
    sweeper.judge_due()
    watchdog.beat(watchdog.DUTY)


@shared_task(name="scoring.tasks.send_digests", ignore_result=True)
def send_digests() -> None:
    """Once a day and person: how many warnings wait."""
    digests.queue_due()
