"""The doorbell of the open screens: a number, or a reason to look again who may still listen. It may fail."""

import asyncio
import logging
import uuid

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from clinics.after_commit import after_commit

TIMEOUT_SECONDS = 0.3

logger = logging.getLogger(__name__)


def group_of(clinic_id: uuid.UUID) -> str:
    return f"alerts.{clinic_id.hex}"


def ring_after_commit(clinic_id: uuid.UUID, seq: int) -> None:
    """The clinic's screens learn that something happened up to this number; they read what it is."""
    _after_commit(clinic_id, {"type": "alerts.changed", "seq": seq})


def recheck_after_commit(clinic_id: uuid.UUID) -> None:
    """Somebody may have lost the right to listen: every socket of the clinic checks at once."""
    _after_commit(clinic_id, {"type": "standing.changed", "change": uuid.uuid4().hex})


def _after_commit(clinic_id: uuid.UUID, message: dict[str, str | int]) -> None:
    after_commit(_ring, clinic_id, message)


def _ring(clinic_id: uuid.UUID, message: dict[str, str | int]) -> None:
    try:
        async_to_sync(_send)(group_of(clinic_id), message)
    except (RedisError, OSError, TimeoutError) as error:
        logger.warning(
            "Redis took no doorbell (%s). Screens read what they missed when they reconnect.", error
        )


async def _send(group: str, message: dict[str, str | int]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await get_channel_layer().group_send(group, message)
