"""Leaves Redis as it was."""

from django.conf import settings
from redis import Redis

from moodvision.embedded import addresses


def drop_ours() -> None:
    """Queues and groups of our own prefix; some of our messages nobody was there to read."""
    if settings.REDIS_PREFIX == "moodvision":
        return
    with Redis.from_url(settings.REDIS_URL or addresses.redis_url(settings.VAR_DIR)) as redis:
        for key in redis.scan_iter(f"{settings.REDIS_PREFIX}:*"):
            redis.delete(key)
