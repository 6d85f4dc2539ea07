"""Whom to call in a crisis: for everybody, without sign-in, locked or not, and offline (docs/crisis.md)."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinics import crisis, tenancy
from clinics.models import Clinic, ClinicSettings

PAGE_FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/shell.css",
    "css/forms.css",
    "css/components.css",
    "css/tables.css",
    "css/paper.css",
    "css/entrance.css",
    "css/crisis.css",
    "js/crisis.js",
    "js/page.js",
    "js/offline.js",
    "images/icons.svg",
    "images/mark.svg",
    "images/favicon.svg",
)
"""What the page is made of: the service worker keeps these files and no other."""

ELSEWHERE_URL = "https://findahelpline.com/"
WORKER_SCRIPTS: tuple[str, ...] = ("js/push-handlers.js",)
"""Further scripts of the service worker, below static/: what shows push messages."""


@dataclass(frozen=True)
class ListedNumber:
    number: crisis.Number
    is_overdue: bool


@dataclass(frozen=True)
class ListedCountry:
    country: crisis.Country
    numbers: list[ListedNumber]
    is_first: bool


@login_not_required
@require_safe
@cache_control(no_cache=True)
def crisis_page(request: HttpRequest) -> HttpResponse:
    """Asks no database: it opens when that is down."""
    return _page(request, zone="")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def crisis_of_clinic(request: HttpRequest, clinic: str) -> HttpResponse:
    """The same with the clinic's own contacts. Lies outside `/c/`, so no lock and no PIN stands before it.

    A clinic there is not shows the page without one: nobody in need meets "not found".
    """
    found = Clinic.objects.filter(slug=clinic).first()
    if found is None:
        return _page(request, zone="")
    with tenancy.enter(found.pk):
        own = ClinicSettings.objects.get(clinic=found)
        return _page(request, zone=found.time_zone, own_settings=own)


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root of the site, since a worker serves only what lies below it."""
    files = [static(name) for name in PAGE_FILES]
    context = {
        "files": files,
        "scripts": [static(name) for name in WORKER_SCRIPTS],
        "version": _version(files),
    }
    return render(request, "clinics/sw.js", context, content_type="text/javascript; charset=utf-8")


def _page(request: HttpRequest, *, zone: str, own_settings: ClinicSettings | None = None) -> HttpResponse:
    first = crisis.country_of(zone) or _country_of_language(request)
    today = timezone.now().date()
    places = [_listed(country, today, first) for country in crisis.countries().values()]
    context = {
        "places": sorted(places, key=lambda place: not place.is_first),
        "own_settings": own_settings,
        "has_guess": first is not None,
        "elsewhere_url": ELSEWHERE_URL,
    }
    return render(request, "clinics/crisis.html", context)


def _listed(country: crisis.Country, today: date, first: crisis.Country | None) -> ListedCountry:
    numbers = [ListedNumber(number, number.is_overdue(today)) for number in country.numbers]
    return ListedCountry(country, numbers, is_first=country == first)


def _country_of_language(request: HttpRequest) -> crisis.Country | None:
    """`en-GB` reads as the United Kingdom; a script that knows the device's clock knows better."""
    for part in request.headers.get("Accept-Language", "").split(","):
        region = part.split(";")[0].strip().lower().partition("-")[2]
        if region in crisis.countries():
            return crisis.countries()[region]
    return None


def _version(files: list[str]) -> str:
    """Another one as soon as a number or a file of the page is another: then the worker fetches all anew."""
    content = repr((files, list(crisis.countries().values())))
    return hashlib.sha256(content.encode()).hexdigest()[:16]
