"""What docs/asvs.md promises of every page, script and session, where no other test asks."""

import re

import pytest
from django.conf import global_settings, settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from clinics import access_log, tenancy
from clinics.forms import JoinForm
from clinics.models import AccessLogEntry, Clinic, Membership, User
from moodvision import settings as written
from patients.models import Patient
from tests.clinics.factories import PASSWORD
from tests.clinics.sign_in_pages import CODE, LOGIN, give_code, give_password
from tests.conftest import signed_in

OWN_SCRIPTS = {
    path.name: path.read_text(encoding="utf-8") for path in settings.BASE_DIR.glob("static/js/*.js")
}
MARKUP = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b")
KEPT = re.compile(r"(local|session)Storage\.setItem\((\w+(?: \+ .*(?=\)))?)")
NEW = "another horse battery staple"


def test_scripts_write_text_and_never_markup() -> None:
    assert OWN_SCRIPTS
    assert {name: found for name, text in OWN_SCRIPTS.items() if (found := MARKUP.findall(text))} == {}


def test_the_browser_keeps_three_settings_and_of_anybody_only_what_waits_in_their_tab() -> None:
    """The key that seals cannot be read out of its database."""
    kept = {found for text in OWN_SCRIPTS.values() for found in KEPT.findall(text)}
    settings_kept = {("session", "BLOCKED_KEY"), ("local", "SEEN_KEY"), ("local", "SOUND_KEY")}
    assert kept == settings_kept | {("session", "PREFIX + name, await seal(answers)")}
    databases = {name for name, text in OWN_SCRIPTS.items() if "indexedDB" in text}
    assert databases == {"waiting-answers.js"}
    assert re.search(r"generateKey\([^;]+, false, ", OWN_SCRIPTS["waiting-answers.js"])
    assert not [name for name, text in OWN_SCRIPTS.items() if "document.cookie" in text]


def test_no_answer_admits_another_origin(alice: Membership, pat: Patient) -> None:
    for browser, page in (
        (signed_in(alice), "/c/north/"),
        (signed_in(pat), "/c/north/me/"),
        (Client(), LOGIN),
    ):
        answer = browser.get(page, headers={"origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(pat: Patient, place: str) -> None:
    assert pat.user is not None
    answer = give_password(Client(), pat.user.email, next=place)
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/")


def test_every_answer_says_its_type(alice: Membership) -> None:
    for page in ("/c/north/", LOGIN, "/c/north/api/nothing/", "/nowhere/"):
        assert signed_in(alice).get(page)["Content-Type"] in {"text/html; charset=utf-8", "application/json"}


def test_a_password_may_be_long_but_not_short(db: None) -> None:
    validate_password("kettle lamp rivers over two bridges " * 20)
    validate_password("kettle lamps")
    with pytest.raises(ValidationError):
        validate_password("kettle lamp")


def test_password_fields_hide_may_be_filled_and_are_taken_as_typed(pat: Patient) -> None:
    field = JoinForm().fields["password"]
    assert 'type="password"' in str(JoinForm()["password"])
    assert 'autocomplete="new-password"' in str(JoinForm()["password"])
    assert field.clean(f" {PASSWORD} ") == f" {PASSWORD} "
    assert pat.user is not None
    assert 'autocomplete="current-password"' in Client().get(LOGIN).text
    assert give_password(Client(), pat.user.email, f"{PASSWORD} ").status_code == 200


def test_a_new_installation_has_no_account(db: None) -> None:
    assert not User.objects.exists()


def test_joining_asks_for_an_address_and_a_password_alone() -> None:
    assert list(JoinForm().fields) == ["email", "password"]


def test_a_new_password_does_not_stand_in_for_the_second_factor(alice: Membership) -> None:
    reset = Client()
    reset.post("/accounts/password/reset/", {"email": alice.user.email})
    (link,) = re.findall(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    page = reset.get(link, follow=True)
    reset.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert reset.get("/c/north/").status_code == 302
    assert give_password(reset, alice.user.email, NEW)["Location"].startswith(CODE)
    assert reset.get("/c/north/").status_code == 302
    give_code(reset)
    assert reset.get("/c/north/").status_code == 200


def test_signing_in_makes_a_new_long_session_key_that_the_server_keeps(alice: Membership) -> None:
    browser = Client()
    browser.get(LOGIN)
    planted = browser.session
    planted.save()
    browser.cookies["sessionid"] = str(planted.session_key)
    give_password(browser, alice.user.email)
    give_code(browser)
    key = browser.cookies["sessionid"].value
    assert key not in {planted.session_key, sign_in_as_again(alice)}
    assert len(key) >= 26  # of 36 signs: more than 128 bits
    assert settings.SESSION_ENGINE == global_settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def sign_in_as_again(alice: Membership) -> str:
    """Another session of the same person, without its second step."""
    browser = Client()
    give_password(browser, alice.user.email)
    return browser.cookies["sessionid"].value


def test_signing_out_is_on_every_page(alice: Membership, pat: Patient) -> None:
    for browser, pages in (
        (signed_in(alice), ("/c/north/", f"/c/north/patients/{pat.pk}/", "/c/north/settings/roles/")),
        (signed_in(pat), ("/c/north/me/", "/c/north/me/data/")),
    ):
        assert all("/accounts/logout/" in browser.get(page).text for page in pages)


def test_pages_of_a_clinic_are_stored_nowhere(alice: Membership, pat: Patient) -> None:
    for browser, page in (
        (signed_in(alice), "/c/north/"),
        (signed_in(alice), f"/c/north/patients/{pat.pk}/"),
        (signed_in(pat), "/c/north/me/"),
    ):
        assert "no-store" in browser.get(page)["Cache-Control"]


def test_passwords_are_hashed_as_django_does_today() -> None:
    assert not hasattr(written, "PASSWORD_HASHERS")
    assert global_settings.PASSWORD_HASHERS[0].endswith(".PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.iterations >= 600_000  # OWASP's number for SHA-256


def test_the_image_leaves_out_what_is_not_the_program() -> None:
    left_out = (settings.BASE_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", "var", "tests", "bench", "scan"} <= set(left_out)


def test_no_folder_is_listed(db: None) -> None:
    for folder in ("/static/", "/static/css/", "/static/js/"):
        assert Client().get(folder).status_code == 404


def test_a_line_break_makes_no_second_entry(clinic_a: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        access_log.record("clinic.changed", by=alice, reason='one\n{"number": 1}\r\ntwo')
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="clinic.changed")
    assert "one" in entry.canonical
    assert not {"\n", "\r"} & set(entry.canonical)
