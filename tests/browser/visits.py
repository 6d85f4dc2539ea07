"""Browser windows that remember what went wrong in them."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FilePayload, Page, Response

from tests.browser.site import Site

PATIENCE_MS = 45_000  # a machine that trains a model at the same time is slow
DESKTOP, PHONE = 1440, 390
HEIGHTS = {DESKTOP: 900, PHONE: 844}
REPLACED = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx reports when a newer request takes the place of one (`hx-sync`). Of a failure it says more."""


def photo_file(image: bytes) -> FilePayload:
    """As a patient's phone would hand it over."""
    return {"name": "selfie.jpg", "mimeType": "image/jpeg", "buffer": image}


@dataclass
class Visits:
    """Opens windows. Whatever a console says in one of them is a fault, unless it was expected."""

    browser: Browser
    site: Site
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "", *, who: str | None = None, width: int = DESKTOP, **options: Any) -> Page:
        """A window of its own, with the session of `who`, at `path`."""
        self.site.beat()
        context = self.browser.new_context(
            base_url=self.site.address,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            viewport={"width": width, "height": HEIGHTS[width]},
            reduced_motion="reduce",  # a colour half way through a transition is no colour of the page
            **options,
        )
        self.contexts.append(context)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("response", self._answered)
        if who is not None:
            session = self.site.session_of(who)
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.site.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if path:
            page.goto(path)
        return page

    def expect(self, *parts: str) -> None:
        """Faults with these words are what this test is about."""
        self.expected += parts

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(part in fault for part in self.expected)]

    def close(self) -> None:
        while self.contexts:
            self.contexts.pop().close()

    def _said(self, message: ConsoleMessage) -> None:
        """Errors, and warnings: Chromium reports a broken Content-Security-Policy as either."""
        address = message.location.get("url", "") if message.location else ""
        if message.text.startswith(REPLACED) or address.startswith(settings.CHART_CDN):
            return
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.type}: {message.text} ({address})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.url.startswith(self.site.address):
            self.faults.append(f"answered: {response.status} {response.url}")
