"""How much a rotation has to seal again, counted once before it begins, and how far it is."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from clinics import tenancy
from clinics.models import DataKey
from clinics.sealed_columns import SealedModel, sealed_under

KEYS = "keys"


@dataclass
class Progress:
    """`totals` by what is sealed again; what is written meanwhile makes them grow."""

    totals: dict[str, int]
    done: Counter[str] = field(default_factory=Counter)

    def line(self, what: str, count: int) -> str:
        self.done[what] += count
        if what not in self.totals:
            return f"{what}: {self.done[what]} sealed again"
        total = max(self.totals[what], self.done[what])
        return f"{what}: {self.done[what]} of {total} sealed again"


def begin(clinic_id: uuid.UUID, scope: str, started_at: datetime, subject: uuid.UUID | None) -> Progress:
    """Counts what lies under keys older than this rotation; `subject`: of one key alone."""
    with tenancy.enter(clinic_id):
        totals = {
            sealed.label: _rows(clinic_id, sealed, started_at, subject) for sealed in sealed_under(scope)
        }
        wrapped = DataKey.objects.filter(clinic_id=clinic_id, parent_scope=scope)
        if subject is not None:
            wrapped = wrapped.filter(parent_subject=subject)
        young = DataKey.objects.filter(clinic_id=clinic_id, scope=scope, created_at__gte=started_at)
        done = dict(young.order_by("version").values_list("subject", "version"))
        parents = wrapped.values_list("parent_subject", "parent_version")
        totals[KEYS] = sum(parent is not None and done.get(parent) != version for parent, version in parents)
    return Progress(totals)


def _rows(clinic_id: uuid.UUID, sealed: SealedModel, started_at: datetime, subject: uuid.UUID | None) -> int:
    """Rows with a value under an older version than the newest, or whose next version is still to be made."""
    is_filled = " OR ".join(f't."{item.column}" IS NOT NULL' for item in sealed.fields)
    statement = (
        f"SELECT count(*) FROM {sealed.table} t JOIN ("  # noqa: S608
        "  SELECT DISTINCT ON (subject) subject, version, created_at FROM clinics_datakey"
        "  WHERE clinic_id = %(clinic)s AND scope = %(scope)s ORDER BY subject, version DESC"
        f') k ON k.subject = t."{sealed.subject}" WHERE t.clinic_id = %(clinic)s'
        f' AND (%(subject)s::uuid IS NULL OR t."{sealed.subject}" = %(subject)s)'
        f" AND (({sealed.stale()}) OR (k.created_at < %(started_at)s AND ({is_filled})))"
    )
    said: dict[str, Any] = {
        "clinic": clinic_id,
        "scope": sealed.scope,
        "subject": subject,
        "started_at": started_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return int(cursor.fetchone()[0])
