"""The one way to delete from a ledger: a patient is erased, with all their rows, in one transaction.

Ledgers (consents, notices) refuse UPDATE for ever, and DELETE unless the transaction says which patient it
erases. Rows of another patient stay refused, and a commit that leaves some of the erased patient's rows in
that ledger fails.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction


@contextmanager
def erasing(patient_id: uuid.UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Inside, the ledgers let go of this patient's rows. For `erase_patient` and nothing else."""
    with transaction.atomic(using=using):
        _say(str(patient_id), using)
        yield
        _say("", using)


def _say(patient_id: str, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('app.erasing', %s, true)", [patient_id])
