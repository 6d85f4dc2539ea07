"""A URLconf of pages that break while they hold people's words."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.isolation.twins import CANARIES


def breaking(request: HttpRequest, clinic: str, kind: str) -> HttpResponse:
    """The words of the error name people, and so do its causes'."""
    words = " ".join(CANARIES.values())
    try:
        if kind == "sql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::int", [words])
        raise KeyError(words)
    except (DatabaseError, KeyError) as error:
        raise RuntimeError(f"not found: {words}") from error


urlpatterns = [path("c/<slug:clinic>/broken/<slug:kind>/", breaking, name="broken")]
