"""A whole MoodVision for the browser: web and worker as processes, on a database with the demo's cast."""

import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from unittest import mock

from django.conf import global_settings
from django.test import override_settings

from clinics import services as clinic_services
from clinics import tenancy, watchdog
from clinics.models import Clinic, Membership, User
from moodvision import scratch, serving
from moodvision.demo import cast
from moodvision.scratch_browser import signed_in_browser
from patients import services as patient_services
from patients.models import Patient

REAL_SIGN_IN = "pat@north.example"
"""Whose password is stored as in production; the others come with a session."""
LONG_HISTORY = "hugo@north.example"
"""A patient with an account and three months of check-ins, who has recovered."""


class Blocker(Protocol):
    """pytest-django's, which keeps tests away from databases they did not ask for."""

    def unblock(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class Site:
    address: str
    database: str
    weights: Path
    blocker: Blocker

    @contextmanager
    def inside(self, slug: str = "north") -> Iterator[Clinic]:
        """This process on the site's database, in one of its clinics."""
        # Playwright's loop runs in this thread while a browser is open, but nothing here is called by it.
        unsafe = mock.patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"})
        with (
            unsafe,
            self.blocker.unblock(),
            scratch.pointed_at(self.database, "default", "owner"),
            override_settings(WEIGHTS_DIR=self.weights),
        ):
            clinic = Clinic.objects.get(slug=slug)
            with tenancy.enter(clinic.pk):
                yield clinic

    def beat(self) -> None:
        """As if timers were judged and messages sent: without it each clinical page says that neither is."""
        with self.inside():
            watchdog.beat(watchdog.DUTY)
            watchdog.beat(watchdog.MESSAGES)

    def session_of(self, email: str) -> str:
        """The cookie of somebody who signed in."""
        with self.inside():
            browser = signed_in_browser(User.objects.get(email=email))
            return browser.cookies["sessionid"].value

    def member(self, email: str) -> Membership:
        return Membership.objects.get(user__email=email)


@contextmanager
def running(template: str, weights: Path, blocker: Blocker) -> Iterator[Site]:
    name = scratch.create("browser", template=template)
    try:
        with blocker.unblock(), scratch.pointed_at(name, "default", "owner"):
            with override_settings(WEIGHTS_DIR=weights):
                cast.make(with_history=True)
            databases = scratch.database_environment()
        port = _free_port()
        site = Site(f"http://127.0.0.1:{port}", name, weights, blocker)
        _prepare_accounts(site)
        environment = {
            **databases,
            "SITE_ORIGINS": site.address,
            "REDIS_PREFIX": name,
            "WEIGHTS_DIR": str(weights),
            "LOG_LEVEL": "WARNING",
            "VAPID_PRIVATE_KEY": "kqzJyFjGvVVuv-oLJ5Gu6M6LLO54-mtqMcXJHY0jJ2s",
            "VAPID_CONTACT": "mailto:operator@example.org",
            "CHAT_WEBHOOK_SECRET": "of the browser tests alone",
        }
        children = [serving.web("127.0.0.1", port, environment), serving.worker(environment)]
        with serving.running(children):
            serving.wait_until_ready(site.address, children)
            yield site
    finally:
        scratch.drop(name)


def _prepare_accounts(site: Site) -> None:
    with site.inside():
        # Tests hash fast, and a server of the real settings does not know that way.
        with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
            user = User.objects.get(email=REAL_SIGN_IN)
            user.set_password(cast.PASSWORD)
            user.save(update_fields=["password"])
        recovered = next(row for row in Patient.objects.all() if row.name == "Hugo Hahn")
        account = clinic_services.create_account(email=LONG_HISTORY, password=cast.PASSWORD)
        patient_services.link_user(patient=recovered, user=account, by=cast.DEMO)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
