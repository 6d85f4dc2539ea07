"""Wrong combinations of settings and of the database's roles."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def runtime_role_is_bound(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Row-level security binds neither a superuser, nor BYPASSRLS, nor (without FORCE) the owner."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (is_unbound,) = cursor.fetchone()
    if not is_unbound:
        return []
    return [
        Error(
            "DATABASE_URL signs in as a role that row-level security does not bind.",
            hint="Use a login without either; `python -m moodvision.embedded.roles` makes one.",
            id="clinics.E001",
        )
    ]
