"""How a page, a part of a page and the API tell a member what their session still lacks."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinics.sign_in import Hindrance

PAGES = {Hindrance.SECOND_FACTOR: "clinics:second_factor", Hindrance.LOCKED: "clinics:locked"}


def answer(request: HttpRequest, hindrance: Hindrance) -> HttpResponse:
    """To the page that helps, and from there back to the one that was asked for."""
    if request.path.startswith("/api/"):
        body = {"code": str(hindrance), "message": _sentence(hindrance), "field": None}
        return because(hindrance, JsonResponse(body, status=403))
    return to_page(request, reverse(PAGES[hindrance]), hindrance)


def to_page(request: HttpRequest, page: str, hindrance: Hindrance) -> HttpResponse:
    """Leads to `page`, and from there back to where the reader wanted to go."""
    if is_part(request):
        return because(hindrance, HttpResponse(status=204, headers={"HX-Redirect": page}))
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return because(hindrance, HttpResponseRedirect(f"{page}?{urlencode({'next': wanted})}"))


def because(hindrance: Hindrance, response: HttpResponse) -> HttpResponse:
    """Marks a denial that its status does not tell, for the middleware that logs it."""
    response.hindrance = hindrance  # type: ignore[attr-defined]  # a mark between a view and its middleware
    return response


def reason_of(response: HttpResponse) -> str:
    """Why this answer is a denial though its status is none; empty where it is not."""
    return str(getattr(response, "hindrance", ""))


def is_part(request: HttpRequest) -> bool:
    """Asked for by htmx, into a page that stands already."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def is_asked_by_a_person(request: HttpRequest) -> bool:
    """A list that refreshes itself on an empty chair does not count as somebody being there."""
    return not (is_part(request) and request.method == "GET")


def _sentence(hindrance: Hindrance) -> str:
    if hindrance is Hindrance.LOCKED:
        return _("This session is locked. Confirm that it is you.")
    return _("This page needs a second step at sign-in.")
