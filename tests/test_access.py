"""Who may open what: every URL there is, with every one of the cast. A URL without a row fails the build."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from clinics.models import Clinic, Membership
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.doors.headers import wrong_with
from tests.doors.table import CANARY, PEOPLE, PREFIX_RULES, ROWS, STRANGERS, Row, but
from tests.doors.urls import every_url
from tests.doors.world import World, make_world
from tests.markup import inline_parts

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CAMERA_PAGES = {"patients:check_in"}


@pytest.fixture
def world(
    clinic_a: Clinic,
    alice: Membership,
    bob: Membership,
    ada: Membership,
    eve: Membership,
    audrey: Membership,
    pat: Patient,
    mallory: Membership,
) -> World:
    olga = make_member(clinic_a, "privacy_officer", "Olga Ohm")
    dora = make_member(clinic_a, "programme_manager", "Dora Dahl")
    people: dict[str, Membership | Patient] = {
        "alice": alice, "bob": bob, "ada": ada, "eve": eve, "audrey": audrey, "pat": pat, "mallory": mallory,
        "olga": olga, "dora": dora,
    }  # fmt: skip
    return make_world(clinic_a, people)


def test_everybody_meets_the_status_of_the_table(world: World) -> None:
    """And no more: a stranger no name, nobody a page without its headers or with anything inline.

    One walk for all rows, in their order: it takes longer than judging what comes back.
    """
    wrong = {}
    for row in ROWS:
        for who, status in zip(PEOPLE, but(row.statuses), strict=True):
            answer = world.answer(row, who)
            found = faults(answer, row, who)
            if answer.status_code != status:
                found.append(f"{answer.status_code}, not {status}")
            if found:
                wrong[f"{row} to {who}"] = found
    assert wrong == {}


def faults(answer: Any, row: Row, who: str) -> list[str]:
    """What is wrong with an answer besides its status."""
    found = wrong_with(answer, may_use_camera=row.name in CAMERA_PAGES and who == "pat")
    if answer.get("Content-Type", "").startswith("text/html"):
        found += inline_parts(answer.text)
    if who in STRANGERS and CANARY in answer.content.decode(errors="replace"):
        found.append("names a patient")
    is_elsewhere = not answer.get("Location", "/accounts/login/").startswith("/accounts/login/")
    if who == "anonymous" and answer.status_code == 302 and is_elsewhere:
        found.append("leads past the sign-in page")
    return found


def test_what_strangers_must_not_read_is_there_for_those_who_may(world: World) -> None:
    """Without it, the walk above would prove nothing."""
    assert CANARY in world.client("alice").get(world.url("scoring:triage")).text


def test_a_method_without_a_row_is_refused(world: World) -> None:
    alice = world.client("alice")
    for name in {row.name for row in ROWS}:
        for method in METHODS:
            if not any((row.name, row.method) == (name, method) for row in ROWS):
                status = alice.generic(method, world.url(name)).status_code
                assert status in {403, 404, 405}, f"{method} {name}"


def test_every_url_has_a_row() -> None:
    assert unlisted(get_resolver()) == []


def test_a_planted_url_without_a_row_is_caught() -> None:
    def planted(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    patterns: list[URLPattern | URLResolver] = [
        *get_resolver().url_patterns,
        path("c/<slug:clinic>/planted/", planted, name="planted"),
    ]
    resolver = URLResolver(get_resolver().pattern, patterns)
    assert unlisted(resolver) == ["c/<slug:clinic>/planted/"]


def unlisted(resolver: URLResolver) -> list[str]:
    """Routes with neither a row nor a prefix rule."""
    listed = {row.name for row in ROWS}
    return [
        route
        for route, name, _pattern in every_url(resolver)
        if name not in listed and not route.startswith(tuple(PREFIX_RULES))
    ]
