"""The first locks of every transaction that writes for patients, in one order for everybody.

`no_key`: a row that refers to a patient may be committed meanwhile. Its commit holds the access log's lock,
which everybody takes last, and a full row lock here would close the circle.
"""

import uuid
from collections.abc import Iterable

from patients.models import Patient


def lock_patients(patient_ids: Iterable[uuid.UUID], *, waits: bool = True) -> dict[uuid.UUID, Patient]:
    """Locks the rows by id until the transaction ends; `waits` off: those that nobody holds."""
    rows = Patient.objects.filter(pk__in=set(patient_ids)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True, skip_locked=not waits)}
