"""The socket and the session behind it: a factor missing, a screen locked, a session ended."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from channels.db import database_sync_to_async
from django.test import Client

from clinics import sign_in, tenancy
from clinics.models import Membership
from patients.models import Patient
from scoring import consumers, listeners, services
from scoring.models import Alert
from tests.clinics.factories import PASSWORD, make_clinic, make_member, make_session
from tests.conftest import signed_in
from tests.patients.factories import make_patient
from tests.scoring.sockets import open_screen, play

pytestmark = pytest.mark.commits


class Cast:
    def __init__(self) -> None:
        self.clinic = make_clinic("north")
        self.alice = make_member(self.clinic, "clinician", "Alice Adler")
        self.browser = signed_in(self.alice)

    def report(self, name: str = "Pat Petersen") -> Alert | None:
        patient: Patient = make_patient(self.clinic, name)
        with tenancy.enter(self.clinic.pk):
            return services.report_failed_analysis(clinic_id=self.clinic.pk, patient_id=patient.pk)

    def change_session(self, **values: Any) -> None:
        session = self.browser.session
        session.update(values)
        session.save()


@pytest.fixture
def cast(committing: str) -> Cast:
    return Cast()


def cookies_of(browser: Client) -> bytes:
    return f"sessionid={browser.cookies['sessionid'].value}".encode()


def in_thread(act: Callable[..., Any], *args: Any) -> Any:
    return database_sync_to_async(act)(*args)


def code_after(cast: Cast, act: Callable[[], object]) -> int:
    """How the open screen is closed when this happens; the checks by the clock would come too late."""
    codes = []

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies_of(cast.browser))
        assert await screen.hears_nothing()
        await in_thread(act)
        codes.append(await screen.close_code())
        await screen.leave()

    assert listeners.CHECK_SECONDS >= 5
    assert consumers.RECHECK_SECONDS >= 30
    play(scenario)
    return codes[0]


def test_signing_out_closes_the_socket_at_once(cast: Cast) -> None:
    key = cookies_of(cast.browser)
    assert code_after(cast, lambda: cast.browser.post("/accounts/logout/")) == 4401

    async def scenario() -> None:
        stolen, _ = await open_screen(cast.clinic.slug, key)
        assert await stolen.close_code() == 4401
        await stolen.leave()

    play(scenario)


def test_a_session_ended_from_elsewhere_loses_its_socket_at_once(cast: Cast) -> None:
    make_session(cast.alice.user, str(cast.browser.session.session_key))
    other = signed_in(cast.alice)
    assert code_after(cast, lambda: other.post("/accounts/sessions/")) == 4401


def test_one_session_ended_from_elsewhere_loses_its_socket_at_once(cast: Cast) -> None:
    ended = make_session(cast.alice.user, str(cast.browser.session.session_key))
    other = signed_in(cast.alice)
    assert code_after(cast, lambda: other.post(f"/accounts/sessions/{ended.pk}/end/")) == 4401


def test_a_changed_password_closes_the_socket_at_once(cast: Cast) -> None:
    fresh = "a quite different sentence"
    fields = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    other = signed_in(cast.alice)
    assert code_after(cast, lambda: other.post("/accounts/password/change/", fields)) == 4401


def test_without_a_second_factor_no_socket_opens(cast: Cast) -> None:
    without = Client()
    without.force_login(cast.alice.user)

    async def refused(browser: Client) -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies_of(browser))
        assert await screen.close_code() == 4403
        await screen.leave()

    play(lambda: refused(without))
    Authenticator.objects.all().delete()
    play(lambda: refused(cast.browser))


def test_a_session_of_twelve_hours_has_no_socket(cast: Cast) -> None:
    cast.change_session(**{sign_in.SIGNED_IN_AT: time.time() - sign_in.LONGEST_SECONDS - 1})

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies_of(cast.browser))
        assert await screen.close_code() == 4401
        await screen.leave()

    play(scenario)


def test_a_locked_screen_hears_only_how_many_wait_and_then_all_it_missed(cast: Cast) -> None:
    cast.report("Ann A")

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies_of(cast.browser), after=1)
        assert await screen.hears_nothing()
        await in_thread(cast.browser.post, "/locked/", {"next": "/c/north/"})
        assert await screen.frame() == {"type": "waiting", "count": 1}
        await in_thread(cast.report, "Ben B")
        assert await screen.frame() == {"type": "waiting", "count": 2}
        await in_thread(cast.browser.post, "/accounts/reauthenticate/", {"password": PASSWORD})
        assert (await screen.frame())["seq"] == 2
        await screen.leave()

    play(scenario)


def test_an_idle_session_opens_a_socket_that_only_counts(cast: Cast) -> None:
    cast.report("Ann A")
    cast.change_session(**{sign_in.SEEN_AT: time.time() - sign_in.IDLE_SECONDS - 1})

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies_of(cast.browser))
        assert await screen.frame() == {"type": "waiting", "count": 1}
        assert await screen.hears_nothing()
        assert screen.joined_at is None
        await screen.leave()

    play(scenario)


def test_a_locked_role_without_patients_hears_nothing_at_all(cast: Cast) -> None:
    eve: Membership = make_member(cast.clinic, "programme_manager", "Eve Ernst")
    browser = signed_in(eve)
    browser.post("/locked/")

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies_of(browser))
        assert await screen.close_code() == 4403
        await screen.leave()

    play(scenario)
