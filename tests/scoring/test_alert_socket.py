"""The clinician's socket, with real Redis and a database that commits."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError

from clinics import tenancy
from clinics.models import AccessLogEntry, CareTeam, ClinicSettings, Membership
from moodvision.embedded.redis import RunningRedis
from patients.models import Patient
from scoring import consumers, listeners, services
from scoring.models import Alert
from tests.clinics.factories import make_clinic, make_member
from tests.patients.factories import make_patient
from tests.scoring.sockets import cookies_of, open_screen, play

pytestmark = pytest.mark.commits


class Cast:
    """The people of these tests, in the database whose transactions commit."""

    def __init__(self) -> None:
        self.clinic = make_clinic("north")
        self.alice = make_member(self.clinic, "clinician", "Alice Adler")
        self.pat = make_patient(self.clinic, "Pat Petersen")

    def report(self, patient: Patient | None = None) -> Alert:
        patient = patient or self.pat
        with tenancy.enter(self.clinic.pk):
            alert = services.report_failed_analysis(clinic_id=self.clinic.pk, patient_id=patient.pk)
        assert alert is not None
        return alert


@pytest.fixture
def cast(committing: str) -> Cast:
    return Cast()


def in_thread(act: Callable[..., Any], *args: Any) -> Any:
    """Database work of a scenario, where the consumers do theirs."""
    return database_sync_to_async(act)(*args)


def refusal(cast: Cast, person: Membership | Patient | None, *, path: str = "", after: str = "0") -> int:
    """The code with which this person's screen is closed before it hears anything."""
    cookies, codes = cookies_of(person), []

    async def scenario() -> None:
        screen, is_accepted = await open_screen(path or cast.clinic.slug, cookies, after=after)
        assert is_accepted
        codes.append(await screen.close_code())
        await in_thread(cast.report)
        assert await screen.hears_nothing()
        assert screen.joined_at is None
        await screen.leave()

    play(scenario)
    return codes[0]


def test_an_alert_arrives_with_ids_and_states_only(cast: Cast) -> None:
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, is_accepted = await open_screen(cast.clinic.slug, cookies)
        assert is_accepted
        alert = await in_thread(cast.report)
        assert await screen.frame() == {
            "type": "alert",
            "seq": 1,
            "alert": str(alert.pk),
            "rule": "analysis_failed",
            "state": "open",
            "line": "",
            "lane": "routine",
            "severity": "notice",
        }
        await screen.leave()

    play(scenario)
    with tenancy.enter(cast.clinic.pk):
        assert AccessLogEntry.objects.filter(action="alerts.watched").count() == 1


def test_strangers_and_roles_without_patients_are_refused(cast: Cast) -> None:
    mallory = make_member(make_clinic("south"), "clinician", "Mallory Mohn")
    eve = make_member(cast.clinic, "programme_manager", "Eve Ernst")
    assert refusal(cast, None) == 4401
    assert refusal(cast, mallory) == 4404
    assert refusal(cast, cast.pat) == 4404
    assert refusal(cast, eve) == 4403
    assert refusal(cast, cast.alice, path="nowhere") == 4404
    assert refusal(cast, cast.alice, after="-1") == 4400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8000"]
)
def test_another_origin_is_refused_in_the_handshake(cast: Cast, origin: str) -> None:
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, is_accepted = await open_screen(cast.clinic.slug, cookies, origin=origin)
        assert not is_accepted
        await screen.leave()

    play(scenario)


def test_a_browser_that_was_away_gets_what_it_missed_once_and_in_order(cast: Cast) -> None:
    others = [make_patient(cast.clinic, f"Pat{index} P") for index in range(4)]
    for patient in others:
        cast.report(patient)
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies, after=2)
        assert [(await screen.frame())["seq"] for _ in range(2)] == [3, 4]
        assert screen.joined_at is None  # up to date only after all of them
        assert await screen.hears_nothing()
        assert screen.joined_at == 4
        await in_thread(cast.report)
        await in_thread(cast.report, others[0])
        assert [(await screen.frame())["seq"] for _ in range(2)] == [5, 6]
        assert await screen.hears_nothing()
        late, _ = await open_screen(cast.clinic.slug, cookies, after=0)
        assert [(await late.frame())["seq"] for _ in range(5)] == [2, 3, 4, 5, 6]
        ahead, _ = await open_screen(cast.clinic.slug, cookies, after=10**15)
        assert await ahead.hears_nothing()
        await in_thread(cast.report)
        assert [(await row.frame())["seq"] for row in (screen, late, ahead)] == [7, 7, 7]
        for row in (screen, late, ahead):
            await row.leave()

    play(scenario)


def test_a_doorbell_that_got_lost_is_made_good(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    monkeypatch.setattr("scoring.feed.OLD_SECONDS", 0.1)
    monkeypatch.setattr("scoring.doorbell._ring", lambda *args: None)
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(cast.report)
        assert (await screen.frame())["seq"] == 1
        await screen.leave()

    play(scenario)


def test_a_revoked_membership_closes_the_socket_at_once(cast: Cast) -> None:
    cookies = cookies_of(cast.alice)

    def revoke() -> None:
        with tenancy.enter(cast.clinic.pk):
            cast.alice.is_active = False
            cast.alice.save(update_fields=["is_active"])

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(revoke)
        assert await screen.close_code() == 4404
        await in_thread(cast.report)
        assert await screen.hears_nothing()
        await screen.leave()

    play(scenario)


def test_after_logout_no_alert_is_sent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "CHECK_SECONDS", 0.0)
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(Session.objects.all().delete)
        await in_thread(cast.report)
        assert await screen.close_code() == 4401
        await screen.leave()

    play(scenario)


def test_a_quiet_socket_is_closed_after_logout(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "CHECK_SECONDS", 0.0)
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(Session.objects.all().delete)
        assert await screen.close_code() == 4401
        await screen.leave()

    play(scenario)


def test_a_changed_password_ends_the_sockets_of_older_sessions(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "CHECK_SECONDS", 0.0)
    cookies = cookies_of(cast.alice)

    def change() -> None:
        cast.alice.user.set_password("another long sentence")
        cast.alice.user.save()

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(change)
        await in_thread(cast.report)
        assert await screen.close_code() == 4401
        await screen.leave()

    play(scenario)


def test_in_a_clinic_of_care_teams_only_the_team_hears(cast: Cast) -> None:
    with tenancy.enter(cast.clinic.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        team = CareTeam.objects.create(clinic=cast.clinic, name="Ward 1")
        team.members.create(clinic=cast.clinic, membership=cast.alice)
        theirs = make_patient(cast.clinic, "Thea T")
        Patient.objects.filter(pk=theirs.pk).update(care_team=team)
    cookies = cookies_of(cast.alice)
    cast.report()

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(cast.report)
        await in_thread(cast.report, theirs)
        assert (await screen.frame())["seq"] == 3
        assert await screen.hears_nothing()
        await screen.leave()

    play(scenario)


def test_twenty_sockets_share_the_queries_of_an_alert(cast: Cast) -> None:
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screens = [(await open_screen(cast.clinic.slug, cookies))[0] for _ in range(20)]
        for seq in range(1, 6):
            await in_thread(cast.report)
            for screen in screens:
                assert (await screen.frame())["seq"] == seq
        for screen in screens:
            await screen.leave()

    with CaptureQueriesContext(connection) as queries:
        play(scenario)
    statements = [query["sql"] for query in queries.captured_queries]
    joins = 20
    assert sum('"seq" > ' in statement for statement in statements) <= joins + 5
    assert sum('"django_session"."expire_date" > ' in statement for statement in statements) <= joins + 3


@pytest.mark.processes
def test_when_redis_dies_the_socket_ends_and_the_next_one_replays(
    cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        assert await screen.hears_nothing()
        server.kill()
        await in_thread(cast.report)  # stored and accepted, though nobody can be told
        with pytest.raises(RedisConnectionError):
            await screen.close_code()
        server.start()
        again, _ = await open_screen(cast.clinic.slug, cookies)
        assert (await again.frame())["seq"] == 1
        await again.leave()

    with RunningRedis(tmp_path / "redis") as server:
        layer = settings.CHANNEL_LAYERS["default"]
        config = {**layer["CONFIG"], "hosts": [{"address": server.url, "socket_timeout": 15}]}
        settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": config}}
        play(scenario)


def test_a_quiet_socket_outlives_the_wait_of_the_layer(cast: Cast) -> None:
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await asyncio.sleep(6)
        await in_thread(cast.report)
        assert (await screen.frame())["seq"] == 1
        await screen.leave()

    play(scenario)
