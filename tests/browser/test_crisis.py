"""Whom to call, when there is no connection: what was opened once stays in this browser."""

from playwright.sync_api import Page, expect

from tests.browser.visits import PHONE, Visits

PAT = "pat@north.example"
KEPT = """async () => {
  const names = await caches.keys();
  const paths = [];
  for (const name of names) {
    for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
  }
  return paths;
}"""


def wait_for_worker(page: Page, path: str) -> None:
    """Until the worker serves this page and has kept `path`."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("async (path) => (await caches.match(path)) !== undefined", arg=path, polling=200)


def test_the_crisis_page_opens_without_a_connection(visits: Visits) -> None:
    visits.expect("ERR_INTERNET_DISCONNECTED")
    page = visits.open("/crisis/", width=PHONE)
    wait_for_worker(page, "/crisis/")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="If you need someone now", level=1)).to_be_visible()
    call = page.locator("#de").get_by_role("link", name="Call 112")
    expect(call).to_be_visible()
    expect(call).to_have_attribute("href", "tel:112")
    expect(page.get_by_text("There is no connection.")).to_be_hidden()
    colour = page.evaluate(
        "() => getComputedStyle(document.querySelector('.button--primary')).backgroundColor"
    )
    assert colour != "rgba(0, 0, 0, 0)"


def test_the_device_s_clock_chooses_the_country(visits: Visits) -> None:
    page = visits.open("/crisis/", width=PHONE)
    expect(page.locator("[data-country]").first).to_have_id("de")
    expect(page.locator("[data-country][open]")).to_have_count(1)
    page.locator("#gb > summary").click()
    expect(page.locator("#gb").get_by_role("link", name="Text “SHOUT” to 85258")).to_be_visible()


def test_any_page_that_cannot_be_reached_says_whom_to_call(visits: Visits) -> None:
    visits.expect("ERR_INTERNET_DISCONNECTED")
    page = visits.open("/c/north/me/", who=PAT, width=PHONE)
    wait_for_worker(page, "/crisis/north/")
    page.context.set_offline(True)
    page.goto("/c/north/me/check-in/")
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    expect(page.get_by_role("heading", name="If you need someone now", level=1)).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Check in", level=1)).to_be_visible()


def test_what_is_sent_without_a_connection_is_said_to_be_lost(visits: Visits) -> None:
    visits.expect("ERR_INTERNET_DISCONNECTED")
    page = visits.open("/c/north/me/check-in/", who=PAT, width=PHONE)
    wait_for_worker(page, "/crisis/north/")
    page.get_by_role("radio", name="3", exact=True).check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Send check-in").click()
    expect(page.get_by_text("did not get through")).to_be_visible()


def test_nothing_but_the_crisis_pages_is_kept_and_signing_out_forgets_the_clinic(visits: Visits) -> None:
    page = visits.open("/c/north/me/", who=PAT)
    wait_for_worker(page, "/crisis/north/")
    page.goto("/c/north/me/check-in/")
    kept = page.evaluate(KEPT)
    assert [path for path in kept if not path.startswith(("/static/", "/crisis/"))] == []
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    assert "/crisis/north/" not in page.evaluate(KEPT)
    assert "/crisis/" in page.evaluate(KEPT)
