"""After a quarter of an hour without anybody, names are gone; the session itself goes on."""

from django.test import Client

from clinics import sign_in
from clinics.models import Membership
from patients.models import Patient
from tests.clinics.factories import PASSWORD
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in

IDLE = sign_in.IDLE_SECONDS
PAGES = ("/c/north/", "/c/north/patients/new/", "/c/north/settings/roles/")


def unlock(browser: Client, password: str = PASSWORD) -> None:
    browser.post("/accounts/reauthenticate/", {"password": password, "next": "/c/north/"})


def test_an_idle_session_shows_nothing_of_the_clinic_until_unlocked(alice: Membership, pat: Patient) -> None:
    browser = signed_in(alice)
    assert "Pat Petersen" in browser.get("/c/north/").text
    with later(IDLE + 1):
        for page in PAGES:
            answer = browser.get(page)
            assert answer["Location"].startswith("/locked/?next=%2Fc%2Fnorth%2F")
            assert "Pat" not in browser.get(answer["Location"]).text
        assert browser.post("/api/c/north/check-ins/").json()["code"] == "locked"
        unlock(browser, "not the right sentence")
        assert browser.get("/c/north/").status_code == 302
        unlock(browser)
        assert "Pat Petersen" in browser.get("/c/north/").text


def test_whoever_asks_for_pages_is_there(alice: Membership) -> None:
    browser = signed_in(alice)
    for minutes in (10, 20, 30):
        with later(minutes * 60):
            assert browser.get("/c/north/").status_code == 200


def test_whoever_reads_or_types_is_there(alice: Membership) -> None:
    browser = signed_in(alice)
    with later(IDLE - 60):
        assert browser.post("/locked/", {"act": "present"}).status_code == 204
    with later(IDLE + 60):
        assert browser.get("/c/north/").status_code == 200
    with later(3 * IDLE):
        assert browser.post("/locked/", {"act": "present"})["Location"] == "/locked/"
        assert browser.get("/c/north/").status_code == 302


def test_a_list_that_refreshes_itself_is_nobody(alice: Membership) -> None:
    browser = signed_in(alice)
    for minutes in (5, 10, 14):
        with later(minutes * 60):
            assert browser.get("/c/north/", headers={"HX-Request": "true"}).status_code == 200
    with later(IDLE + 1):
        part = browser.get("/c/north/", headers={"HX-Request": "true"})
        assert (part.status_code, part["HX-Redirect"], part.content) == (204, "/locked/", b"")


def test_one_can_lock_by_hand_and_unlock_with_a_code(alice: Membership) -> None:
    browser = signed_in(alice)
    assert browser.post("/locked/", {"next": "/c/north/"})["Location"] == "/locked/?next=%2Fc%2Fnorth%2F"
    page = browser.get("/locked/?next=/c/north/").text
    assert 'data-waiting-url="/ws/c/north/alerts/"' in page
    assert "North Clinic" not in page
    assert browser.get("/c/north/").status_code == 302
    unlock(browser)
    assert browser.get("/locked/?next=/c/north/")["Location"] == "/c/north/"


def test_pages_carry_the_clock_that_clears_them_with_and_without_javascript(alice: Membership) -> None:
    page = signed_in(alice).get("/c/north/").text
    assert "js/idle-lock.js" in page
    assert f'<noscript><meta http-equiv="refresh" content="{IDLE}; url=/locked/?next=/c/north/">' in page


def test_a_patient_is_not_locked_out_by_the_staffs_clock(pat: Patient) -> None:
    browser = signed_in(pat)
    with later(IDLE + 1):
        assert browser.get("/c/north/me/check-in/").status_code == 200
