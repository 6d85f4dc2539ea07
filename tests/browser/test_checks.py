"""The guards of these tests notice what they are there for."""

from tests.browser import checks
from tests.browser.visits import PHONE, Visits

FAULTY = """<!doctype html><title>Faulty</title><style>a:focus { outline: none } p { width: 2000px }</style>
<main><h1>One</h1><h1>Two</h1><p>Wide</p><a href="#">nowhere</a><input></main>"""
INLINE = "() => document.head.append(Object.assign(document.createElement('script'), { text: 'let a = 1' }))"


def test_a_faulty_page_is_noticed(visits: Visits) -> None:
    page = visits.open(width=PHONE)
    page.set_content(FAULTY)
    assert {"label", "html-has-lang"} <= {found["rule"] for found in checks.axe(page)}
    assert checks.too_wide(page)
    assert len(checks.headings(page)) == 2
    assert [stop for stop in checks.hidden_focus(page, stops=5) if "nowhere" in stop]


def test_what_a_console_says_is_noticed(visits: Visits) -> None:
    page = visits.open("/accounts/login/")
    page.evaluate(INLINE)
    page.evaluate("() => console.error('planted')")
    page.evaluate("() => { setTimeout(() => { throw new Error('thrown') }) }")
    page.wait_for_timeout(100)
    page.goto("/healthz/nothing-here")
    faults = " ".join(visits.unexpected())
    for part in ("Content Security Policy", "planted", "thrown", "answered: 404"):
        assert part in faults
    visits.faults.clear()
