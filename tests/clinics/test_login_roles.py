"""The login that serves requests is bound by row-level security and owns nothing; migrate is another's."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from clinics import login_roles
from moodvision.embedded import addresses

ROLES = [
    ("postgres", "row-level security does not bind"),
    ("backup", "row-level security does not bind"),
    ("owner", "the owner of the tables"),
]


@pytest.fixture
def signed_in_as(committing: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """The default connection, by another login of the embedded server."""
    if not settings.USES_EMBEDDED_POSTGRES:
        pytest.skip("the other logins are known of the embedded server alone")
    connection = connections["default"]
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = addresses.ROLES.get(request.param, addresses.SUPERUSER)
    yield
    connection.close()
    connection.settings_dict["USER"] = before


@pytest.mark.django_db
def test_the_runtime_login_passes() -> None:
    assert login_roles.why_unbound() == ""
    assert run_checks(tags=["database"], databases=["default"]) == []


@pytest.mark.commits
@pytest.mark.parametrize(("signed_in_as", "said"), ROLES, indirect=["signed_in_as"])
def test_another_login_is_refused(signed_in_as: None, said: str) -> None:
    assert said in login_roles.why_unbound()
    (found,) = run_checks(tags=["database"], databases=["default"])
    assert (found.id, found.msg) == ("clinics.E001", login_roles.why_unbound())


@pytest.mark.commits
@pytest.mark.parametrize("signed_in_as", ["owner"], indirect=True)
def test_nothing_is_migrated_by_the_login_that_serves(signed_in_as: None) -> None:
    with pytest.raises(CommandError, match="Set DATABASE_OWNER_URL") as raised:
        call_command("migrate", verbosity=0)
    assert "\n" not in str(raised.value)
