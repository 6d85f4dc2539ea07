"""The cache, in Redis, for rate limits only: nothing in it is needed, and nothing in it is a secret.

Without Redis nobody is kept from signing in: each operation then does nothing, and the log says so.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class JsonSerializer:
    """Whoever can write to Redis can thereby not run code here, as with Django's pickles."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class FailOpenRedisCache(RedisCache):
    """Django's, which forgets everything while Redis is away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"serializer": JsonSerializer(), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(True, super().add, *args, **kwargs))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, super().get, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._or(None, super().set, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, super().touch, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, super().delete, *args, **kwargs))

    def clear(self) -> None:
        """Its own keys only: Celery and the channel layer live in the same Redis."""

        def act() -> None:
            client = self._cache.get_client(None, write=True)
            if keys := list(client.scan_iter(f"{self.key_prefix}:*")):
                client.delete(*keys)

        self._or(None, act)

    def _or(self, fallback: Any, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("Redis is away (%s): rate limits are not applied.", type(error).__name__)
            return fallback
