"""When an older version of a data key may go: nothing lies under it, and no dump that needs it is kept."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from clinics import keys
from clinics.encryption import EncryptedBytesField
from clinics.keys import KeyName
from clinics.models import DataKey
from clinics.sealed_columns import SealedModel, sealed_under


def remove_retired(clinic_id: uuid.UUID, *, now: datetime | None = None) -> int:
    """Removes versions that were retired longer ago than any dump is kept; the number removed."""
    limit = (now or timezone.now()) - timedelta(days=settings.DUMP_DAYS)
    due = DataKey.objects.filter(clinic_id=clinic_id, retired_at__lt=limit).select_for_update()
    removed = 0
    for row in due:
        name = KeyName(row.clinic_id, row.scope, row.subject)
        if not is_in_use(name, row.version):
            removed += row.delete()[0]
            keys.forget(name)
    return removed


def is_in_use(name: KeyName, version: int) -> bool:
    """Whether a value or a key in this database lies under this version."""
    if DataKey.objects.filter(
        clinic_id=name.clinic_id,
        parent_scope=name.scope,
        parent_subject=name.subject,
        parent_version=version,
    ).exists():
        return True
    return any(_holds(sealed, name, version) for sealed in sealed_under(name.scope))


def _holds(sealed: SealedModel, name: KeyName, version: int) -> bool:
    under = " OR ".join(
        f"substring(t.\"{item.column}\" FROM 1 FOR 7) = 'mv1'::bytea || int4send(k.version)"
        if isinstance(item, EncryptedBytesField)
        else f"starts_with(t.\"{item.column}\", 'mv1:' || k.version || ':')"
        for item in sealed.fields
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {sealed.table} t, (SELECT %s::int AS version) k "  # noqa: S608
            f'WHERE t.clinic_id = %s AND t."{sealed.subject}" = %s AND ({under}))',
            [version, name.clinic_id, name.subject],
        )
        return bool(cursor.fetchone()[0])
