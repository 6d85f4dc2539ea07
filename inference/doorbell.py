"""The doorbell: tells the workers that a clinic has photos waiting. The rows are the truth, so it may fail.

It has a connection of its own, because its short timeouts would break a worker's, which waits for messages.
"""

import logging
import uuid

from celery import current_app
from kombu.exceptions import OperationalError

from clinics.after_commit import after_commit

READ_WAITING = "inference.tasks.read_waiting"
DRAW_EXPLANATIONS = "inference.tasks.draw_explanations"
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


def ring_after_commit(clinic_id: uuid.UUID, task: str = READ_WAITING) -> None:
    """The row must be visible before a worker looks for it."""
    after_commit(ring, clinic_id, task)


def ring(clinic_id: uuid.UUID, task: str = READ_WAITING) -> bool:
    """One message with nothing but the clinic's id; False when Redis did not take it in time."""
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
            current_app.send_task(task, args=[str(clinic_id)], connection=connection, retry=False)
    except (OperationalError, OSError) as error:
        if not Line.is_cut:
            logger.warning(
                "Redis takes no messages (%s). Check-ins are kept; they are read when Redis is back.", error
            )
        Line.is_cut = True
        return False
    if Line.is_cut:
        logger.warning("Redis takes messages again.")
    Line.is_cut = False
    return True
