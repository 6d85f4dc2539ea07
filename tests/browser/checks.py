"""What must hold of every page: axe's rules, one heading, nothing wider than the window, visible focus."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const all = [...document.body.querySelectorAll("*")];
  const over = all.filter((element) => element.getBoundingClientRect().right > wide + 1);
  return over.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
}"""

RUN_AXE = """async (rules) => {
  const only = { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] };
  const found = await axe.run(document, only);
  return found.violations.map((rule) => ({
    rule: rule.id,
    places: rule.nodes.slice(0, 4).map((node) => [node.html.slice(0, 160), node.failureSummary]),
  }));
}"""

FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const shown = [element, element.closest("label")].filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  return { html: element.outerHTML.slice(0, 120), shown };
}"""


def axe(page: Page) -> list[dict[str, Any]]:
    """What axe-core objects to, at this width and in this colour scheme."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, RULES)
    return found


def too_wide(page: Page) -> list[str]:
    """The first elements that make the page scroll sideways."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def headings(page: Page) -> list[str]:
    return page.locator("h1:visible").all_inner_texts()


def hidden_focus(page: Page, *, stops: int = 60) -> list[str]:
    """Walks through the page with the tab key; the stops at which nobody sees where they are."""
    page.evaluate("() => document.activeElement?.blur()")
    hidden = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        if not stop["shown"]:
            hidden.append(stop["html"])
    return hidden
