"""A second factor, required for every role but patient, and good for one use."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.core.cache import cache
from django.db import connection
from django.test import Client

from clinics import second_factor, services, tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership, Role
from patients.models import Patient
from tests.clinics.factories import PASSWORD, TOTP_SECRET, make_clinic, make_user
from tests.clinics.sign_in_pages import PERIOD, give_code, give_password, later, sign_in
from tests.conftest import signed_in

REAUTHENTICATE = "/accounts/reauthenticate/"
ACTIVATE = "/accounts/2fa/totp/activate/"


def new_clinician(clinic: Clinic) -> Membership:
    """Who has no second factor yet."""
    user = make_user("nora@north.example")
    with tenancy.enter(clinic.pk):
        return services.add_member(
            clinic=clinic, user=user, role=Role.CLINICIAN, name="Nora Neu", by=System("test")
        )


@pytest.fixture
def nora(clinic_a: Clinic) -> Membership:
    return new_clinician(clinic_a)


def test_a_member_signs_in_with_password_and_code(alice: Membership) -> None:
    browser = Client()
    assert give_password(browser, alice.user.email)["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/c/north/")["Location"].startswith("/accounts/login/")
    assert give_code(browser).status_code == 302
    assert browser.get("/c/north/").status_code == 200


def test_a_wrong_code_opens_nothing(alice: Membership) -> None:
    browser = Client()
    give_password(browser, alice.user.email)
    wrong = f"{(int(second_factor.code_of(TOTP_SECRET)) + 1) % 1_000_000:06}"
    assert give_code(browser, wrong).status_code == 200
    assert browser.get("/c/north/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("keeps_cache", [True, False])
def test_a_code_works_once_whatever_the_cache_forgets(alice: Membership, keeps_cache: bool) -> None:
    sign_in(alice.user.email)
    if not keeps_cache:
        cache.clear()
    thief = Client()
    give_password(thief, alice.user.email)
    assert give_code(thief).status_code == 200
    assert thief.get("/c/north/").status_code == 302


def test_an_older_code_is_refused_after_a_newer_one(alice: Membership) -> None:
    old = second_factor.code_of(TOTP_SECRET)
    with later(PERIOD):
        sign_in(alice.user.email)
        thief = Client()
        give_password(thief, alice.user.email)
        assert give_code(thief, old).status_code == 200  # still within the tolerance of a slow clock
        assert thief.get("/c/north/").status_code == 302


def test_a_recovery_code_works_once(alice: Membership) -> None:
    row = Authenticator.objects.get(user=alice.user, type=Authenticator.Type.RECOVERY_CODES)
    code = RecoveryCodes(row).get_unused_codes()[0]
    browser, thief = Client(), Client()
    for person in (browser, thief):
        give_password(person, alice.user.email)
        give_code(person, code)
    assert browser.get("/c/north/").status_code == 200
    assert thief.get("/c/north/").status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_without_a_second_factor_no_role_reaches_its_clinic(clinic_a: Clinic, role: str) -> None:
    user = make_user("late@north.example")
    with tenancy.enter(clinic_a.pk):
        services.add_member(clinic=clinic_a, user=user, role=role, name="Late", by=System("test"))
    browser = sign_in(user.email, has_code=False)
    for path in ("/c/north/", "/c/north/settings/matrix/", "/c/north/patients/new/"):
        assert browser.get(path)["Location"].startswith("/second-factor/?next=%2Fc%2Fnorth%2F")
    answer = browser.post("/api/c/north/check-ins/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    part = browser.get("/c/north/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"], part.content) == (204, "/second-factor/", b"")


@pytest.mark.commits
def test_a_new_member_adds_an_app_and_is_let_in(committing: str) -> None:
    nora = new_clinician(make_clinic("north"))
    browser = sign_in(nora.user.email, has_code=False)
    assert ACTIVATE in browser.get("/second-factor/?next=/c/north/").text
    assert browser.get(ACTIVATE)["Location"].startswith(REAUTHENTICATE)
    browser.post(REAUTHENTICATE, {"password": PASSWORD, "next": ACTIVATE})
    assert "data:image/svg+xml;base64," in browser.get(ACTIVATE).text
    secret = browser.session[SECRET_SESSION_KEY]
    code = second_factor.code_of(secret)
    added = browser.post(ACTIVATE, {"code": code})
    assert added["Location"] == "/accounts/2fa/recovery-codes/"
    assert browser.get("/c/north/").status_code == 200
    assert browser.get("/second-factor/?next=/c/north/")["Location"] == "/c/north/"
    thief = Client()
    give_password(thief, nora.user.email)
    assert give_code(thief, code).status_code == 200  # the code that confirmed the app is used up


def test_a_session_from_before_the_enrolment_must_show_the_factor_too(nora: Membership) -> None:
    older = sign_in(nora.user.email, has_code=False)
    second_factor.enrol_totp(nora.user, TOTP_SECRET)
    assert older.get("/c/north/").status_code == 302
    again = older.get("/second-factor/?next=/c/north/")
    assert again["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fc%2Fnorth%2F"
    older.post(
        "/accounts/2fa/reauthenticate/", {"code": second_factor.code_of(TOTP_SECRET), "next": "/c/north/"}
    )
    assert older.get("/c/north/").status_code == 200


def test_a_removed_factor_closes_the_clinic_again(alice: Membership) -> None:
    browser = signed_in(alice)
    assert browser.get("/c/north/").status_code == 200
    Authenticator.objects.filter(user=alice.user, type__in=second_factor.FACTORS).delete()
    assert browser.get("/c/north/")["Location"].startswith("/second-factor/")


def test_a_patient_needs_none_and_is_offered_one(pat: Patient) -> None:
    browser = signed_in(pat)
    page = browser.get("/c/north/me/check-in/")
    assert page.status_code == 200
    assert "/accounts/2fa/" in page.text
    assert ACTIVATE in browser.get("/accounts/2fa/").text
    assert "/accounts/2fa/webauthn/" in browser.get("/accounts/2fa/").text


def test_the_page_of_the_second_factor_leads_nowhere_else(nora: Membership) -> None:
    browser = sign_in(nora.user.email, has_code=False)
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert "evil" not in browser.get("/second-factor/", {"next": address}).text
        assert "javascript:" not in browser.get("/second-factor/", {"next": address}).text


def test_secrets_of_factors_lie_sealed_in_the_database(alice: Membership) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [alice.user.pk])
        stored = [row[0] for row in cursor.fetchall()]
    assert len(stored) == 2
    assert TOTP_SECRET not in "".join(stored)
    for text in stored:
        sealed = json.loads(text)
        assert (sealed.get("secret") or sealed["seed"]).startswith("gAAAA")
