"""The schema as PostgreSQL knows it, against the models: no table slips out of isolation."""

import re

import pytest
from django.apps import apps
from django.db import connection, models

from clinics.migration_operations import composite_key_name, composite_references
from clinics.models import TenantModel

# Tables under no policy, and why.
SHARED = {
    "clinics_clinic": "finding the clinic itself",
    "clinics_user": "signing in crosses clinics",
    "clinics_keycheck": "one row that knows no clinic",
    "inference_registeredmodel": "which classifiers the operator brought; a clinic's pin is a tenant's row",
    "clinics_heartbeat": "names of our own processes and when they were last heard of",
    "clinics_denialcount": "who was turned away before any clinic; counts of an hour",
    "clinics_platformlogentry": "acts of no clinic, ids only",
    "clinics_anchormemory": "the platform's chain has no clinic; numbers and hashes of files only",
    "clinics_spoolmemory": "a host serves all clinics; numbers and hashes of files only",
    "django_migrations": "Django's own",
    "django_session": "signing in crosses clinics",
    "django_content_type": "Django's own",
    "auth_permission": "Django's own",
    "auth_group": "Django's own",
    "auth_group_permissions": "Django's own",
    "account_emailaddress": "signing in crosses clinics",
    "account_emailconfirmation": "signing in crosses clinics",
    "mfa_authenticator": "signing in crosses clinics",
    "usersessions_usersession": "signing in crosses clinics",
}
TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]


def rows(statement: str, *parameters: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_is_a_tenant_table_or_has_a_reason() -> None:
    tables = {row[0] for row in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables == {model._meta.db_table for model in TENANT_MODELS} | set(SHARED)


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_a_tenant_table_forces_its_policy(model: type[models.Model]) -> None:
    table = model._meta.db_table
    flags = rows("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", table)
    assert flags == [(True, True)]
    policies = rows("SELECT policyname FROM pg_policies WHERE tablename = %s AND cmd = 'ALL'", table)
    assert policies == [("in_this_clinic",)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_references_are_composite_and_unique_constraints_lead_with_the_clinic(
    model: type[models.Model],
) -> None:
    table = model._meta.db_table
    held = {row[0] for row in rows("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", table)}
    assert f"{table}_by_clinic" in held
    for field in composite_references(model):
        assert composite_key_name(table, field.column) in held
    for column in model._meta.local_fields:
        target = column.remote_field.model if isinstance(column, models.ForeignKey) else None
        if isinstance(target, type) and issubclass(target, TenantModel):
            assert column in composite_references(model), f"{column} must be a TenantForeignKey"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert constraint.fields[0] == "clinic"
    assert not model._meta.local_many_to_many


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_references_are_found_by_an_index_that_leads_with_the_clinic(model: type[models.Model]) -> None:
    """The policy names the clinic in every query: an index that does not is read past other clinics' rows."""
    table = model._meta.db_table
    indexes = [str(row[0]) for row in rows("SELECT indexdef FROM pg_indexes WHERE tablename = %s", table)]
    for field in composite_references(model):
        led = re.compile(rf"\(clinic_id, {field.column}[,)]")
        assert any(led.search(index) for index in indexes), f"{table}.{field.column}: {indexes}"
    for index in model._meta.indexes:
        assert index.fields[0] == "clinic", index.name


@pytest.mark.django_db
def test_what_runs_as_the_owner_cannot_be_led_astray_by_temporary_tables() -> None:
    """PostgreSQL looks there first, unless the function's own path names them last."""
    found = rows(
        "SELECT proname, array_to_string(proconfig, ' ') FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {name for name, _ in found} == {"erase_rows", "remove_events_of_closed_alerts"}
    assert [name for name, path in found if not str(path).endswith("pg_temp")] == []
    assert rows("SELECT has_database_privilege(current_database(), 'TEMP')") == [(False,)]


@pytest.mark.django_db
def test_the_runtime_role_is_bound_by_policies_and_owns_nothing() -> None:
    assert rows("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
        (False, False)
    ]
    assert rows("SELECT tablename FROM pg_tables WHERE tableowner = current_user") == []
    assert rows("SELECT has_schema_privilege(current_user, 'public', 'CREATE')") == [(False,)]
