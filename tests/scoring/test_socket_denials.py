"""A socket that is refused leaves an entry: in its clinic's chain, or in the platform's for strangers."""

import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.test import Client

from clinics import access_log, tenancy
from clinics.models import AccessLogEntry, Membership, PlatformLogEntry
from patients.models import Patient
from scoring import consumers
from tests.clinics.factories import make_clinic, make_member
from tests.patients.factories import make_patient
from tests.scoring.sockets import cookies_of, open_screen, play

pytestmark = pytest.mark.commits


class Cast:
    def __init__(self) -> None:
        self.clinic = make_clinic("north")
        self.alice = make_member(self.clinic, "clinician", "Alice Adler")

    def entries(self) -> list[dict[str, Any]]:
        with tenancy.enter(self.clinic.pk):
            rows = AccessLogEntry.objects.filter(action="refused").order_by("number")
            return [json.loads(row.canonical) for row in rows]

    def of_strangers(self) -> list[dict[str, Any]]:
        rows = PlatformLogEntry.objects.filter(action="refused").order_by("number")
        return [json.loads(row.canonical) for row in rows]


@pytest.fixture
def cast(committing: str) -> Cast:
    return Cast()


def knock(slug: str, person: Membership | Patient | None, *, cookies: bytes = b"", **more: Any) -> int | None:
    """The code the screen is closed with; None where the handshake itself is refused."""
    sent, codes = cookies or cookies_of(person), []

    async def scenario() -> None:
        screen, is_accepted = await open_screen(slug, sent, **more)
        codes.append(await screen.close_code() if is_accepted else None)
        await screen.leave()

    play(scenario)
    return codes[0]


def test_who_may_not_listen_leaves_an_entry_in_the_clinic(cast: Cast) -> None:
    eve = make_member(cast.clinic, "programme_manager", "Eve Ernst")
    pat = make_patient(cast.clinic, "Pat Petersen")
    mallory = make_member(make_clinic("south"), "clinician", "Mallory Mohn")
    assert [knock("north", person) for person in (eve, pat, mallory)] == [4403, 4404, 4404]
    entries = cast.entries()
    assert [row["actor"] for row in entries] == [
        f"membership:{eve.pk}",
        f"stranger:{pat.user_id}",
        f"stranger:{mallory.user_id}",
    ]
    assert [row["detail"]["reason"] for row in entries] == ["not_allowed", "not_found", "not_found"]
    assert {(row["outcome"], row["detail"]["view"], row["kind"]) for row in entries} == {
        ("denied", "alerts_socket", "denial")
    }
    assert {row["origin"]["address"] for row in entries} == {"127.0.0.1"}
    assert all(row["request"] for row in entries)
    assert cast.of_strangers() == []


def test_without_the_second_factor_a_socket_leaves_an_entry(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.alice.user)
    cookies = f"sessionid={browser.cookies['sessionid'].value}".encode()
    assert knock("north", None, cookies=cookies) == 4403
    assert [row["actor"] for row in cast.entries()] == [f"membership:{cast.alice.pk}"]


def test_strangers_and_unknown_clinics_leave_an_entry_on_the_platform(cast: Cast) -> None:
    assert knock("north", None) == 4401
    assert knock("nowhere", cast.alice) == 4404
    assert knock("north", None, origin="https://evil.example") is None
    entries = cast.of_strangers()
    assert [row["detail"]["reason"] for row in entries] == ["not_signed_in", "not_found", "foreign_origin"]
    assert [row["actor"] for row in entries] == [
        "stranger:unknown",
        f"stranger:{cast.alice.user_id}",
        "stranger:unknown",
    ]
    assert [row["detail"]["clinic"] for row in entries] == ["north", "", ""]
    assert cast.entries() == []


def test_a_number_that_is_none_leaves_an_entry(cast: Cast) -> None:
    assert knock("north", cast.alice, after="-1") == 4400
    assert [row["detail"]["reason"] for row in cast.entries()] == ["bad_request"]


def test_a_session_that_ends_under_an_open_socket_leaves_an_entry(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.1)
    monkeypatch.setattr("scoring.listeners.CHECK_SECONDS", 0.0)
    cookies = cookies_of(cast.alice)

    def sign_out() -> None:
        browser = Client()
        browser.cookies.load(cookies.decode())
        browser.post("/accounts/logout/")

    async def scenario() -> None:
        screen, _ = await open_screen("north", cookies)
        await database_sync_to_async(sign_out)()
        assert await screen.close_code() == 4401
        await screen.leave()

    play(scenario)
    (entry,) = cast.entries()
    assert (entry["actor"], entry["detail"]["reason"]) == (f"membership:{cast.alice.pk}", "not_signed_in")


def test_what_cannot_be_logged_is_refused_all_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = cookies_of(cast.alice)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(access_log, "write", fail)
    assert knock("north", None, cookies=cookies, after="-1") == 4400
