"""Open screens obey care teams at once: not at the next sign-in, and not five seconds later."""

import pytest

from clinics import tenancy
from clinics.models import CareTeam, Membership
from patients import care_teams
from tests.clinics.factories import make_member
from tests.scoring.sockets import cookies_of, open_screen, play
from tests.scoring.test_alert_socket import Cast, in_thread

pytestmark = pytest.mark.commits


@pytest.fixture
def cast(committing: str) -> Cast:
    return Cast()


@pytest.fixture
def ada(cast: Cast) -> Membership:
    return make_member(cast.clinic, "administrator", "Ada Abel")


@pytest.fixture
def carl(cast: Cast) -> Membership:
    return make_member(cast.clinic, "clinician", "Carl Conrad")


@pytest.fixture
def blue(cast: Cast, ada: Membership, carl: Membership) -> CareTeam:
    """Pat's team: Alice and Carl are in it."""
    with tenancy.enter(cast.clinic.pk):
        team = care_teams.make_team(clinic=cast.clinic, name="Blue", by=ada)
        for member in (cast.alice, carl):
            care_teams.add_member(team=team, member=member, by=ada)
        care_teams.move_patient(patient=cast.pat, team=team, by=ada)
    return team


def divide(cast: Cast, by: Membership) -> None:
    with tenancy.enter(cast.clinic.pk):
        care_teams.set_scope(clinic=cast.clinic, scope="care_team", by=by)


def take_out(cast: Cast, team: CareTeam, by: Membership) -> None:
    with tenancy.enter(cast.clinic.pk):
        care_teams.remove_member(team=team, member=cast.alice, by=by)


def test_who_is_taken_out_of_the_team_hears_the_next_alert_no_more(
    cast: Cast, ada: Membership, blue: CareTeam
) -> None:
    divide(cast, ada)
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(cast.report)
        assert (await screen.frame())["seq"] == 1
        await in_thread(take_out, cast, blue, ada)
        await in_thread(cast.report)
        assert await screen.hears_nothing()
        await screen.leave()

    play(scenario)


def test_a_clinic_that_is_divided_now_silences_the_screens_of_other_teams(
    cast: Cast, ada: Membership, blue: CareTeam
) -> None:
    take_out(cast, blue, ada)
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        await in_thread(cast.report)
        assert (await screen.frame())["seq"] == 1
        await in_thread(divide, cast, ada)
        await in_thread(cast.report)
        assert await screen.hears_nothing()
        await screen.leave()

    play(scenario)


def test_an_open_alert_reaches_the_screens_of_the_team_its_patient_moves_to(
    cast: Cast, ada: Membership, carl: Membership, blue: CareTeam
) -> None:
    with tenancy.enter(cast.clinic.pk):
        red = care_teams.make_team(clinic=cast.clinic, name="Red", by=ada)
        care_teams.add_member(team=red, member=cast.alice, by=ada)
    take_out(cast, blue, ada)
    divide(cast, ada)
    alert = cast.report()
    cookies = cookies_of(cast.alice)

    def move() -> None:
        with tenancy.enter(cast.clinic.pk):
            care_teams.move_patient(patient=cast.pat, team=red, by=carl)

    async def scenario() -> None:
        screen, _ = await open_screen(cast.clinic.slug, cookies)
        assert await screen.hears_nothing()
        await in_thread(move)
        frame = await screen.frame()
        assert (frame["seq"], frame["alert"]) == (2, str(alert.pk))
        await screen.leave()

    play(scenario)
