"""What beat does for the access log. Safe to run twice and late."""

from celery import shared_task

from clinics import anchoring, log_spool


@shared_task(name="clinics.tasks.anchor_access_logs", ignore_result=True)
def anchor_access_logs() -> None:
    anchoring.anchor_all()


@shared_task(name="clinics.tasks.mail_anchors", ignore_result=True)
def mail_anchors() -> None:
    anchoring.mail_newest()


@shared_task(name="clinics.tasks.replay_spooled_entries", ignore_result=True)
def replay_spooled_entries() -> None:
    log_spool.replay()
