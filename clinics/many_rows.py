"""Thousands of rows, or of ids, in one statement and one quoted text.

Django prepares and quotes each value of each row, which for the outbox of a bad night is most of the work.
Not for encrypted columns: those are sealed as they are saved.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldError
from django.db import connection, models

from clinics.encryption import EncryptedBytesField, EncryptedTextField

INSERT = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
UPDATE = (
    "UPDATE {table} AS old SET {changes} FROM json_to_recordset(%s) AS new(id uuid, clinic_id uuid, {types})"
    " WHERE old.clinic_id = new.clinic_id AND old.id = new.id"
)


def insert(
    model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, ignore_conflicts: bool = False
) -> None:
    """Rows by column. A column that is left out takes its field's default, the same in all; `id` a new one.

    No signals and no `save`; with `ignore_conflicts`, what is there already is left as it is.
    """
    meta = model._meta
    fields = meta.concrete_fields
    if any(isinstance(field, EncryptedTextField | EncryptedBytesField) for field in fields):
        raise FieldError(f"{meta.label} has encrypted columns, which are sealed row by row")
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = INSERT.format(table=f'"{meta.db_table}"', columns=columns)
    blank = {str(field.column): field.get_default() for field in fields}
    values = [blank | {"id": uuid.uuid4(), **row} for row in rows]
    _run(f"{statement} ON CONFLICT DO NOTHING" if ignore_conflicts else statement, values)


def update(model: type[models.Model], rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    """Rows of one model by `id` and `clinic_id`: each is given these columns. None of them encrypted."""
    changes = ", ".join(f'"{column}" = new."{column}"' for column in columns)
    types = ", ".join(f'"{column}" {model._meta.get_field(column).db_type(connection)}' for column in columns)
    _run(UPDATE.format(table=f'"{model._meta.db_table}"', changes=changes, types=types), list(rows))


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
