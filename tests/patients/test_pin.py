"""A patient's own lock: two minutes, a PIN, and the password as the way back."""

import pytest
from django.test import Client

from clinics import sign_in, tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Patient, PortalPin
from tests.clinics.factories import PASSWORD
from tests.clinics.sign_in_pages import later
from tests.clinics.sign_in_pages import sign_in as sign_in_page
from tests.conftest import signed_in

CHOOSE, UNLOCK, PORTAL = "/c/north/me/pin/", "/c/north/me/unlock/", "/c/north/me/check-in/"
PIN = "4826"
IDLE = sign_in.PIN_IDLE_SECONDS


@pytest.fixture
def phone(pat: Patient) -> Client:
    """Pat's browser, with a PIN just chosen."""
    browser = signed_in(pat)
    assert browser.post(CHOOSE, {"pin": PIN})["Location"] == CHOOSE
    assert browser.get(PORTAL).status_code == 200
    return browser


def actions(patient: Patient) -> list[str]:
    with tenancy.enter(patient.clinic_id):
        rows = AccessLogEntry.objects.filter(action__startswith="pin.").order_by("number")
        return list(rows.values_list("action", flat=True))


def test_two_idle_minutes_close_the_portal_and_the_pin_opens_it(phone: Client, pat: Patient) -> None:
    with later(IDLE + 1):
        assert phone.get(PORTAL)["Location"] == f"{UNLOCK}?next=%2Fc%2Fnorth%2Fme%2Fcheck-in%2F"
        assert phone.post("/api/c/north/check-ins/").status_code == 302
        assert "Pat Petersen" not in phone.get(UNLOCK).text
        assert phone.post(UNLOCK, {"pin": "1357", "next": PORTAL}).status_code == 400
        assert phone.get(PORTAL).status_code == 302
        assert phone.post(UNLOCK, {"pin": PIN, "next": PORTAL})["Location"] == PORTAL
        assert phone.get(PORTAL).status_code == 200
    assert actions(pat) == ["pin.set", "pin.wrong"]


def test_the_password_opens_it_too(phone: Client) -> None:
    with later(IDLE + 1):
        phone.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": PORTAL})
        assert phone.get(PORTAL).status_code == 200


def test_moving_the_mouse_on_a_locked_page_unlocks_nothing(phone: Client) -> None:
    with later(IDLE - 30):
        assert phone.post(UNLOCK, {"act": "present"}).status_code == 204
    with later(IDLE + 30):
        assert phone.get(PORTAL).status_code == 200
    with later(3 * IDLE):
        for address in (UNLOCK, "/locked/"):
            phone.post(address, {"act": "present"})
        assert phone.get(PORTAL).status_code == 302


def test_five_wrong_pins_end_the_session(phone: Client, pat: Patient) -> None:
    phone.post(UNLOCK, {"act": "lock"})
    for _ in range(4):
        assert phone.post(UNLOCK, {"pin": "1357"}).status_code == 400
    assert phone.post(UNLOCK, {"pin": "1357"})["Location"] == "/accounts/login/"
    assert phone.get(PORTAL)["Location"].startswith("/accounts/login/")
    assert "pin.wrong" in actions(pat)


@pytest.mark.parametrize("pin", ["", "12", "abcd", "1234", "9876", "1111", "1212", "123456789"])
def test_a_pin_that_anybody_would_try_is_refused(pat: Patient, pin: str) -> None:
    assert signed_in(pat).post(CHOOSE, {"pin": pin}).status_code == 400
    with tenancy.enter(pat.clinic_id):
        assert not PortalPin.objects.exists()


def test_the_lock_can_be_taken_away(phone: Client, pat: Patient) -> None:
    phone.post(CHOOSE, {"remove": "1"})
    with later(IDLE + 1):
        assert phone.get(PORTAL).status_code == 200
    assert actions(pat) == ["pin.set", "pin.removed"]


def test_without_a_pin_nothing_locks_and_with_one_the_page_clears_itself(phone: Client, pat: Patient) -> None:
    assert f'content="{IDLE}; url={UNLOCK}?next={PORTAL}"' in phone.get(PORTAL).text
    with tenancy.enter(pat.clinic_id):
        services.remove_pin(patient=pat, by=pat)
    assert "idle-lock.js" not in phone.get(PORTAL).text


def test_the_pin_itself_is_stored_nowhere(phone: Client, pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        assert PIN not in PortalPin.objects.get().pin_hash.split("$")[-1]
        assert services.check_pin(patient=pat, pin=PIN)


def test_a_locked_portal_does_not_change_the_account_either(phone: Client) -> None:
    with later(3 * 60):
        for page in ("/accounts/email/", "/accounts/password/change/", "/accounts/sessions/"):
            assert phone.get(page)["Location"].startswith("/locked/"), page


def test_a_pin_does_not_open_the_clinic_where_its_patient_works(alice: Membership, clinic_b: Clinic) -> None:
    with tenancy.enter(clinic_b.pk):
        record = services.admit_patient(clinic=clinic_b, name="Alice Adler", by=services.WORKER)
        services.link_user(patient=record, user=alice.user, by=services.WORKER)
        services.set_pin(patient=record, pin="482913", by=record)
    browser = signed_in(alice)
    with later(16 * 60):
        browser.post("/c/south/me/unlock/", {"pin": "482913"})
        browser.post("/c/south/me/pin/", {"pin": "739105"})
        assert browser.get("/c/north/")["Location"].startswith("/locked/")


def test_five_wrong_pins_end_every_session_that_the_pin_had_locked(phone: Client, pat: Patient) -> None:
    assert pat.user is not None
    tablet = sign_in_page(pat.user.email, has_code=False)
    assert tablet.get(PORTAL).status_code == 200
    for browser in (phone, tablet):
        browser.post(UNLOCK, {"act": "lock"})
    for _ in range(5):
        phone.post(UNLOCK, {"pin": "1357"})
    assert tablet.get(PORTAL)["Location"].startswith("/accounts/login/")
