"""Thousands of rows, or of ids, in one statement and one quoted text.

Django prepares and quotes each value of each row, which for the outbox of a bad night is most of the work.
Not for encrypted columns: those are sealed as they are saved.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldError
from django.db import connection, models

from clinics.encryption import EncryptedBytesField, EncryptedTextField

INSERT = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
UPDATE = (
    "UPDATE {table} AS old SET {changes} FROM json_populate_recordset(NULL::{table}, %s) AS new"
    " WHERE old.clinic_id = new.clinic_id AND old.id = new.id"
)


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Of one model. No signals, no `pre_save`; with `ignore_conflicts`, what is there already is left."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = meta.concrete_fields
    if any(isinstance(field, EncryptedTextField | EncryptedBytesField) for field in fields):
        raise FieldError(f"{meta.label} has encrypted columns, which are sealed row by row")
    names = [(str(field.column), field.attname) for field in fields]
    values = [{column: getattr(row, name) for column, name in names} for row in rows]
    columns = ", ".join(f'"{column}"' for column, _ in names)
    statement = INSERT.format(table=f'"{meta.db_table}"', columns=columns)
    _run(f"{statement} ON CONFLICT DO NOTHING" if ignore_conflicts else statement, values)


def update(model: type[models.Model], rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    """Rows of one model by `id` and `clinic_id`: each is given these columns. None of them encrypted."""
    changes = ", ".join(f'"{column}" = new."{column}"' for column in columns)
    _run(UPDATE.format(table=f'"{model._meta.db_table}"', changes=changes), list(rows))


def among(ids: Iterable[uuid.UUID]) -> models.Func:
    """For `column__in=`: as many ids as there are."""
    text = models.Value(f"{{{','.join(map(str, ids))}}}", output_field=models.TextField())
    return models.Func(
        text, template="(SELECT unnest(%(expressions)s::uuid[]))", output_field=models.UUIDField()
    )


def _run(statement: str, values: list[dict[str, Any]]) -> None:
    if values:
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(values, default=_plain, allow_nan=False)])


def _plain(value: Any) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
