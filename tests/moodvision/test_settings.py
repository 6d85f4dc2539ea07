"""A start that lacks something stops with one clear line; processes of their own, as an operator meets it."""

import base64
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

PRODUCTION = {
    "MOODVISION_ENVIRONMENT": "production",
    "SECRET_KEY": "a" * 60,
    "FIELD_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "ACCESS_LOG_SIGNING_KEY": base64.b64encode(os.urandom(32)).decode(),
    "SITE_ORIGINS": "https://clinic.example",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.clinic.example",
}


def start(**environment: str | None) -> "subprocess.CompletedProcess[str]":
    changed = {**os.environ, **PRODUCTION, **environment}
    command = [sys.executable, "-c", "from moodvision import settings; print(settings.ALLOWED_HOSTS)"]
    return subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env={name: value for name, value in changed.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_all_it_needs() -> None:
    assert start().stdout.strip() == "['clinic.example']"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY (or SECRET_KEY_FILE)"),
        ({"FIELD_ENCRYPTION_KEY": None}, "Set FIELD_ENCRYPTION_KEY"),
        ({"ACCESS_LOG_SIGNING_KEY": None}, "Set ACCESS_LOG_SIGNING_KEY"),
        ({"EMAIL_BACKEND": None}, "Set EMAIL_BACKEND"),
        ({"EMAIL_HOST": None}, "Set EMAIL_HOST"),
        ({"SITE_ORIGINS": "http://clinic.example"}, "must be https"),
        ({"MOODVISION_ENVIRONMENT": "prod"}, "must be development or production"),
        ({"SWEEP_SECONDS": "often"}, "SWEEP_SECONDS must be a whole number"),
    ],
)
def test_what_is_missing_or_wrong_is_named(environment: dict[str, str | None], said: str) -> None:
    ended = start(**environment)
    assert ended.returncode != 0
    assert said in ended.stderr.strip().splitlines()[-1]
