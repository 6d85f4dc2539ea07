"""Wrong combinations of settings and of the database's roles."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from clinics import login_roles


@register(Tags.database)
def runtime_role_is_bound(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With `check --database default`; web, worker and beat refuse at every start."""
    if not databases or "default" not in databases:
        return []
    if problem := login_roles.why_unbound():
        hint = "Use the runtime login; `python -m moodvision.embedded.roles` makes it."
        return [Error(problem, hint=hint, id="clinics.E001")]
    return []
