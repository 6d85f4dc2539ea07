"""A clinician watches the triage page while a patient checks in somewhere else."""

from playwright.sync_api import Page, expect

from tests.browser.visits import Visits, photo_file

CLINICIAN, PATIENT = "mallory@south.example", "sam@south.example"


def test_an_alert_appears_by_itself_and_is_taken_and_resolved(visits: Visits, face: bytes) -> None:
    triage = visits.open("/c/south/", who=CLINICIAN)
    expect(triage.locator("[data-alerts]")).to_have_attribute("data-state", "live")
    sound = triage.get_by_role("button", name="Sound for new alerts")
    expect(sound).to_have_attribute("aria-pressed", "false")
    triage.evaluate("() => { window.isTheSamePage = true; window.AudioContext = null; }")
    card = triage.get_by_role("listitem").filter(has=triage.get_by_role("link", name="Sam Sander, #"))
    expect(card).to_have_count(0)

    _check_in(visits.open("/c/south/me/check-in/", who=PATIENT), face)

    expect(card).to_be_visible()
    expect(triage.locator("[data-alerts-live][aria-live=polite]")).to_have_text("One new alert.")
    expect(card).to_contain_text("mood 3 of 10")
    assert triage.evaluate("() => window.isTheSamePage")
    _take_and_resolve(triage)


def _check_in(page: Page, face: bytes) -> None:
    page.get_by_label("Choose a photo").set_input_files(photo_file(face))
    page.get_by_role("radio", name="3", exact=True).check()
    page.get_by_role("button", name="Send check-in").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def _take_and_resolve(page: Page) -> None:
    page.locator(".alert-card").filter(has_text="Sam Sander").get_by_role("button", name="Take").click()
    card = page.locator(".alert-card")
    expect(page.get_by_text("You have this alert now.")).to_be_visible()
    resolve = page.get_by_role("region", name="Resolve")
    resolve.get_by_label("What was done, and what was agreed").fill("Called; Sam comes in tomorrow.")
    resolve.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Resolved. Your note is part of the record.")).to_be_visible()
    expect(card).to_contain_text("Called; Sam comes in tomorrow.")
    expect(card.get_by_role("button")).to_have_count(0)


def test_sound_is_a_choice_that_stays(visits: Visits) -> None:
    page = visits.open("/c/north/", who="alice@north.example")
    sound = page.get_by_role("button", name="Sound for new alerts")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(sound).to_have_attribute("aria-pressed", "true")


def test_a_lost_connection_is_said_and_found_again(visits: Visits) -> None:
    visits.expect("WebSocket", "ERR_INTERNET_DISCONNECTED")
    page = visits.open("/c/north/", who="alice@north.example")
    stream = page.locator("[data-alerts]")
    expect(stream).to_have_attribute("data-state", "live")
    page.context.set_offline(True)
    expect(stream).to_have_attribute("data-state", "offline")
    expect(stream).to_contain_text("Offline. New alerts do not reach this page")
    page.context.set_offline(False)
    expect(stream).to_have_attribute("data-state", "live")
