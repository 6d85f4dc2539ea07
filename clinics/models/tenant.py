"""The base of every row that belongs to one clinic."""

import uuid
from typing import Any

from django.db import models


class TenantModel(models.Model):
    """A row of one clinic: PostgreSQL shows it only inside `tenancy.enter(clinic)`.

    The migration that creates the table must also run `IsolateTable`; a schema test compares.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class _NoOwnConstraint:
    """A reference inside one clinic: key and index are (clinic_id, id), both made by `IsolateTable`.

    Foreign keys ignore row policies; only a composite key keeps clinic A from pointing at a row of clinic B.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs["db_constraint"] = kwargs["db_index"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        for made_by_the_migration in ("db_constraint", "db_index"):
            kwargs.pop(made_by_the_migration, None)
        return name, path, args, kwargs


class TenantForeignKey(_NoOwnConstraint, models.ForeignKey):  # type: ignore[type-arg]
    pass


class TenantOneToOneField(_NoOwnConstraint, models.OneToOneField):  # type: ignore[type-arg]
    """Unique within its clinic, as every unique constraint here: `IsolateTable` replaces Django's own."""
