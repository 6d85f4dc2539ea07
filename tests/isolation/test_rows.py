"""The second net alone: raw rows by the runtime role, with no gate and no manager in front."""

from typing import Any

import pytest
from django.db import connection

from clinics import tenancy
from tests.isolation.twins import TENANT_MODELS, Twin


def query(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def test_without_a_clinic_every_tenant_table_is_empty(twins: tuple[Twin, Twin]) -> None:
    found = {
        model._meta.db_table: query(f'SELECT count(*) FROM "{model._meta.db_table}"')
        for model in TENANT_MODELS
    }
    assert {table for table, rows in found.items() if rows != [(0,)]} == set()


@pytest.mark.parametrize("number", [0, 1])
def test_inside_a_clinic_every_table_holds_its_rows_alone(twins: tuple[Twin, Twin], number: int) -> None:
    clinic = twins[number].clinic
    with tenancy.enter(clinic.pk):
        found = {
            model._meta.db_table: query(f'SELECT DISTINCT clinic_id FROM "{model._meta.db_table}"')
            for model in TENANT_MODELS
        }
    assert {table for table, rows in found.items() if rows not in ([(clinic.pk,)], [])} == set()
    assert sum(bool(rows) for rows in found.values()) > len(TENANT_MODELS) / 2, (
        "the twins are too empty to prove it"
    )


def test_the_other_clinics_rows_can_neither_be_changed_nor_deleted(twins: tuple[Twin, Twin]) -> None:
    own, other = twins
    touched = {}
    for model in TENANT_MODELS:
        table = model._meta.db_table
        with tenancy.enter(own.clinic.pk), connection.cursor() as cursor:
            if query(f"SELECT has_table_privilege(current_user, '{table}', 'UPDATE')") == [(True,)]:
                cursor.execute(f'UPDATE "{table}" SET id = id WHERE clinic_id = %s', [other.clinic.pk])
                touched[table] = cursor.rowcount
            if query(f"SELECT has_table_privilege(current_user, '{table}', 'DELETE')") == [(True,)]:
                cursor.execute(f'DELETE FROM "{table}" WHERE clinic_id = %s', [other.clinic.pk])
                touched[f"{table} (delete)"] = cursor.rowcount
    assert {table: count for table, count in touched.items() if count} == {}


@pytest.mark.django_db
def test_every_index_of_a_tenant_table_leads_with_the_clinic() -> None:
    """But the primary key, and the one by which people find their own clinics before they chose one."""
    tables = {model._meta.db_table for model in TENANT_MODELS}
    rows = query(
        "SELECT t.relname, i.relname, a.attname, x.indisprimary FROM pg_index x"
        " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
        " JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public'"
    )
    wrong = {
        index
        for table, index, column, is_primary in rows
        if table in tables and not is_primary and column not in {"clinic_id", "user_id"}
    }
    assert wrong == set()
