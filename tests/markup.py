"""Finds what a Content-Security-Policy without `unsafe-inline` would block, in pages and in templates."""

import re
from html.parser import HTMLParser

TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
DATA_TYPES = {"application/json", "application/ld+json"}


class InlineFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style":
            self.found.append("<style>")
        if tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES:
            self.found.append("<script> without src")
        for name, value in given.items():
            is_handler = name.startswith(("on", "hx-on"))
            if is_handler or name in {"style", "srcdoc"}:
                self.found.append(f"{name} on <{tag}>")
            if value.strip().lower().startswith("javascript:"):
                self.found.append(f"javascript: in {name} of <{tag}>")


def inline_parts(page: str) -> list[str]:
    """Inline scripts, styles and handlers of a page."""
    finder = InlineFinder()
    finder.feed(page)
    return finder.found


def inline_parts_of_template(source: str) -> list[str]:
    """The same of a template, on every branch of it."""
    return inline_parts(TEMPLATE_TAG.sub("x", source))
