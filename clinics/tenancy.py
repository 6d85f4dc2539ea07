"""Which clinic a transaction is in: the only place that sets what row-level security reads.

The setting is local to the transaction, so it can never leak through a connection pool into the next request.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from clinics import access_log


@dataclass(frozen=True)
class Place:
    """Where a transaction stands: in a clinic, or nowhere but as a person who looks for their clinics."""

    clinic_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None


NOWHERE = Place()


def current(using: str = DEFAULT_DB_ALIAS) -> Place:
    place: Place = connections[using].__dict__.get("moodvision_place", NOWHERE)
    return place


@contextmanager
def enter(clinic_id: uuid.UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction (or, inside one, a savepoint) in which the rows of one clinic exist, and no others.

    The access-log entries collected inside are written just before the outermost one commits.
    """
    with _stand(Place(clinic_id=clinic_id), using):
        yield


@contextmanager
def as_person(user_id: uuid.UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction that sees one person's own memberships and records, to find their clinics."""
    with _stand(Place(person_id=user_id), using):
        yield


@contextmanager
def _stand(place: Place, using: str) -> Iterator[None]:
    connection = connections[using]
    before = current(using)
    is_nested = connection.in_atomic_block
    try:
        with transaction.atomic(using=using):
            _set(place, using)
            with access_log.collecting(place.clinic_id, using) as log:
                yield
                if connection.needs_rollback:
                    log.discard()
                else:
                    log.close()
            if is_nested and not connection.needs_rollback:
                _set(before, using)  # a released savepoint keeps the setting; a rolled back one restores it
    finally:
        connection.__dict__["moodvision_place"] = before


def _set(place: Place, using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.clinic', %s, true), set_config('app.person', %s, true)",
            [str(place.clinic_id or ""), str(place.person_id or "")],
        )
    connection.__dict__["moodvision_place"] = place
