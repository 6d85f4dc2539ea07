"""A migrated database for tests to copy."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.conf import settings
from django.db import connections

from moodvision import embedded, scratch

VARIABLE = "MOODVISION_SCRATCH_TEMPLATE"


@contextmanager
def migrated(made: str | None = None) -> Iterator[str]:
    """Its name, with the embedded services held: a copy of one that was made, if there is one. Whatever asks
    for a migrated database in here, in processes of its own too, gets a copy."""
    with pytest.MonkeyPatch.context() as patch, held_services():
        if made is not None:
            patch.setattr(settings, "SCRATCH_TEMPLATE", made)
        with scratch.migrated_database("template") as name:
            for connection in connections.all():
                connection.close()  # a database in use cannot be copied
            patch.setattr(settings, "SCRATCH_TEMPLATE", name)
            patch.setenv(VARIABLE, name)
            yield name


def held_services() -> AbstractContextManager[None]:
    return embedded.hold(
        settings.VAR_DIR, postgres=settings.USES_EMBEDDED_POSTGRES, redis=settings.USES_EMBEDDED_REDIS
    )
