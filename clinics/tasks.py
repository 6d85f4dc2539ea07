"""What beat does for the clinics app. Safe to run twice, late, or for a clinic that is gone."""

import logging
import uuid

from celery import shared_task
from django.db import DatabaseError

from clinics import anchoring, denials, log_replay, messages, rotation, tenancy, unconfirmed, watchdog
from clinics.crisis import checks as crisis_checks
from clinics.models import Clinic

logger = logging.getLogger(__name__)


@shared_task(name="clinics.tasks.remove_retired_keys", ignore_result=True)
def remove_retired_keys() -> None:
    """Removes key versions that no kept dump needs any more."""
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                rotation.remove_retired(clinic.pk)
        except DatabaseError as error:  # the next run tries again; the other clinics need not wait for it
            logger.warning("Retired keys of clinic %s stay for now: %s", clinic.pk, type(error).__name__)


@shared_task(name="clinics.tasks.anchor_access_logs", ignore_result=True)
def anchor_access_logs() -> None:
    anchoring.anchor_all()


@shared_task(name="clinics.tasks.mail_anchors", ignore_result=True)
def mail_anchors() -> None:
    anchoring.mail_newest()


@shared_task(name="clinics.tasks.replay_spooled_entries", ignore_result=True)
def replay_spooled_entries() -> None:
    log_replay.replay()


@shared_task(name="clinics.tasks.remove_unconfirmed_accounts", ignore_result=True)
def remove_unconfirmed_accounts() -> None:
    unconfirmed.remove_old()


@shared_task(name="clinics.tasks.report_swallowed_denials", ignore_result=True)
def report_swallowed_denials() -> None:
    denials.report_swallowed()


@shared_task(name="clinics.tasks.check_crisis_numbers", ignore_result=True)
def check_crisis_numbers() -> None:
    crisis_checks.warn_operator()


@shared_task(name="clinics.tasks.send_messages", ignore_result=True)
def send_messages(clinic_id: str | None = None) -> None:
    """What is due: of the clinic that rang, or of all when beat asks. Unless urgent ones do not get out, the
    watchdog hears of the latter."""
    if clinic_id:
        messages.send_due(clinic_id=uuid.UUID(clinic_id))
        return
    messages.send_due()
    if not messages.are_urgent_late_anywhere():
        watchdog.beat(watchdog.MESSAGES)
