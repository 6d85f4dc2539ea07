"""The databases of the tests and their small cast."""

import os
import uuid
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from clinics import keys, tenancy
from clinics.models import Clinic, Membership
from moodvision import scratch
from moodvision.scratch_browser import signed_in_browser
from patients.models import Patient
from tests import template
from tests.clinics.factories import make_clinic, make_member
from tests.patients.factories import make_patient

MADE, TEMPLATE = pytest.StashKey[ExitStack](), pytest.StashKey[str]()
EVERY_PAGE = "tests/browser/test_pages.py"  # takes as long as all others of its folder


def pytest_configure() -> None:
    # A busy machine is no defect: speed is measured in bench/, never in a test.
    hypothesis.settings.register_profile(
        "moodvision", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("moodvision")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for tests only
    settings.WHITENOISE_AUTOREFRESH = True  # else each test client would list all static files anew
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skip fails: it would hide a gap."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome, report.longrepr = "failed", f"with CI=true nothing is skipped: {report.longrepr}"
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """By xdist, before it starts a worker: they share what migrating once has made."""
    stash = node.config.stash
    if TEMPLATE not in stash:
        made = stash.setdefault(MADE, ExitStack())
        made.enter_context(stash[blocking_manager_key].unblock())
        stash[TEMPLATE] = made.enter_context(template.migrated())
    node.workerinput["template"] = stash[TEMPLATE]


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.get(MADE, ExitStack()).close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files stay whole, as with `--dist loadfile`; those that meet one site in a browser stay together."""
    from xdist.scheduler import LoadFileScheduling  # the tests run without xdist too

    class ByFileAndSite(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            shares_site = file.startswith("tests/browser/") and file != EVERY_PAGE
            return "tests/browser" if shares_site else file

    return ByFileAndSite(config, log)


@pytest.fixture(scope="session")
def template_database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """Copied from that of the process that started this worker; its own where none did."""
    made = getattr(request.config, "workerinput", {}).get("template")
    with django_db_blocker.unblock(), template.migrated(made) as name:
        yield name


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """pytest-django's hook: tests meet a copy of the template, by the runtime login."""
    with django_db_blocker.unblock(), scratch.copy_of(template_database):  # type: ignore[attr-defined]
        yield


@pytest.fixture
def committing(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """A database of this test's own, where transactions commit and other processes see them; its name."""
    with django_db_blocker.unblock(), scratch.copy_of(template_database) as name:  # type: ignore[attr-defined]
        yield name
        for connection in connections.all():
            connection.close()


@pytest.fixture(autouse=True)
def _no_keys_of_other_tests() -> None:
    keys.forget()


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests() -> None:
    """Each test counts attempts under keys of its own: Redis is shared by all of them."""
    cache.key_prefix = f"test-{uuid.uuid4().hex}"


@pytest.fixture
def clinic_a(db: None) -> Clinic:
    return make_clinic("north")


@pytest.fixture
def clinic_b(db: None) -> Clinic:
    return make_clinic("south")


@pytest.fixture
def alice(clinic_a: Clinic) -> Membership:
    """Clinician of A."""
    return make_member(clinic_a, "clinician", "Alice Adler")


@pytest.fixture
def bob(clinic_a: Clinic) -> Membership:
    """Reads only, in A."""
    return make_member(clinic_a, "observer", "Bob Brandt")


@pytest.fixture
def ada(clinic_a: Clinic) -> Membership:
    """Administrator of A."""
    return make_member(clinic_a, "administrator", "Ada Ahrens")


@pytest.fixture
def mallory(clinic_b: Clinic) -> Membership:
    """Clinician of B."""
    return make_member(clinic_b, "clinician", "Mallory Mohn")


@pytest.fixture
def eve(clinic_a: Clinic) -> Membership:
    """Manager of an employer's programme, in A."""
    return make_member(clinic_a, "programme_manager", "Eve Ernst")


@pytest.fixture
def audrey(clinic_a: Clinic) -> Membership:
    """Auditor of A."""
    return make_member(clinic_a, "auditor", "Audrey Auer")


@pytest.fixture
def pat(clinic_a: Clinic) -> Patient:
    """Patient of A, with consent to facial analysis."""
    return make_patient(clinic_a, "Pat Petersen")


@pytest.fixture
def in_a(clinic_a: Clinic) -> Iterator[Clinic]:
    """The test itself stands in clinic A."""
    with tenancy.enter(clinic_a.pk):
        yield clinic_a


def signed_in(person: Membership | Patient) -> Client:
    """A browser in which this person is signed in, members with their second factor."""
    assert person.user is not None
    return signed_in_browser(person.user)
