"""Two locks around stored scores. Order of all locks: profile, patients by id, alert sequence, access log."""

import uuid
from collections.abc import Iterable

from django.db import connection

from patients.models import Patient


def lock_profile(clinic_id: uuid.UUID, *, is_change: bool) -> None:
    """Many may score under the profile in force at once; who changes it, or recuts periods, is alone."""
    mode = "" if is_change else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock{mode}(hashtextextended(%s, 0))", [f"score_profile:{clinic_id}"]
        )


def lock_patients(patient_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Patient]:
    """Whoever judges or answers for a patient waits here; what they read next is committed."""
    rows = Patient.objects.filter(pk__in=set(patient_ids)).order_by("pk").select_for_update(no_key=True)
    return {row.pk: row for row in rows}
