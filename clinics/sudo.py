"""Confirming that it is still the same person, before acts that cannot be taken back or open much at once."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinics import turned_away
from clinics.sign_in import Hindrance

FRESH_SECONDS = 600

View = Callable[..., HttpResponse]


def is_fresh(request: HttpRequest) -> bool:
    """Whether a password or a second factor was right within the last ten minutes, at sign-in or again."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < FRESH_SECONDS for record in records)


def address(back_to: str) -> str:
    """The page that asks, and the one it leads back to."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back_to})}"


def ask(request: HttpRequest, back_to: str) -> HttpResponse:
    """To the page that asks. What was sent is not kept: bodies may hold names, and sessions lie in plain."""
    if request.method == "POST":
        messages.warning(request, _("First confirm that it is you, then do it again. Nothing was changed."))
    return turned_away.because(Hindrance.NOT_FRESH, HttpResponseRedirect(address(back_to)))


def required_to_post(view: View) -> View:
    """For pages that anybody may read, and only the same person may send."""
    guarded = required(view)

    @wraps(view)
    def by_method(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (guarded if request.method == "POST" else view)(request, *args, **kwargs)

    return by_method


def required(view: View) -> View:
    """For pages with a GET of their own: an export, an erasure, a rotation of keys."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_fresh(request):
            return ask(request, request.path if request.method == "POST" else request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
