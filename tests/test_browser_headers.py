"""What pages tell the browser (`test_access.py` walks all), and that no template needs a weaker policy."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from clinics import browser_headers
from clinics.browser_headers import BrowserHeadersMiddleware
from tests.doors.headers import wrong_with
from tests.markup import inline_parts, inline_parts_of_template

ENTRANCES = ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/nowhere/", "/healthz")
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ENTRANCES)
def test_entrances_and_missing_pages_too(path: str) -> None:
    response = Client().get(path)
    assert wrong_with(response) == []
    assert inline_parts(response.content.decode()) == []


@pytest.mark.django_db
def test_static_files_too() -> None:
    response = Client().get("/static/css/base.css")
    response.close()
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("header", ["Content-Security-Policy", "Permissions-Policy", "Referrer-Policy"])
def test_a_page_without_a_header_is_caught(header: str) -> None:
    response = BrowserHeadersMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
    response.headers.pop(header, None)
    assert wrong_with(response)


def test_a_weakened_policy_is_caught() -> None:
    response = HttpResponse(headers={"Content-Security-Policy": "default-src 'none' 'unsafe-inline'"})
    assert "unsafe" in wrong_with(response)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_template_holds_an_inline_part(template: Path) -> None:
    assert inline_parts_of_template(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<p style="color:red">',
        '<p style="{{ colour }}">',
        "<button onclick='x()'>",
        "{% if x %}<a href=' javascript:x()'>{% endif %}",
        "<p hx-on:click='x()'>",
        "<iframe srcdoc='x'>",
    ],
)
def test_a_planted_inline_part_is_caught(planted: str) -> None:
    assert inline_parts_of_template(f"<div>{planted}</div>")


def test_what_the_policy_allows_is_not_reported() -> None:
    fine = '<script src="a.js"></script><script type="application/json">{}</script><p class="on">x</p>'
    assert inline_parts(fine) == []


def test_the_only_foreign_script_is_pinned_by_version_and_hash() -> None:
    loader = (settings.BASE_DIR / "static/js/chart-library.js").read_text()
    assert settings.CHART_CDN in loader
    assert re.search(r'INTEGRITY = "sha384-[A-Za-z0-9+/=]{64}"', loader)
    assert "script.integrity = INTEGRITY" in loader
    hosts = re.findall(r"https://[^\"'\s]+", str(settings.CONTENT_SECURITY_POLICY))
    assert hosts == [settings.CHART_CDN]


def test_no_template_loads_from_another_site() -> None:
    for template in TEMPLATES:
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", template.read_text()), template


def test_a_page_turns_all_features_off_unless_its_view_says_otherwise() -> None:
    assert "camera=()" in browser_headers.policy()
    assert "camera=(self)" in browser_headers.policy("camera")
    assert browser_headers.policy("camera").count("self") == 1
