"""A real process that sends, killed by the system while the mail server has the words and is silent."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from clinics import messages
from clinics.models import Membership
from moodvision import scratch
from tests.clinics.messages.acts import again, change, queue
from tests.clinics.messages.conftest import Started

ROOT = Path(__file__).resolve().parents[3]
SEND = "from clinics import messages; messages.send_due()"
PATIENCE_SECONDS = 120.0


def start_sender(port: int) -> "subprocess.Popen[bytes]":
    own = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "EMAIL_USE_TLS": "0",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", SEND],
        cwd=ROOT,
        env={**os.environ, **scratch.database_environment(), **own},
    )


def test_it_leaves_one_marked_double(clara: Membership, start_mail: Started) -> None:
    row = queue(clara)[0]
    with start_mail("--silent") as server:
        sender = start_sender(server.port)
        taken = len(server.wait_for(1, PATIENCE_SECONDS))
        sender.kill()
        sender.wait()
    assert (taken, again(row).state, again(row).sent_maybe_twice) == (1, "sending", False)
    change(row, lease_until=timezone.now() - timedelta(seconds=1))
    with start_mail() as server:
        assert messages.send_due() == 1
        assert len(server.mails) == 2
        assert len({sent["id"] for sent in server.mails}) == 1
    assert (again(row).state, again(row).sent_maybe_twice) == ("sent", True)
