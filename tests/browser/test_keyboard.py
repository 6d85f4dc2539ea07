"""Everything can be reached without a mouse, and one sees where one is."""

import pytest
from playwright.sync_api import expect

from tests.browser import checks
from tests.browser.visits import PHONE, Visits


def test_the_first_stop_skips_to_the_content(visits: Visits) -> None:
    page = visits.open("/c/north/", who="alice@north.example")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("alice@north.example", "/c/north/"),
        ("ada@north.example", "/c/north/settings/matrix/"),
        ("pat@north.example", "/c/north/me/check-in/"),
        ("alice@north.example", "/c/north/rota/"),
    ],
)
def test_every_stop_of_the_tab_key_is_seen(visits: Visits, who: str, path: str) -> None:
    page = visits.open(path, who=who)
    assert checks.hidden_focus(page) == []


def test_on_a_phone_the_navigation_starts_where_the_reader_is(visits: Visits) -> None:
    page = visits.open("/c/north/settings/cover/", who="ada@north.example", width=PHONE)
    expect(page.get_by_role("link", name="Cover", exact=True)).to_be_in_viewport(ratio=1)


def test_escape_closes_the_account_menu_and_gives_the_focus_back(visits: Visits) -> None:
    page = visits.open("/c/north/", who="alice@north.example")
    menu = page.locator(".menu summary")
    menu.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_mood_is_chosen_with_the_arrow_keys(visits: Visits) -> None:
    page = visits.open("/c/north/me/check-in/", who="pat@north.example")
    page.get_by_role("radio", name="5", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="6", exact=True)).to_be_checked()
