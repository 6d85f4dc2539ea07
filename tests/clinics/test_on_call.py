"""On call: two second factors, and a colleague who can stand in for both, once, in the open."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_encode

from clinics import on_call, second_factor, services, sign_in, sudo, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership, OnCallUnlock
from patients import services as patient_services
from tests.clinics.factories import TOTP_SECRET, make_member
from tests.clinics.sign_in_pages import give_code, give_password, later
from tests.clinics.software_key import SoftwareKey
from tests.conftest import signed_in

PAGE = "/c/north/on-call/"


def add_key(member: Membership) -> Authenticator:
    """A second factor beside the app, as allauth stores a security key."""
    credential = SoftwareKey().register(websafe_encode(b"c" * 32))
    data = {"name": "Key", "credential": credential, "passwordless": False}
    return Authenticator.objects.create(user=member.user, type=Authenticator.Type.WEBAUTHN, data=data)


@pytest.fixture
def nils(alice: Membership, ada: Membership) -> Membership:
    """A clinician of A who is on call."""
    member = make_member(alice.clinic, "clinician", "Nils Nacht")
    add_key(member)
    with tenancy.enter(alice.clinic_id):
        on_call.set_on_call(member=member, is_on_call=True, by=ada)
    return member


def unlock(browser: Client, member: Membership) -> Any:
    return browser.post(PAGE, {"member": str(member.pk)})


def give_factor_again(browser: Client) -> None:
    code = second_factor.code_of(TOTP_SECRET)
    browser.post("/accounts/2fa/reauthenticate/", {"code": code, "next": "/"})


def code_in(page: Any) -> str:
    found = re.search(r"<strong data-code>(\d{8})</strong>", page.text)
    assert found
    return found[1]


def actions(member: Membership) -> list[str]:
    with tenancy.enter(member.clinic_id):
        rows = AccessLogEntry.objects.filter(action__startswith="on_call.").order_by("number")
        return list(rows.values_list("action", flat=True))


def test_only_who_has_two_factors_goes_on_call(alice: Membership, ada: Membership) -> None:
    url, hers = f"/c/north/settings/members/{alice.pk}/on-call/", signed_in(ada)
    assert "needs two second steps" in hers.post(url, {"is_on_call": "1"}, follow=True).text
    add_key(alice)
    assert "Take off call" in hers.post(url, {"is_on_call": "1"}, follow=True).text
    with tenancy.enter(alice.clinic_id):
        assert Membership.objects.get(pk=alice.pk).is_on_call


def test_an_observer_is_never_on_call(bob: Membership, ada: Membership) -> None:
    add_key(bob)
    with tenancy.enter(ada.clinic_id), pytest.raises(DomainError, match="not_a_clinician"):
        on_call.set_on_call(member=bob, is_on_call=True, by=ada)


def test_on_call_nobody_drops_below_two_factors(nils: Membership, alice: Membership) -> None:
    theirs = Authenticator.objects.filter(user=nils.user)
    for factor in theirs.filter(type__in=("totp", "webauthn")):
        assert not get_adapter().can_delete_authenticator(factor)
    app = Authenticator.objects.get(user=alice.user, type="totp")
    assert get_adapter().can_delete_authenticator(app)
    add_key(nils)
    assert get_adapter().can_delete_authenticator(theirs.filter(type="totp").get())


def test_a_colleagues_code_replaces_the_second_step_once(nils: Membership, alice: Membership) -> None:
    code = code_in(unlock(signed_in(alice), nils))
    browser, thief = Client(), Client()
    give_password(browser, nils.user.email)
    assert give_code(browser, code).status_code == 302
    assert browser.get("/c/north/").status_code == 200
    give_password(thief, nils.user.email)
    assert give_code(thief, code).status_code == 200
    assert thief.get("/c/north/").status_code == 302
    assert actions(nils) == ["on_call.unlock_given", "on_call.unlocked"]
    assert [message.to for message in mail.outbox] == [[nils.user.email]]
    assert code not in mail.outbox[0].body


def test_the_code_alone_or_for_somebody_else_opens_nothing(nils: Membership, alice: Membership) -> None:
    code = code_in(unlock(signed_in(alice), nils))
    without_password, somebody_else = Client(), Client()
    assert give_code(without_password, code)["Location"].startswith("/accounts/login/")
    give_password(somebody_else, alice.user.email)
    assert give_code(somebody_else, code).status_code == 200
    assert somebody_else.get("/c/north/").status_code == 302


@pytest.fixture
def nils_elsewhere(nils: Membership, clinic_b: Clinic) -> Membership:
    """The same person, a clinician of B too."""
    with tenancy.enter(clinic_b.pk):
        return services.add_member(
            clinic=clinic_b, user=nils.user, role="clinician", name="Nils Nacht", by=System("test")
        )


def let_in(nils: Membership, colleague: Membership) -> Client:
    browser = Client()
    give_password(browser, nils.user.email)
    give_code(browser, code_in(unlock(signed_in(colleague), nils)))
    return browser


def test_the_word_of_one_clinic_is_no_second_factor_in_another(
    nils: Membership, nils_elsewhere: Membership, alice: Membership
) -> None:
    browser = let_in(nils, alice)
    assert browser.get("/c/north/").status_code == 200
    assert browser.get("/c/south/")["Location"].startswith("/second-factor/?next=%2Fc%2Fsouth%2F")
    give_factor_again(browser)
    assert browser.get("/c/south/").status_code == 200


def test_on_a_colleagues_word_nobody_changes_their_account(nils: Membership, alice: Membership) -> None:
    """Else one could add a factor with it, which would open everything."""
    browser = let_in(nils, alice)
    for page in ("/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
        assert browser.get(page)["Location"].startswith("/second-factor/")
    assert browser.post("/accounts/email/", {"action_add": "", "email": "x@evil.example"}).status_code == 302
    assert not EmailAddress.objects.filter(email="x@evil.example").exists()
    give_factor_again(browser)
    assert browser.get("/accounts/2fa/").status_code == 200


def test_on_a_colleagues_word_no_own_record_of_another_clinic_opens(
    nils: Membership, alice: Membership, clinic_b: Clinic
) -> None:
    with tenancy.enter(clinic_b.pk):
        record = patient_services.admit_patient(clinic=clinic_b, name="Nils Nacht", by=System("test"))
        patient_services.link_user(patient=record, user=nils.user, by=record)
    assert let_in(nils, alice).get("/c/south/me/check-in/")["Location"].startswith("/second-factor/")


def test_a_session_let_in_by_a_colleague_locks_like_any_other(nils: Membership, alice: Membership) -> None:
    browser = let_in(nils, alice)
    with later(sign_in.IDLE_SECONDS + 1):
        assert browser.get("/c/north/")["Location"].startswith("/locked/")


def test_an_old_code_and_one_replaced_open_nothing(nils: Membership, alice: Membership) -> None:
    hers = signed_in(alice)
    first, second = code_in(unlock(hers, nils)), code_in(unlock(hers, nils))
    with tenancy.enter(nils.clinic_id):
        newest = OnCallUnlock.objects.order_by("-created_at")[0]
        OnCallUnlock.objects.filter(pk=newest.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for code in (first, second):
        assert not on_call.spend_unlock(nils.user, code)


def test_nobody_unlocks_themselves(nils: Membership) -> None:
    assert unlock(signed_in(nils), nils).status_code == 400
    with tenancy.enter(nils.clinic_id), pytest.raises(IntegrityError), transaction.atomic():
        OnCallUnlock.objects.create(
            clinic_id=nils.clinic_id, member=nils, given_by=nils, code_hash="x", expires_at=timezone.now()
        )


def test_who_is_not_on_call_cannot_be_let_in(alice: Membership, bob: Membership) -> None:
    assert unlock(signed_in(alice), bob).status_code == 400


def test_only_clinicians_let_in_and_only_after_confirming(
    nils: Membership, alice: Membership, bob: Membership, mallory: Membership
) -> None:
    assert unlock(signed_in(bob), nils).status_code == 403
    assert unlock(signed_in(mallory), nils).status_code == 404
    hers = signed_in(alice)
    with later(sudo.FRESH_SECONDS + 1):
        assert unlock(hers, nils)["Location"].startswith("/accounts/reauthenticate/")
    assert actions(nils) == []


def test_on_a_colleagues_word_no_own_record_of_this_clinic_opens(
    nils: Membership, alice: Membership, clinic_a: Clinic
) -> None:
    with tenancy.enter(clinic_a.pk):
        record = patient_services.admit_patient(clinic=clinic_a, name="Nils Nacht", by=System("test"))
        patient_services.link_user(patient=record, user=nils.user, by=record)
    assert signed_in(nils).get("/c/north/me/data/").status_code == 200
    browser = let_in(nils, alice)
    assert browser.get("/c/north/").status_code == 200
    assert browser.get("/c/north/me/data/").status_code == 404
    assert browser.post("/api/c/north/check-ins/").status_code in {403, 404}
