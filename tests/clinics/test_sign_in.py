"""Signing in and out: nothing tells who has an account, guessing is slowed, and out means out."""

import logging
import re
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from clinics import second_factor, sign_in
from clinics.models import Membership, User
from patients.models import Patient
from tests.clinics.factories import PASSWORD, TOTP_SECRET, make_user
from tests.clinics.sign_in_pages import LOGIN, give_code, give_password, later
from tests.clinics.sign_in_pages import sign_in as sign_in_as
from tests.conftest import signed_in

RESET = "/accounts/password/reset/"
NOBODY = "nobody@north.example"
WRONG = "not the right sentence"


@pytest.fixture
def unverified(db: None) -> User:
    user = make_user("unverified@north.example")
    EmailAddress.objects.filter(user=user).update(verified=False)
    return user


@pytest.fixture
def switched_off(db: None) -> User:
    user = make_user("off@north.example")
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


@pytest.fixture
def without_password(db: None) -> User:
    user = make_user("none@north.example")
    user.set_unusable_password()
    user.save()
    return user


def words_of(page: Any, *typed: str) -> str:
    """The page without its token and without what was typed into it."""
    text = re.sub(r'("x-csrftoken": "|csrfmiddlewaretoken" value=")[^"]*"', "", page.text)
    for word in typed:
        text = text.replace(word, "")
    return text


def hashes_of(email: str, password: str) -> int:
    """How many passwords are hashed while somebody tries to sign in."""
    encode = MD5PasswordHasher.encode
    with mock.patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=encode) as hashed:
        give_password(Client(), email, password)
    return int(hashed.call_count)


def test_every_way_to_fail_or_pass_hashes_one_password(
    alice: Membership, pat: Patient, unverified: User, switched_off: User, without_password: User
) -> None:
    assert pat.user is not None
    counted = {
        "unknown": hashes_of(NOBODY, WRONG),
        "no address at all": hashes_of("x" * 200 + "@north.example", WRONG),
        "wrong password": hashes_of(alice.user.email, WRONG),
        "right, second factor next": hashes_of(alice.user.email, PASSWORD),
        "right, no second factor": hashes_of(pat.user.email, PASSWORD),
        "address to confirm, wrong": hashes_of(unverified.email, WRONG),
        "address to confirm, right": hashes_of(unverified.email, PASSWORD),
        "switched off, wrong": hashes_of(switched_off.email, WRONG),
        "switched off, right": hashes_of(switched_off.email, PASSWORD),
        "no usable password": hashes_of(without_password.email, WRONG),
    }
    assert counted == dict.fromkeys(counted, 1)


def test_an_address_with_and_without_an_account_reads_the_same(
    alice: Membership, unverified: User, switched_off: User
) -> None:
    addresses = [NOBODY, alice.user.email, unverified.email, switched_off.email]
    answers = {words_of(give_password(Client(), address, WRONG), address) for address in addresses}
    assert len(answers) == 1


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(alice: Membership) -> None:
    known = Client().post(RESET, {"email": alice.user.email})
    unknown = Client().post(RESET, {"email": NOBODY})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [[alice.user.email], [NOBODY]]  # as long a wait


def test_guessing_one_account_is_slowed_from_any_address(alice: Membership) -> None:
    for number in range(5):
        attempt = {"login": alice.user.email, "password": WRONG}
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(LOGIN, attempt)
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    refused = give_password(elsewhere, alice.user.email)
    assert refused.status_code == 200
    assert "Too many failed" in refused.text
    with later(301):
        assert give_password(elsewhere, alice.user.email).status_code == 302


def test_an_unknown_account_is_slowed_alike(alice: Membership) -> None:
    for address in (alice.user.email, NOBODY):
        for number in range(5):
            attempt = {"login": address, "password": WRONG}
            Client(REMOTE_ADDR=f"192.0.2.{number}").post(LOGIN, attempt)
    answers = {
        words_of(give_password(Client(REMOTE_ADDR="198.51.100.7"), address, WRONG), address)
        for address in (alice.user.email, NOBODY)
    }
    assert len(answers) == 1


def test_guessing_many_accounts_from_one_address_is_slowed(alice: Membership) -> None:
    browser = Client(REMOTE_ADDR="192.0.2.1")
    for number in range(10):
        give_password(browser, f"guess{number}@north.example", WRONG)
    assert "Too many failed" in give_password(browser, alice.user.email).text
    assert give_password(Client(REMOTE_ADDR="192.0.2.2"), alice.user.email).status_code == 302


def test_guessing_codes_is_slowed(alice: Membership) -> None:
    browser = Client()
    give_password(browser, alice.user.email)
    right = second_factor.code_of(TOTP_SECRET)
    for number in range(5):
        give_code(browser, f"{(int(right) + 1 + number) % 1_000_000:06}")
    assert give_code(browser, right).status_code == 200
    assert browser.get("/c/north/").status_code == 302


def test_without_redis_people_still_sign_in_and_the_log_says_so(
    alice: Membership, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/no-redis"}
    settings.CACHES = {"default": nowhere}
    assert "no-redis" in str(caches.settings["default"]["LOCATION"])
    with caplog.at_level(logging.WARNING, "moodvision.cache"):
        browser = sign_in_as(alice.user.email)
    assert browser.get("/c/north/").status_code == 200
    assert "rate limits are not applied" in caplog.text
    thief = Client()
    give_password(thief, alice.user.email)
    assert give_code(thief).status_code == 200  # a replay is refused even so


@pytest.mark.parametrize("password", ["short", "password12345", "9876543210987", "abababababab"])
def test_weak_passwords_are_refused(pat: Patient, password: str) -> None:
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = signed_in(pat).post("/accounts/password/change/", fields)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_after_signing_out_a_copied_cookie_opens_nothing(alice: Membership) -> None:
    browser, thief = sign_in_as(alice.user.email), Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert thief.get("/c/north/").status_code == 200
    browser.post("/accounts/logout/")
    assert thief.get("/c/north/")["Location"].startswith(LOGIN)


def test_a_session_ends_after_twelve_hours_however_busy(alice: Membership) -> None:
    browser = sign_in_as(alice.user.email)
    session = browser.session
    session[sign_in.SEEN_AT] += sign_in.LONGEST_SECONDS
    session.save()
    with later(sign_in.LONGEST_SECONDS - 60):
        assert browser.get("/c/north/").status_code == 200
    with later(sign_in.LONGEST_SECONDS + 1):
        assert browser.get("/c/north/")["Location"].startswith(LOGIN)
    assert browser.get("/c/north/")["Location"].startswith(LOGIN)


def test_people_see_where_they_are_signed_in_and_end_the_others(alice: Membership) -> None:
    here = sign_in_as(alice.user.email)
    lost = Client(HTTP_USER_AGENT="Lost phone", REMOTE_ADDR="192.0.2.9")
    with later(30):
        give_password(lost, alice.user.email)
        give_code(lost)
    assert "Lost phone" in here.get("/accounts/sessions/").text
    assert "192.0.2.9" in here.get("/accounts/sessions/").text
    here.post("/accounts/sessions/")
    assert lost.get("/c/north/")["Location"].startswith(LOGIN)
    assert here.get("/c/north/").status_code == 200
    assert UserSession.objects.filter(user=alice.user).count() == 1
