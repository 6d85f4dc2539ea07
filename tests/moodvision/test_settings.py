"""A start that lacks something stops with one clear line; processes of their own, as an operator meets it."""

import base64
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

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


ALLOWED = "from moodvision import settings; print(settings.ALLOWED_HOSTS)"


def start(
    environment: Mapping[str, str | None] | None = None, *, code: str = ALLOWED
) -> "subprocess.CompletedProcess[str]":
    changed = {**os.environ, **PRODUCTION, **(environment or {})}
    command = [sys.executable, "-c", code]
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
    ended = start(environment)
    assert ended.returncode != 0
    assert said in ended.stderr.strip().splitlines()[-1]


HARDENED = {
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "DEBUG": False,
}


def test_production_is_hardened() -> None:
    names = sorted(HARDENED)
    code = f"from moodvision import settings; print([getattr(settings, name) for name in {names}])"
    assert start(code=code).stdout.strip() == str([HARDENED[name] for name in names])


def test_secrets_may_lie_in_files(tmp_path: Path) -> None:
    for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEY"):
        (tmp_path / name).write_text(f"{PRODUCTION[name]}\n")
    code = "from moodvision import settings; print(settings.SECRET_KEY, settings.FIELD_ENCRYPTION_KEY)"
    files = {f"{name}_FILE": str(tmp_path / name) for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEY")}
    ended = start({"SECRET_KEY": None, "FIELD_ENCRYPTION_KEY": None, **files}, code=code)
    assert ended.stdout.strip() == f"{PRODUCTION['SECRET_KEY']} ['{PRODUCTION['FIELD_ENCRYPTION_KEY']}']"
