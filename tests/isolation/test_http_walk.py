"""Every URL, every role of one clinic against the other, and nobody at all: no canary crosses."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core import mail
from django.test import Client
from django.urls import URLResolver, get_resolver
from pytest_django import Settings

from tests.doors.urls import every_url
from tests.isolation.twins import ANONYMOUS, PATIENT, Twin

METHODS = ("GET", "POST")
ENDS_THE_VISIT = {"account_logout", "clinics:locked"}


@dataclass(frozen=True)
class Target:
    """One route, filled in: below whose address, naming whose things."""

    name: str
    address: str


def fill(route: str, arguments: dict[str, Any]) -> str:
    """`c/<slug:clinic>/patients/<uuid:patient_id>/` -> its address; KeyError names what the twins lack."""
    parts = []
    for part in route.split("<"):
        if ">" not in part:
            parts.append(part)
            continue
        inside, after = part.split(">", 1)
        parts.append(f"{arguments[inside.split(':')[-1]]}{after}")
    return "/" + "".join(parts)


def walked_routes(resolver: URLResolver) -> Iterator[tuple[str, str]]:
    """Routes and names; without those that end the visit, and allauth's, which take keys of their own."""
    for route, name, _pattern in every_url(resolver):
        takes_keys_of_its_own = route.startswith("accounts/") and any(sign in route for sign in "<(\\")
        if name not in ENDS_THE_VISIT and not takes_keys_of_its_own:
            yield route, name


def is_asked_at_home(route: str) -> bool:
    """Whether it names a thing of a clinic, which may be asked for below another clinic's address."""
    return "<slug:clinic>" in route and route.count("<") > 1


def targets(resolver: URLResolver, own: Twin | None, other: Twin) -> Iterator[Target]:
    """The other clinic's pages, and one's own pages asked for the other's things."""
    for route, name in walked_routes(resolver):
        yield Target(name, fill(route, other.ids))
        if own is not None and is_asked_at_home(route):
            yield Target(name, fill(route, {**other.ids, "clinic": own.clinic.slug}))


def everything_in(response: Any) -> str:
    """Body, headers, cookies and, of a file, its bytes as far as they are text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{body.decode(errors='replace')}\n{headers}\n{response.cookies.output()}"


def ask(client: Client, method: str, address: str) -> str:
    client.raise_request_exception = False  # an error page is an answer too
    return everything_in(client.generic(method, address))


def leaks(visitor: Client, resolver: URLResolver, own: Twin | None, other: Twin) -> list[str]:
    return [
        f"{method} {target.address}"
        for target in targets(resolver, own, other)
        for method in METHODS
        if other.canary in ask(visitor, method, target.address)
    ]


def is_still_let_in(visitor: Client, who: str, own: Twin) -> bool:
    """Whether the walk was one by this visitor to its end: a session that ended meets sign-in pages alone."""
    page = "me/" if who == PATIENT else "settings/roles/"
    return who == ANONYMOUS or visitor.get(f"/c/{own.clinic.slug}/{page}").status_code == 200


@pytest.mark.parametrize(("at_home", "abroad"), [(0, 1), (1, 0)], ids=["north in south", "south in north"])
def test_no_role_gets_the_other_clinics_canary_by_any_url(
    twins: tuple[Twin, Twin], at_home: int, abroad: int, caplog: pytest.LogCaptureFixture
) -> None:
    own, other = twins[at_home], twins[abroad]
    messages: list[str] = []

    def collect(body: Any = None, **kwargs: Any) -> None:
        messages.append(repr(body))

    visitors = {who: own.client(who) for who in (*own.people, ANONYMOUS)}
    before_task_publish.connect(collect)
    try:
        with caplog.at_level(logging.DEBUG):
            found = {
                who: leaks(visitor, get_resolver(), None if who == ANONYMOUS else own, other)
                for who, visitor in visitors.items()
            }
    finally:
        before_task_publish.disconnect(collect)
    assert {who: where for who, where in found.items() if where} == {}
    assert [who for who, visitor in visitors.items() if not is_still_let_in(visitor, who, own)] == []
    for canary in (own.canary, other.canary):
        assert canary not in caplog.text
        assert canary not in "".join(messages)
    assert other.canary not in "".join(f"{one.subject}{one.body}" for one in mail.outbox)


def test_the_canary_is_really_there_for_those_who_may_know(twins: tuple[Twin, Twin]) -> None:
    """Without it, the walk above would prove nothing."""
    for twin in twins:
        found = ask(twin.client("clinician"), "GET", f"/c/{twin.clinic.slug}/")
        assert twin.canary in found
        assert twin.canary in ask(twin.client("patient"), "GET", f"/c/{twin.clinic.slug}/me/")


def test_a_planted_page_that_leaks_is_caught(twins: tuple[Twin, Twin], settings: Settings) -> None:
    own, other = twins
    settings.ROOT_URLCONF = "tests.isolation.planted_urls"
    found = leaks(own.client("clinician"), get_resolver(), own, other)
    address = f"/c/north/planted/{other.ids['patient_id']}/"
    assert found == [f"GET {address}", f"POST {address}"]
