"""A patient changes their mind about photos, twice."""

from playwright.sync_api import expect

from tests.browser.visits import Visits


def test_one_click_withdraws_and_one_click_grants(visits: Visits) -> None:
    page = visits.open("/c/south/me/consents/", who="sam@south.example")
    photos = page.get_by_role("region").filter(has=page.get_by_text("a program looks at the face"))
    expect(photos).to_contain_text("You agreed")
    photos.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Withdrawn. No photo of yours is read from now on")).to_be_visible()
    expect(photos).to_contain_text("Not agreed")

    page.get_by_role("link", name="Check in").first.click()
    expect(page.get_by_text("this page asks for none")).to_be_visible()
    expect(page.get_by_label("Choose a photo")).to_have_count(0)
    page.get_by_role("link", name="Read about photos and decide").click()
    photos.get_by_role("button", name="I agree").click()
    expect(page.get_by_text("Your agreement is recorded.")).to_be_visible()
    expect(page.get_by_label("Choose a photo")).to_be_visible()

    page.locator(".nav__more summary").click()
    page.get_by_role("link", name="My choices").click()
    expect(photos).to_contain_text("You agreed")
    expect(page.get_by_role("row", name="withdrawn")).to_have_count(1)
