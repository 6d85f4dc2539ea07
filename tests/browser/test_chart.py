"""The score chart where its library cannot be had, or was altered on its way."""

import re

from django.conf import settings
from playwright.sync_api import Page, Route, expect

from tests.browser.visits import Visits

ALTERED = "window.Chart = function () { document.title = 'owned'; };"


def _open_chart(visits: Visits, page: Page) -> None:
    page.goto("/c/north/")
    page.get_by_role("link", name="Clara Conrad", exact=True).click()
    expect(page.locator("canvas[data-score-chart]")).to_have_attribute("data-drawn", "svg")


def test_a_blocked_library_leaves_a_drawing_and_a_table_of_the_same_facts(visits: Visits) -> None:
    page = visits.open(who="alice@north.example")
    page.route(f"{settings.CHART_CDN}**", lambda route: route.abort())
    _open_chart(visits, page)
    drawing = page.locator(".chart__box svg[role=img]")
    expect(drawing).to_be_visible()
    page.get_by_text("The same facts as a table", exact=True).click()
    rows = page.locator(f"#{drawing.get_attribute('aria-describedby')} tbody tr")
    in_table = {
        (row.get_by_role("rowheader").inner_text(), _number(row.get_by_role("cell").first.inner_text()))
        for row in rows.all()
    }
    in_drawing = {(words[0], _number(words[1])) for words in _told(page)}
    assert in_drawing == in_table
    assert any(score is not None for _, score in in_table)
    assert len(in_table) > 10


def test_an_altered_library_is_refused_by_its_hash(visits: Visits) -> None:
    visits.expect("Failed to find a valid digest in the 'integrity' attribute")
    page = visits.open(who="alice@north.example")
    asked = []

    def alter(route: Route) -> None:
        asked.append(route.request.url)
        headers = {"access-control-allow-origin": "*"}
        route.fulfill(body=ALTERED, content_type="text/javascript", headers=headers)

    page.route(f"{settings.CHART_CDN}**", alter)
    _open_chart(visits, page)
    assert asked
    assert page.evaluate("() => typeof window.Chart") == "undefined"
    expect(page.locator(".chart__box svg[role=img]")).to_be_visible()


def _told(page: Page) -> list[list[str]]:
    """What each column of the drawing says when pointed at: the week, the score or why there is none."""
    titles = page.locator(".chart__box svg title").all_text_contents()
    return [title.split("\n") for title in titles]


def _number(text: str) -> str | None:
    return text if re.fullmatch(r"\d+\.\d", text) else None
