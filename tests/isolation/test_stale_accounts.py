"""In a session left open nobody changes the account: its addresses, its password, its factors."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from clinics.models import Membership, User
from patients.models import Patient
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in
from tests.isolation.test_stale_sessions import LEFT_OPEN, is_asked_again

MEMBER, PATIENT = "alice@north.example", "pat@patients.north.example"


@dataclass(frozen=True)
class Door:
    """A page below /accounts/, and what is sent to it."""

    path: str
    who: str = "pat"
    body: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who}: {self.path} {' '.join(self.body)}"


DOORS = (
    Door("email/", body={"action_add": "1", "email": "thief@new.example"}),
    Door("email/", body={"action_primary": "1", "email": PATIENT}),
    Door("email/", body={"action_remove": "1", "email": PATIENT}),
    Door("email/", "alice", {"action_primary": "1", "email": MEMBER}),
    Door("email/", "alice", {"action_remove": "1", "email": MEMBER}),
    Door("2fa/totp/activate/", body={"code": "000000"}),
    Door("2fa/totp/deactivate/", "alice"),
    Door("2fa/recovery-codes/generate/", "alice"),
    Door("2fa/recovery-codes/download/", "alice"),
    Door("2fa/webauthn/add/", body={"name": "Thief"}),
    Door("2fa/webauthn/add/", "alice", {"name": "Thief"}),
    Door("2fa/webauthn/keys/1/remove/", "alice"),
    Door("2fa/webauthn/keys/1/edit/", "alice", {"name": "Thief"}),
)


def test_a_session_left_open_is_asked_again_and_changes_nothing(alice: Membership, pat: Patient) -> None:
    assert pat.user is not None
    browsers = {"alice": signed_in(alice), "pat": signed_in(pat)}
    before = [account_of(alice.user), account_of(pat.user)]
    with later(LEFT_OPEN):
        answers = {str(door): browsers[door.who].post(f"/accounts/{door.path}", door.body) for door in DOORS}
    assert [door for door, answer in answers.items() if not is_asked_again(answer)] == []
    assert [account_of(alice.user), account_of(pat.user)] == before


@pytest.mark.parametrize("is_late", [False, True])
def test_a_new_password_always_needs_the_old_one(alice: Membership, is_late: bool) -> None:
    browser, before = signed_in(alice), account_of(alice.user)
    wanted = {"oldpassword": "guessed by a thief", "password1": "another quite long sentence"}
    with later(LEFT_OPEN if is_late else 0):
        assert browser.post("/accounts/password/change/", wanted).status_code == 200
    assert account_of(alice.user) == before


def account_of(user: User) -> tuple[Any, ...]:
    user.refresh_from_db()
    factors = Authenticator.objects.filter(user=user).order_by("pk").values_list("type", "data")
    addresses = EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")
    return user.password, user.email, list(factors), list(addresses)
