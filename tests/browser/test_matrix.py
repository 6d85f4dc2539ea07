"""An administrator tries numbers, gets one wrong, and saves."""

from playwright.sync_api import Page, expect

from tests.browser.visits import Visits


def _preview(page: Page) -> str:
    return page.locator("#preview").inner_text()


def test_the_preview_follows_what_is_typed_and_saving_makes_a_version(visits: Visits) -> None:
    visits.expect("htmx:afterRequest", "htmx:sendAbort")  # typing on gives up the preview under way
    page = visits.open("/c/south/settings/matrix/", who="mel@south.example")
    expect(page.get_by_text("The default matrix is in force.")).to_be_visible()
    before = _preview(page)
    page.get_by_label("Score of sad").fill("10")
    page.get_by_label("Weight of sad").fill("1")
    page.get_by_label("Warning line").fill("2.5")
    page.wait_for_function("before => document.querySelector('#preview').innerText !== before", arg=before)
    expect(page.get_by_text("The default matrix is in force.")).to_be_visible()
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Version 1 is in force and all history has been rescored.")).to_be_visible()
    expect(page.get_by_label("Warning line")).to_have_value("2.5")
    newest = page.get_by_role("table").last.get_by_role("row").nth(1)
    expect(newest).to_contain_text("in force")
    expect(newest).to_contain_text("Mel Moser")


def test_a_wrong_number_is_refused_beside_its_field(visits: Visits) -> None:
    visits.expect("status of 400", "answered: 400")
    page = visits.open("/c/south/settings/matrix/", who="mel@south.example")
    weight = page.get_by_label("Weight of fear")
    weight.fill("1.5")
    expect(page.locator("#preview")).to_contain_text("There is no preview while a field breaks a rule")
    page.get_by_role("button", name="Save as a new version").click()
    expect(weight).to_have_attribute("aria-invalid", "true")
    expect(weight).to_have_value("1.5")
    error = page.locator(f"#{weight.get_attribute('aria-describedby')}")
    expect(error).to_be_visible()
    expect(page.get_by_role("cell").filter(has=weight)).to_contain_text(error.inner_text())
    expect(page.get_by_text("Please look at the marked fields.")).to_be_visible()
    expect(page.locator("[data-form-errors]")).to_be_focused()


def test_the_draft_can_be_tried_without_a_script(visits: Visits) -> None:
    page = visits.open("/c/north/settings/matrix/", who="ada@north.example", java_script_enabled=False)
    before = _preview(page)
    page.get_by_label("Score of neutral").fill("5")
    page.get_by_role("button", name="Try it, save nothing").click()
    expect(page.get_by_label("Score of neutral")).to_have_value("5")
    assert _preview(page) != before
    page.goto("/c/north/settings/matrix/")
    expect(page.get_by_text("The default matrix is in force.")).to_be_visible()
