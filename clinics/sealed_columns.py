"""Every encrypted column there is, found by walking the models: nobody keeps a list."""

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from clinics.encryption import EncryptedBytesField, EncryptedTextField

STALE_TEXT = "NOT starts_with(t.{column}, 'mv1:' || k.version || ':')"
STALE_BYTES = "substring(t.{column} FROM 1 FOR 7) <> 'mv1'::bytea || int4send(k.version)"


@dataclass(frozen=True)
class SealedModel:
    """A model with encrypted fields, the scope of the keys they lie under, and the column that names one."""

    model: type[models.Model]
    fields: tuple[Any, ...]
    scope: str
    subject: str

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def table(self) -> str:
        return f'"{self.model._meta.db_table}"'

    def stale(self) -> str:
        """SQL over row `t` and newest key `k`: some value lies under an older version, or under none."""
        return " OR ".join(
            (STALE_BYTES if isinstance(field, EncryptedBytesField) else STALE_TEXT).format(
                column=f'"{field.column}"'
            )
            for field in self.fields
        )


@cache
def sealed_models() -> tuple[SealedModel, ...]:
    found = []
    for model in apps.get_models():
        fields = tuple(
            field
            for field in model._meta.concrete_fields
            if isinstance(field, EncryptedTextField | EncryptedBytesField)
        )
        if fields:
            scope, subject = key_of(model)
            found.append(SealedModel(model, fields, scope, subject))
    return tuple(found)


def sealed_under(scope: str) -> tuple[SealedModel, ...]:
    return tuple(sealed for sealed in sealed_models() if sealed.scope == scope)


def key_of(model: type[models.Model]) -> tuple[str, str]:
    """The scope of a model's keys and the column that names the key: asked of a row made of marked ids."""
    marks = {
        field: uuid.uuid4()
        for field in model._meta.concrete_fields
        if isinstance(getattr(field, "target_field", field), models.UUIDField)
    }
    probe: Any = model(**{field.attname: mark for field, mark in marks.items()})
    name = probe.sealed_under()
    for field, mark in marks.items():
        if mark == name.subject:
            return str(name.scope), str(field.column)
    raise ImproperlyConfigured(
        f"{model._meta.label}.sealed_under() must name a column of its own row, or no rotation finds the row."
    )
