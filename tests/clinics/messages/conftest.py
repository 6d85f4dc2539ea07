"""A clinic whose transactions commit, its members, and a real mail server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from clinics.models import Clinic, Membership
from moodvision.demo import mail_server
from moodvision.demo.mail_server import MailServer
from tests.clinics.factories import make_clinic, make_member
from tests.clinics.messages.hooks import Hooks, running, set_up_channels, write_certificate

Started = Callable[..., AbstractContextManager[MailServer]]


@pytest.fixture
def north(committing: str) -> Clinic:
    return make_clinic("north")


@pytest.fixture
def clara(north: Clinic) -> Membership:
    """A clinician of the clinic that commits."""
    return make_member(north, "clinician", "Clara Conrad")


@pytest.fixture
def start_mail(tmp_path: Path, settings: Settings) -> Started:
    """Starts the server in a way the test chooses, and points Django at it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", False, 2

    @contextmanager
    def start(*options: str) -> Iterator[MailServer]:
        with mail_server.running(tmp_path / "mails.jsonl", *options) as server:
            settings.EMAIL_PORT = server.port
            yield server

    return start


@pytest.fixture
def mail(start_mail: Started) -> Iterator[MailServer]:
    with start_mail() as server:
        yield server


@pytest.fixture
def hooks(tmp_path: Path, settings: Settings) -> Iterator[Hooks]:
    """A push service and a chat, with the keys and hosts of an operator who set both up."""
    certificate = tmp_path / "localhost.pem"
    write_certificate(certificate)
    settings.MESSAGE_CA_FILE, settings.MESSAGE_PRIVATE_HOSTS = str(certificate), ["localhost"]
    settings.PUSH_PRIVATE_HOSTS = ["localhost"]
    settings.MESSAGE_TIMEOUT_SECONDS = 2
    set_up_channels(settings, tmp_path / "sms")
    with running(certificate) as server:
        yield server
