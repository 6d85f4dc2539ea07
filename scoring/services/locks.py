"""The lock of a clinic's profile. Order of all locks: patients by id, profile, alert sequence, access log."""

import uuid

from django.db import connection

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
TOGETHER = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"


def lock_profile(clinic_id: uuid.UUID, *, is_change: bool) -> None:
    """Many may score under the profile in force at once; who changes it, or recuts periods, is alone.

    Being alone is enough for them: they lock no patient, so nobody who holds one waits for them in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE if is_change else TOGETHER, [f"score_profile:{clinic_id}"])
