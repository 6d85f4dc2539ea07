"""Wrong combinations of settings and of the database's roles."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def runtime_role_is_bound(databases: list[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
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
            hint="Use a login without SUPERUSER and BYPASSRLS; `python -m moodvision.embedded.roles` makes it.",
            id="clinics.E001",
        )
    ]
