"""What the page makes of the socket's frames; the clinic's end of the socket is played by the test."""

import json
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.visits import Visits

ALERT = str(uuid.uuid4())


class Stream:
    """One page and the frames that reach it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/**", lambda socket: self.sockets.append(socket))
        page.goto("/c/north/")
        self.root = page.locator("[data-alerts]")
        self.says = page.locator("[data-alerts-live]")
        while not self.sockets:
            page.wait_for_timeout(20)

    def send(self, **frame: Any) -> None:
        self.sockets[-1].send(json.dumps(frame))

    def alert(self, seq: int, line: str, state: str = "open") -> None:
        self.send(type="alert", seq=seq, alert=ALERT, state=state, line=line, lane="face", severity=line)


@pytest.fixture
def stream(visits: Visits) -> Stream:
    return Stream(visits.open(who="alice@north.example"))


def test_an_open_socket_is_not_yet_a_live_page(stream: Stream) -> None:
    stream.page.wait_for_timeout(300)
    expect(stream.root).not_to_have_attribute("data-state", "live")
    stream.send(type="joined", seq=1000)
    expect(stream.root).to_have_attribute("data-state", "live")


def test_an_alert_that_crosses_the_higher_line_is_announced_again(stream: Stream) -> None:
    stream.send(type="joined", seq=1000)
    stream.alert(1001, "warning")
    expect(stream.says).to_have_text("One new alert.")
    stream.alert(1002, "warning")
    expect(stream.says).not_to_have_text("One new alert.")
    stream.alert(1003, "intervention")
    expect(stream.says).to_have_text("One new alert.")


def test_a_frame_that_came_before_announces_nothing(stream: Stream) -> None:
    stream.send(type="joined", seq=1000)
    stream.alert(999, "warning")
    stream.page.wait_for_timeout(400)
    expect(stream.says).to_have_text("")
