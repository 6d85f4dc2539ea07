"""What belongs to a patient, wherever it lies: each app says how its rows go, and a scan finds what was
forgotten. Rules and blockers are registered in moodvision/pipeline.py, children before what they refer to.
"""

import uuid
from collections.abc import Callable, Set
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from patients.models import Patient

KEPT = {
    "clinics_accesslogentry": "who looked and who erased must stay known; it holds ids and no content",
    "patients_erasure": "the list of erased ids, which every restore replays",
}
"""Tables in which the bare id of an erased patient stays, and why."""

READABLE = ("uuid", "text", "varchar", "bpchar", "json", "jsonb", "bytea", "_uuid", "_text", "_varchar")


@dataclass(frozen=True)
class PurgeRule:
    """The rows of one model that belong to a patient: those whose `path` is the patient's id.

    `is_record`: part of the clinic's statutory record, kept when the patient erases only the app's data.
    `is_append_only`: nobody may delete but the database's own `erase_rows` (see `EraseWithPatient`).
    """

    model: type[models.Model]
    path: str = "patient_id"
    is_record: bool = False
    is_append_only: bool = False


Blocker = Callable[[uuid.UUID], str]
"""The code of a reason why this patient cannot be erased now, or nothing."""

_rules: list[PurgeRule] = []
_blockers: list[Blocker] = []


def register(*rules: PurgeRule) -> None:
    _rules.extend(rule for rule in rules if rule not in _rules)


def register_blocker(blocker: Blocker) -> None:
    if blocker not in _blockers:
        _blockers.append(blocker)


def rules() -> tuple[PurgeRule, ...]:
    return tuple(_rules)


def why_not_now(patient_id: uuid.UUID) -> str:
    return next((code for blocker in _blockers if (code := blocker(patient_id))), "")


def without_rule(known: tuple[PurgeRule, ...] | None = None) -> list[str]:
    """Models that refer to a patient, directly or through others, and that no rule would purge."""
    purged = {rule.model for rule in (rules() if known is None else known)}
    reached: set[type[models.Model]] = {Patient}
    while True:
        further = {
            model
            for model in apps.get_models()
            if model not in reached
            and any(
                field.is_relation and field.related_model in reached for field in model._meta.local_fields
            )
        }
        if not further:
            return sorted(model._meta.label for model in reached - purged)
        reached |= further


def purge(rule: PurgeRule, patient_id: uuid.UUID, erasure_id: uuid.UUID) -> int:
    """Deletes a rule's rows; what they refer to or who refers to them is the other rules' business."""
    if rule.is_append_only:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT erase_rows(%s, %s::regclass)", [erasure_id, f'"{rule.model._meta.db_table}"']
            )
            return int(cursor.fetchone()[0])
    rows = rule.model._base_manager.filter(**{rule.path: patient_id})
    return int(rows._raw_delete(rows.db))


def scan(patient_id: uuid.UUID, *, ignoring: Set[str] = frozenset()) -> dict[str, int]:
    """Every column of every table this clinic sees, read for the patient's id: `table.column` -> rows."""
    found: dict[str, int] = {}
    for table, columns in _columns().items():
        if table in ignoring:
            continue
        tests = ", ".join(f"count(*) FILTER (WHERE {_names_patient(name, kind)})" for name, kind in columns)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {tests} FROM "{table}"', {"id": str(patient_id)})  # noqa: S608
            counts = cursor.fetchone()
        found |= {f"{table}.{name}": n for (name, _), n in zip(columns, counts, strict=True) if n}
    return found


def _names_patient(column: str, kind: str) -> str:
    if kind == "uuid":
        return f'"{column}" = %(id)s::uuid'
    if kind == "bytea":
        return (
            f'position(uuid_send(%(id)s::uuid) IN "{column}") > 0'
            f" OR position(convert_to(%(id)s, 'UTF8') IN \"{column}\") > 0"
        )
    return f'position(%(id)s IN lower("{column}"::text)) > 0'


def _columns() -> dict[str, list[tuple[str, str]]]:
    """Of every ordinary table, the columns that could hold an id, as PostgreSQL knows them."""
    statement = """
        SELECT c.relname, a.attname, t.typname
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          AND a.attnum > 0 AND NOT a.attisdropped AND t.typname = ANY(%s)
          AND has_table_privilege(c.oid, 'SELECT')
        ORDER BY 1, 2
    """
    columns: dict[str, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(READABLE)])
        for table, name, kind in cursor.fetchall():
            columns.setdefault(table, []).append((name, kind))
    return columns


def tables(of: Callable[[PurgeRule], bool]) -> set[str]:
    return {rule.model._meta.db_table for rule in _rules if of(rule)}
