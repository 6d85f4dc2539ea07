"""Every page of allauth wears our clothes: our layout and forms, no script or style inside the page."""

import re

from django.test import Client

from clinics.models import Membership
from patients.models import Patient
from tests.clinics.sign_in_pages import give_password
from tests.conftest import signed_in

RUNNING_SCRIPT = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))")
OPEN_PAGES = ("login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/", "inactive/")
OWN_PAGES = (
    "logout/", "email/", "password/change/", "reauthenticate/", "sessions/", "2fa/", "2fa/reauthenticate/",
    "2fa/totp/deactivate/", "2fa/recovery-codes/generate/", "2fa/webauthn/", "2fa/webauthn/add/",
)  # fmt: skip


def assert_is_ours(browser: Client, page: str) -> None:
    answer = browser.get(f"/accounts/{page}", follow=True)
    assert answer.status_code == 200, page
    assert 'class="entrance__card"' in answer.text, page
    assert "css/tokens.css" in answer.text, page
    assert not RUNNING_SCRIPT.search(answer.text), page
    assert "<style" not in answer.text, page
    assert 'style="' not in answer.text, page


def test_the_pages_before_sign_in_are_ours(alice: Membership) -> None:
    for page in OPEN_PAGES:
        assert_is_ours(Client(), page)
    browser = Client()
    give_password(browser, alice.user.email)
    assert_is_ours(browser, "2fa/authenticate/")


def test_the_pages_of_an_account_are_ours(alice: Membership, pat: Patient) -> None:
    for page in OWN_PAGES:
        browser = signed_in(alice)
        browser.post("/accounts/reauthenticate/", {"password": "correct horse battery staple"})
        assert_is_ours(browser, page)
    browser = signed_in(pat)
    browser.post("/accounts/reauthenticate/", {"password": "correct horse battery staple"})
    assert_is_ours(browser, "2fa/totp/activate/")
