"""Signing in as people do: through the pages, with a password and six digits."""

import re
import time
from typing import Any
from unittest import mock

from allauth.mfa import app_settings
from django.core import mail
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


def confirm_address(browser: Client) -> Any:
    """Opens the link of the newest mail."""
    found = re.search(r"http://testserver(/accounts/confirm-email/\S+/)", str(mail.outbox[-1].body))
    assert found
    return browser.post(found[1])


def join_with_new_account(browser: Client, link: str, account: dict[str, str]) -> Any:
    """The whole way: account, mail, sign-in, back to the link, in."""
    browser.post(link, account)
    sign_in_page = confirm_address(browser)["Location"]
    back = browser.post(sign_in_page, {"login": account["email"], "password": account["password"]})
    assert back["Location"] == link
    return browser.post(link, {"use_account": "1"})


def later(seconds: float) -> Any:
    """The clock of this process, moved on."""
    return mock.patch("time.time", return_value=time.time() + seconds)


PERIOD = app_settings.TOTP_PERIOD
