"""A clinician writes, is called away, and finds the words again after the page has locked itself."""

from playwright.sync_api import expect

from clinics import sign_in
from tests.browser.visits import Visits

CLINICIAN = "alice@north.example"


def test_a_half_written_note_is_put_back_after_a_lock(visits: Visits) -> None:
    page = visits.open("/c/north/", who=CLINICIAN)
    page.get_by_role("link", name="Emil Eberle", exact=True).click()
    page.get_by_role("link", name="Emergency card").click()
    page.get_by_role("link", name="Change the card").click()
    plan = page.get_by_label("Safety plan")
    with page.expect_response(lambda answer: answer.url.endswith("/drafts/") and answer.status == 204):
        plan.fill("He said that his brother")
    address = page.url
    page.clock.install()
    page.reload()
    page.clock.fast_forward((sign_in.IDLE_SECONDS + 10) * 1000)
    expect(page.get_by_role("heading", name="Locked, and still listening")).to_be_visible()
    assert "his brother" not in page.content()
    again = visits.open(address, who=CLINICIAN)
    expect(again.get_by_label("Safety plan")).to_have_value("He said that his brother")
    expect(again.get_by_text("Put back: you had written this and not sent it.")).to_be_visible()
    again.get_by_role("button", name="Save the card").click()
    expect(again.get_by_text("The emergency card is saved.")).to_be_visible()
    again.get_by_role("link", name="Change the card").click()
    expect(again.get_by_text("Put back:")).to_have_count(0)
