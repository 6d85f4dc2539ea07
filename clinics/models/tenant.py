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
    """A reference inside one clinic: the database holds it as (clinic_id, id), made by `IsolateTable`.

    Foreign keys ignore row policies; only a composite key keeps clinic A from pointing at a row of clinic B.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


class TenantForeignKey(_NoOwnConstraint, models.ForeignKey):  # type: ignore[type-arg]
    pass


class TenantOneToOneField(_NoOwnConstraint, models.OneToOneField):  # type: ignore[type-arg]
    pass
