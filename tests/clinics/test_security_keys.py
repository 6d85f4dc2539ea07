"""A security key as second factor: its answer opens the door once, and its counter only goes on."""

import json
from typing import Any

import pytest
from django.test import Client

from clinics import services, tenancy
from clinics.access_log import System
from clinics.models import Membership, PlatformLogEntry, Role
from tests.clinics.factories import PASSWORD, make_clinic, make_user
from tests.clinics.sign_in_pages import CODE, give_password, sign_in
from tests.clinics.software_key import SoftwareKey, challenge_in

REAUTHENTICATE = "/accounts/reauthenticate/"
ADD_KEY, KEY_AGAIN = "/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/reauthenticate/"

pytestmark = pytest.mark.commits


@pytest.fixture
def nora(committing: str) -> Membership:
    clinic, user = make_clinic("north"), make_user("nora@north.example")
    with tenancy.enter(clinic.pk):
        return services.add_member(
            clinic=clinic, user=user, role=Role.CLINICIAN, name="Nora Neu", by=System("test")
        )


def enrol(nora: Membership, key: SoftwareKey) -> Client:
    browser = sign_in(nora.user.email, has_code=False)
    browser.post(REAUTHENTICATE, {"password": PASSWORD})
    credential = key.register(challenge_in(browser.get(ADD_KEY), "creation_options"))
    added = browser.post(ADD_KEY, {"name": "Blue key", "credential": json.dumps(credential)})
    assert added.status_code == 302
    return browser


def half_signed_in(nora: Membership) -> Client:
    browser = Client()
    assert give_password(browser, nora.user.email)["Location"] == CODE
    return browser


def challenge(browser: Client, address: str = CODE) -> str:
    return challenge_in(browser.get(address), "request_options")


def give(browser: Client, answer: dict[str, Any], address: str = CODE) -> Any:
    return browser.post(address, {"credential": json.dumps(answer)})


def is_in(browser: Client) -> bool:
    return browser.get("/c/north/").status_code == 200


def test_a_new_member_adds_a_security_key_and_signs_in_with_it(nora: Membership) -> None:
    key = SoftwareKey()
    assert is_in(enrol(nora, key))
    again = half_signed_in(nora)
    assert not is_in(again)
    answer = key.sign(challenge(again))
    thief = half_signed_in(nora)
    challenge(thief)
    assert give(thief, answer).status_code == 200  # another's challenge
    assert give(again, answer).status_code == 302
    assert is_in(again)
    assert not is_in(thief)


def test_an_answer_works_once(nora: Membership) -> None:
    """Neither in another visit nor in the very session that asked for it, as it was before the answer."""
    key = SoftwareKey()
    enrol(nora, key)
    browser = half_signed_in(nora)
    answer = key.sign(challenge(browser))
    before = dict(browser.session)
    assert give(browser, answer).status_code == 302
    thief = half_signed_in(nora)
    assert give(thief, answer).status_code == 200
    session = thief.session
    session["mfa.webauthn.state"] = before["mfa.webauthn.state"]
    session.save()
    assert give(thief, answer).status_code == 200  # the challenge is the right one: the counter tells
    assert not is_in(thief)


def test_a_counter_that_goes_back_is_refused_and_logged(nora: Membership) -> None:
    key = SoftwareKey()
    enrol(nora, key)
    copy = SoftwareKey(key.secret, key.credential_id, count=key.count)
    for _visit in range(2):
        browser = half_signed_in(nora)
        assert give(browser, key.sign(challenge(browser))).status_code == 302
    thief = half_signed_in(nora)
    assert give(thief, copy.sign(challenge(thief))).status_code == 200
    assert not is_in(thief)
    refused = PlatformLogEntry.objects.get(action="sign_in.second_step_failed")
    assert refused.actor == f"stranger:{nora.user_id}"
    rightful = half_signed_in(nora)
    assert give(rightful, key.sign(challenge(rightful))).status_code == 302


def test_a_copy_that_lags_behind_confirms_nothing(nora: Membership) -> None:
    """Asking again who it is looks at the counter too."""
    key = SoftwareKey(count=5)
    browser = enrol(nora, key)
    copy = SoftwareKey(key.secret, key.credential_id, count=3)
    give(browser, copy.sign(challenge(browser, KEY_AGAIN)), KEY_AGAIN)
    methods = [record["method"] for record in browser.session["account_authentication_methods"]]
    assert "mfa" not in methods
    give(browser, key.sign(challenge(browser, KEY_AGAIN)), KEY_AGAIN)
    methods = [record["method"] for record in browser.session["account_authentication_methods"]]
    assert "mfa" in methods


def test_a_key_that_never_counts_goes_on_working(nora: Membership) -> None:
    key = SoftwareKey(step=0)
    enrol(nora, key)
    for _visit in range(2):
        browser = half_signed_in(nora)
        assert give(browser, key.sign(challenge(browser))).status_code == 302
        assert is_in(browser)


def test_a_key_that_once_counted_must_go_on(nora: Membership) -> None:
    key = SoftwareKey()
    enrol(nora, key)
    browser = half_signed_in(nora)
    give(browser, key.sign(challenge(browser)))
    key.count, key.step = 0, 0
    thief = half_signed_in(nora)
    assert give(thief, key.sign(challenge(thief))).status_code == 200
    assert not is_in(thief)
