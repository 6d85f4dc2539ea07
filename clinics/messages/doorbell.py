"""Tells the workers that messages wait. It may fail: the rows are the truth, and beat looks after them."""

import logging
import uuid
from functools import partial

from celery import current_app
from django.db import connection
from kombu.exceptions import OperationalError

from clinics.after_commit import after_commit

SEND_MESSAGES = "clinics.tasks.send_messages"
TIMEOUT_SECONDS = 0.3
IMPATIENT = {
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "max_retries": 0,
}
logger = logging.getLogger(__name__)


class Line:
    """Whether the last ring of this process went through, so that an outage is logged once."""

    is_cut = False


def ring_after_commit(clinic_id: uuid.UUID) -> None:
    """Once for each transaction and clinic, however many messages it queues."""
    rung = [entry[1] for entry in connection.run_on_commit if isinstance(entry[1], partial)]
    if not any(entry.args == (ring, clinic_id) for entry in rung):
        after_commit(ring, clinic_id)


def ring(clinic_id: uuid.UUID) -> bool:
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as line:
            current_app.send_task(SEND_MESSAGES, args=[str(clinic_id)], connection=line, retry=False)
    except (OperationalError, OSError) as error:
        if not Line.is_cut:
            logger.warning("Redis takes no messages (%s). The outbox is kept; beat sends it later.", error)
        Line.is_cut = True
        return False
    Line.is_cut = False
    return True
