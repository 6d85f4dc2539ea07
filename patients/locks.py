"""The first locks of every transaction that writes for patients, in one order for everybody.

`no_key`: a row that refers to a patient may be committed meanwhile. Its commit holds the access log's lock,
which everybody takes last, and a full row lock here would close the circle.
"""

import uuid
from collections.abc import Iterable

from patients.models import Patient


def lock_patients(patient_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Patient]:
    """Locks the rows by id until the transaction ends."""
    rows = Patient.objects.filter(pk__in=set(patient_ids)).order_by("pk").select_for_update(no_key=True)
    return {row.pk: row for row in rows}
