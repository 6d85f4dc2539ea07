"""Migration operations that make a table a tenant table."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

IN_THIS_CLINIC = "clinic_id = NULLIF(current_setting('app.clinic', true), '')::uuid"
NOWHERE_BUT_MINE = (
    "NULLIF(current_setting('app.clinic', true), '') IS NULL"
    " AND user_id = NULLIF(current_setting('app.person', true), '')::uuid"
)


def composite_references(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """The foreign keys of a tenant model that the database must hold as (clinic_id, id)."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and not getattr(field, "db_constraint", True)
    ]


def composite_key_name(table: str, column: str) -> str:
    return f"{table}_{column}_in_clinic"[:63]


class IsolateTable(Operation):
    """Row-level security, forced; UNIQUE (clinic_id, id); composite foreign keys and their indexes.

    `found_by_person` lets people see their own row while no clinic is chosen. `append_only` takes UPDATE and
    DELETE from the runtime role and adds triggers that stop everybody.
    """

    reversible = True

    def __init__(self, model: str, *, found_by_person: bool = False, append_only: bool = False) -> None:
        self.model = model
        self.found_by_person = found_by_person
        self.append_only = append_only

    def deconstruct(self) -> Any:
        options = {"found_by_person": self.found_by_person, "append_only": self.append_only}
        return (self.__class__.__qualname__, [self.model], {name: on for name, on in options.items() if on})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state of the models is untouched: all this lives in the database."""

    def describe(self) -> str:
        return f"Isolate {self.model} by clinic"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        table = model._meta.db_table
        for statement in self._statements(model, table):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Dropping the table, which follows, drops all of it."""

    def _statements(self, model: type[models.Model], table: str) -> list[str]:
        statements = [
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_by_clinic" UNIQUE (clinic_id, id)',
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            policy(table, "in_this_clinic", f"USING ({IN_THIS_CLINIC}) WITH CHECK ({IN_THIS_CLINIC})"),
        ]
        if self.found_by_person:
            statements.append(policy(table, "nowhere_but_mine", f"FOR SELECT USING ({NOWHERE_BUT_MINE})"))
        for field in composite_references(model):
            statements += reference(table, field)
        if self.append_only:
            statements += append_only(table)
        return statements


def policy(table: str, name: str, rule: str) -> str:
    return f'CREATE POLICY {name} ON "{table}" {rule}'


def composite_key(table: str, field: "models.ForeignKey[Any, Any]") -> str:
    target = field.remote_field.model._meta.db_table
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{composite_key_name(table, field.column)}" '
        f'FOREIGN KEY (clinic_id, "{field.column}") REFERENCES "{target}" (clinic_id, id) '
        "DEFERRABLE INITIALLY DEFERRED"
    )


def reference(table: str, field: "models.ForeignKey[Any, Any]") -> list[str]:
    """The composite key, and an index led by the clinic; of a one-to-one, unique inside the clinic alone."""
    name = f"{table}_{field.column}_by_clinic"[:63]
    columns = f'(clinic_id, "{field.column}")'
    if not isinstance(field, models.OneToOneField):
        return [composite_key(table, field), f'CREATE INDEX "{name}" ON "{table}" {columns}']
    djangos_own = f"{table}_{field.column}_key"
    return [
        composite_key(table, field),
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{djangos_own}"',
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE {columns}',
    ]


def append_only(table: str) -> list[str]:
    runtime = settings.DATABASES["default"]["USER"]
    triggers = {
        "append_only_rows": ("UPDATE OR DELETE", "ROW"),
        "append_only_table": ("TRUNCATE", "STATEMENT"),
    }
    return [
        f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{runtime}"',
        *(
            f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" '
            f"FOR EACH {level} EXECUTE FUNCTION refuse_change()"
            for name, (event, level) in triggers.items()
        ),
    ]


class IsolateReference(Operation):
    """The composite key of a reference that a later migration adds to a tenant table."""

    reversible = True

    def __init__(self, model: str, field: str) -> None:
        self.model = model
        self.field = field

    def deconstruct(self) -> Any:
        return (self.__class__.__qualname__, [self.model, self.field], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state of the models is untouched: all this lives in the database."""

    def describe(self) -> str:
        return f"Hold {self.model}.{self.field} inside its clinic"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        field = model._meta.get_field(self.field)
        for statement in reference(model._meta.db_table, field):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Removing the field, which follows, removes its key."""


class EraseWithPatient(Operation):
    """An append-only table whose rows go when their patient is erased, by `erase_rows` and nothing else.

    `condition` tells the patient's rows: SQL in which `$1` is the patient's id. The trigger carries it, so
    that who calls the function cannot choose another.
    """

    reversible = True

    def __init__(self, model: str, condition: str) -> None:
        self.model = model
        self.condition = condition

    def deconstruct(self) -> Any:
        return (self.__class__.__qualname__, [self.model, self.condition], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state of the models is untouched: all this lives in the database."""

    def describe(self) -> str:
        return f"Let the rows of {self.model} go with their patient"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        condition = self.condition.replace("'", "''")
        self._swap(schema_editor, table, f"refuse_change_but_erasure('{condition}')")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._swap(
            schema_editor, to_state.apps.get_model(app_label, self.model)._meta.db_table, "refuse_change()"
        )

    def _swap(self, schema_editor: BaseDatabaseSchemaEditor, table: str, function: str) -> None:
        schema_editor.execute(f'DROP TRIGGER append_only_rows ON "{table}"')
        schema_editor.execute(
            f'CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {function}"
        )
