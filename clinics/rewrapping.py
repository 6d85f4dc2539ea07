"""The rotation of FIELD_ENCRYPTION_KEY: everything that lies under the wrapping key itself, wrapped anew.

A new key is rolled out as the second of the list, so that all can read it; then as the first, so that it
writes; then this runs; then the old one is taken off. What lies under it is found by walking every column of
every model: keys without a parent, second-factor secrets, and whatever a later app adds. The row by which a
start recognises its key is wrapped last: without the old key, a half-done rotation does not start.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from encrypted_model_fields.fields import get_crypter

from clinics import access_log, tenancy
from clinics.access_log import Actor
from clinics.models import Clinic, KeyCheck, TenantModel
from clinics.sealed_columns import sealed_models

MARK = "gAAAAA"
"""How every Fernet token begins."""

BATCH = 200
KINDS = (models.TextField, models.CharField, models.BinaryField, models.JSONField)
Say = Callable[[str], object]


@dataclass
class Rewrapped:
    """`unreadable` names rows that no key of the list opens: they are left as they are."""

    done: int = 0
    already: int = 0
    is_check: bool = False
    unreadable: list[str] = field(default_factory=list)


def rewrap_all(*, by: Actor, batch: int = BATCH, say: Say = lambda line: None) -> Rewrapped:
    """Wraps under the first key what lies under another. Safe to kill and to run again."""
    report = Rewrapped()
    for clinic in Clinic.objects.order_by("slug"):
        before = report.done
        _walk_clinic(clinic, batch, report, say)
        with tenancy.enter(clinic.pk):
            access_log.record("keys.rewrapped", by=by, count=report.done - before)
    _walk_shared(batch, report, say)
    return report


def check_all(*, batch: int = BATCH) -> Rewrapped:
    """The same walk without a write: `done` counts what still lies under another key than the first."""
    report = Rewrapped(is_check=True)
    for clinic in Clinic.objects.order_by("slug"):
        _walk_clinic(clinic, batch, report, lambda line: None)
    _walk_shared(batch, report, lambda line: None)
    return report


def _walk_clinic(clinic: Clinic, batch: int, report: Rewrapped, say: Say) -> None:
    for model, columns in _columns(of_tenants=True):
        for rows in _batches(model, columns, batch, clinic.pk):
            with tenancy.enter(clinic.pk):
                _rewrap(model, columns, rows, report)
            say(f"{clinic.slug}: {report.done} wrapped anew")


def _walk_shared(batch: int, report: Rewrapped, say: Say) -> None:
    for model, columns in _columns(of_tenants=False):
        for rows in _batches(model, columns, batch, None):
            with transaction.atomic():
                _rewrap(model, columns, rows, report)
            say(f"{model._meta.label_lower}: {report.done} wrapped anew")


def _columns(*, of_tenants: bool) -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Every column that could hold a token, model by model; the key check last."""
    sealed = {column for found in sealed_models() for column in found.fields}
    for one in sorted(apps.get_models(), key=lambda model: model is KeyCheck):
        if issubclass(one, TenantModel) == of_tenants:
            columns = [
                column
                for column in one._meta.concrete_fields
                if isinstance(column, KINDS) and column not in sealed and not column.primary_key
            ]
            if columns:
                yield one, columns


def _batches(
    model: type[models.Model], columns: list[Any], size: int, clinic_id: uuid.UUID | None
) -> Iterator[list[Any]]:
    """Keys of the rows in which some column holds a token."""
    holds = " OR ".join(
        f'position(%(mark)s::bytea IN "{column.column}") = 1'
        if isinstance(column, models.BinaryField)
        else f'position(%(mark)s IN "{column.column}"::text) > 0'
        for column in columns
    )
    statement = f'SELECT "{model._meta.pk.column}" FROM "{model._meta.db_table}" WHERE {holds}'  # noqa: S608
    stand = tenancy.enter(clinic_id) if clinic_id else transaction.atomic()
    with stand, connection.cursor() as cursor:
        cursor.execute(statement, {"mark": MARK})
        found = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _rewrap(model: type[models.Model], columns: list[Any], ids: list[Any], report: Rewrapped) -> None:
    rows = model._base_manager.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    for row in rows:
        changed = []
        for column in columns:
            value = getattr(row, column.attname)
            try:
                fresh = _anew(value, report)
            except InvalidToken:
                report.unreadable.append(f"{model._meta.label_lower}.{column.name} of {row.pk}")
                continue
            if fresh != value:
                setattr(row, column.attname, fresh)
                changed.append(column.name)
        if changed:
            row.save(update_fields=changed)


def _anew(value: Any, report: Rewrapped) -> Any:
    """The value with each token in it wrapped under the first key; of JSON, every text in it."""
    if isinstance(value, dict):
        return {name: _anew(inner, report) for name, inner in value.items()}
    if isinstance(value, list):
        return [_anew(inner, report) for inner in value]
    if isinstance(value, memoryview | bytes):
        token = bytes(value)
        return _token(token, report) if token.startswith(MARK.encode()) else value
    if isinstance(value, str) and value.startswith(MARK):
        return _token(value.encode(), report).decode()
    return value


def _token(token: bytes, report: Rewrapped) -> bytes:
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEY[0]).decrypt(token)
    except InvalidToken:
        fresh: bytes = get_crypter().rotate(token)
        report.done += 1
        return token if report.is_check else fresh
    report.already += 1
    return token
