"""Signing in as people do: through the pages, with a password and six digits."""

import time
from typing import Any
from unittest import mock

from allauth.mfa import app_settings
from django.test import Client

from clinics import second_factor
from tests.clinics.factories import PASSWORD, TOTP_SECRET

LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"


def give_password(browser: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post(LOGIN, {"login": email, "password": password, **more})


def give_code(browser: Client, code: str = "") -> Any:
    return browser.post(CODE, {"code": code or second_factor.code_of(TOTP_SECRET)})


def sign_in(email: str, *, has_code: bool = True) -> Client:
    browser = Client()
    assert give_password(browser, email).status_code == 302
    if has_code:
        assert give_code(browser).status_code == 302
    return browser


def later(seconds: float) -> Any:
    """The clock of this process, moved on."""
    return mock.patch("time.time", return_value=time.time() + seconds)


PERIOD = app_settings.TOTP_PERIOD
