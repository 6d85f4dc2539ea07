"""What opens the doors of a clinic changed: its access log says so, in each clinic of that person."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from clinics import second_factor, services, staff, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, Membership, PlatformLogEntry, User
from patients.models import Patient
from tests.clinics.factories import PASSWORD, make_clinic, make_member, make_user
from tests.clinics.sign_in_pages import give_code, give_password, sign_in
from tests.clinics.software_key import SoftwareKey, challenge_in
from tests.conftest import signed_in

NEW_PASSWORD = "another horse battery staple"


def changes(clinic: Clinic, *, actor: str = "") -> list[tuple[str, str]]:
    """What happened to accounts, and of which factor."""
    with tenancy.enter(clinic.pk):
        rows = AccessLogEntry.objects.filter(action__startswith="account.").order_by("number")
        found = rows.filter(actor=actor) if actor else rows
        return [(row.action, json.loads(row.canonical)["detail"].get("factor", "")) for row in found]


def confirm(browser: Client) -> None:
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


@pytest.mark.commits
def test_factors_and_recovery_codes_added_renewed_and_removed(committing: str) -> None:
    clinic = make_clinic("north")
    with tenancy.enter(clinic.pk):
        nora = services.add_member(
            clinic=clinic, user=make_user("nora@north.example"), role="clinician", name="N", by=System("test")
        )
    browser = sign_in(nora.user.email, has_code=False)
    confirm(browser)
    browser.get("/accounts/2fa/totp/activate/")
    code = second_factor.code_of(browser.session[SECRET_SESSION_KEY])
    browser.post("/accounts/2fa/totp/activate/", {"code": code})
    assert sorted(changes(clinic)) == [
        ("account.factor_added", "recovery_codes"),
        ("account.factor_added", "totp"),
    ]
    page = browser.get("/accounts/2fa/webauthn/add/")
    credential = SoftwareKey().register(challenge_in(page, "creation_options"))
    browser.post("/accounts/2fa/webauthn/add/", {"name": "My key", "credential": json.dumps(credential)})
    browser.post("/accounts/2fa/recovery-codes/generate/")
    key = Authenticator.objects.get(user=nora.user, type="webauthn")
    browser.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    browser.post("/accounts/2fa/totp/deactivate/")
    assert changes(clinic, actor=nora.actor_label)[2:] == [
        ("account.factor_added", "webauthn"),
        ("account.factor_renewed", "recovery_codes"),
        ("account.factor_removed", "webauthn"),
        ("account.factor_removed", "totp"),
        ("account.factor_removed", "recovery_codes"),
    ]
    with tenancy.enter(clinic.pk):
        assert not AccessLogEntry.objects.filter(canonical__contains="My key").exists()


def test_a_recovery_code_that_was_used_and_a_wrong_one(clinic_a: Clinic, alice: Membership) -> None:
    row = Authenticator.objects.get(user=alice.user, type=Authenticator.Type.RECOVERY_CODES)
    code = RecoveryCodes(row).get_unused_codes()[0]
    browser = Client()
    give_password(browser, alice.user.email)
    give_code(browser, "00000000")
    give_code(browser, code)
    assert changes(clinic_a, actor=alice.actor_label) == [("account.recovery_code_used", "")]
    failed = PlatformLogEntry.objects.get(action="sign_in.second_step_failed")
    assert (failed.actor, failed.outcome) == (f"stranger:{alice.user_id}", "denied")
    assert not PlatformLogEntry.objects.filter(canonical__contains=code).exists()


def test_a_password_changed_and_reset(clinic_a: Clinic, alice: Membership) -> None:
    browser = signed_in(alice)
    confirm(browser)
    new = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    reset = Client()
    reset.post("/accounts/password/reset/", {"email": alice.user.email})
    (link,) = re.findall(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    page = reset.get(link, follow=True)
    reset.post(page.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert changes(clinic_a) == [("account.password_changed", ""), ("account.password_reset", "")]


def test_an_address_added_confirmed_made_the_first_and_removed(clinic_a: Clinic, pat: Patient) -> None:
    assert pat.user is not None
    browser, old = signed_in(pat), pat.user.email
    confirm(browser)
    browser.post("/accounts/email/", {"action_add": "", "email": "new@people.example"})
    (link,) = re.findall(r"http://testserver(/accounts/confirm-email/\S+/)", str(mail.outbox[-1].body))
    browser.post(link)
    browser.post("/accounts/email/", {"action_primary": "", "email": "new@people.example"})
    browser.post("/accounts/email/", {"action_remove": "", "email": old})
    assert not EmailAddress.objects.filter(email=old).exists()
    assert [action for action, _ in changes(clinic_a, actor=pat.actor_label)] == [
        "account.address_added",
        "account.address_confirmed",
        "account.address_changed",
        "account.address_removed",
    ]
    with tenancy.enter(clinic_a.pk):
        assert not AccessLogEntry.objects.filter(canonical__contains="people.example").exists()


def test_every_clinic_of_the_person_is_told(clinic_a: Clinic, clinic_b: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_b.pk):
        services.add_member(
            clinic=clinic_b, user=alice.user, role="observer", name="Alice", by=System("test")
        )
    signed_in(alice).get("/c/north/")
    session_elsewhere = UserSession.objects.create(
        user=alice.user, session_key="k" * 32, ip="192.0.2.1", user_agent=""
    )
    browser = signed_in(alice)
    confirm(browser)
    browser.post("/accounts/sessions/")
    assert not UserSession.objects.filter(pk=session_elsewhere.pk).exists()
    assert changes(clinic_a) == changes(clinic_b) == [("account.sessions_ended", "")]


def test_who_has_no_clinic_is_on_the_platforms_chain(db: None) -> None:
    user: User = make_user("alone@people.example")
    browser = Client()
    browser.force_login(user)
    confirm(browser)
    new = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    entry = PlatformLogEntry.objects.get(action="account.password_changed")
    assert (entry.actor, entry.kind) == (f"stranger:{user.pk}", "sign_in")


@pytest.mark.commits
def test_sessions_an_administrator_ended_are_told_to_the_other_clinics_without_a_name(
    committing: str,
) -> None:
    north, south = make_clinic("north"), make_clinic("south")
    alice = make_member(north, "clinician", "Alice Adler")
    ada = make_member(north, "administrator", "Ada Ahrens")
    with tenancy.enter(south.pk):
        there = services.add_member(
            clinic=south, user=alice.user, role="observer", name="A", by=System("test")
        )
    sign_in(alice.user.email).get("/c/north/")
    with tenancy.enter(north.pk):
        assert staff.sign_out(member_id=alice.pk, by=ada) == 1
    assert changes(north) == []
    assert changes(south, actor="system:ended_by_another_clinic") == [("account.sessions_ended", "")]
    with tenancy.enter(south.pk):
        entry = AccessLogEntry.objects.get(action="account.sessions_ended")
        assert json.loads(entry.canonical)["objects"] == [str(there.pk)]
        assert str(ada.pk) not in entry.canonical
