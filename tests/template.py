"""A migrated database for tests to copy: migrating takes half a minute, copying a moment."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings
from django.db import connections

from moodvision import embedded, scratch

FROM_OUTSIDE = "MOODVISION_TEST_TEMPLATE"
"""In the environment: the name of one that whoever started these tests has made and will drop."""


@contextmanager
def migrated() -> Iterator[str]:
    """Its name, with the embedded services held."""
    with held_services(), scratch.migrated_database("template") as name:
        for connection in connections.all():
            connection.close()  # a database in use cannot be copied
        yield name


@contextmanager
def given(name: str) -> Iterator[str]:
    """One of another process, which drops it."""
    with held_services():
        yield name


def from_outside() -> str | None:
    return os.environ.get(FROM_OUTSIDE)


def held_services() -> AbstractContextManager[None]:
    return embedded.hold(
        settings.VAR_DIR, postgres=settings.USES_EMBEDDED_POSTGRES, redis=settings.USES_EMBEDDED_REDIS
    )
