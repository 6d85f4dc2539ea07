"""The portal's five places, what is behind the last of them, and the button that asks for a call."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scoring import services
from scoring.models import Alert
from tests.browser import checks
from tests.browser.duty_pages import apart
from tests.browser.site import Site
from tests.browser.visits import DESKTOP, PHONE, Visits

ALICE, PAT = "alice@north.example", "pat@north.example"
HOME = "/c/north/me/"
Shoot = Callable[[Page, str], None]

SIZES = """() => [...document.querySelectorAll(".nav__list > li, .nav__panel > li")]
  .filter((one) => one.checkVisibility())
  .map((one) => one.getBoundingClientRect())
  .map(({ width, height, left, right, bottom }) => ({ width, height, left, right, bottom }))"""


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_five_places_fit_and_the_rest_opens_inside_the_window(
    visits: Visits, shoot: Shoot, width: int, scheme: str
) -> None:
    page = visits.open(HOME, who=PAT, width=width, color_scheme=scheme)
    places = page.evaluate(SIZES)
    assert len(places) == 5
    assert all(place["height"] >= 44 and place["width"] >= 44 for place in places)
    assert max(place["right"] for place in places) <= width
    page.locator(".nav__more summary").click()
    expect(page.get_by_role("link", name="My safety plan").first).to_be_visible()
    opened = page.evaluate(SIZES)
    assert len(opened) == 10
    assert all(place["height"] >= 44 and place["left"] >= 0 for place in opened)
    assert max(place["right"] for place in opened) <= width
    assert checks.too_wide(page) == []
    assert checks.axe(page) == []
    shoot(page, f"portal-more-{width}-{scheme}")


def test_the_rest_opens_by_keyboard_and_escape_gives_the_focus_back(visits: Visits) -> None:
    page = visits.open(HOME, who=PAT, width=PHONE)
    more = page.locator(".nav__more summary")
    more.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="My safety plan").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    assert page.locator(".nav__more[open]").count() == 0


def test_it_opens_without_scripts_and_says_where_one_is(visits: Visits) -> None:
    page = visits.open("/c/north/me/data/", who=PAT, width=PHONE, java_script_enabled=False)
    page.locator(".nav__more summary").click()
    expect(page.locator(".nav__panel [aria-current]")).to_have_text("My data")


def test_a_call_is_asked_for_with_one_press(visits: Visits, site: Site, shoot: Shoot) -> None:
    page = visits.open(HOME, who=PAT, width=PHONE)
    shoot(page, "portal-call-before")
    page.get_by_role("button", name="Please call me").click()
    expect(page.get_by_role("heading", name="You asked for a call")).to_be_visible()
    assert checks.axe(page) == []
    shoot(page, "portal-call-after")
    apart(lambda: resolve(site))


def resolve(site: Site) -> None:
    """The site is shared: the next test meets a patient who did not ask."""
    with site.inside():
        alert = Alert.objects.unresolved().get(rule="call_wanted", patient__user__email=PAT)
        services.resolve(alert_id=alert.pk, note="We spoke.", by=site.member(ALICE))
