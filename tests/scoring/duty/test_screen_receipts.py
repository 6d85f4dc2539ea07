"""A visible screen says that it showed a call; only then may the patient be told that the clinic has it."""

from typing import Any

import pytest
from channels.db import database_sync_to_async

from clinics import tenancy
from clinics.models import Membership
from scoring.models import Alert, AlertSeen
from scoring.services import receipts
from tests.clinics.factories import make_clinic, make_member, watch_always
from tests.patients.factories import make_patient
from tests.scoring.duty.acts import again, answer, warn
from tests.scoring.sockets import Screen, cookies_of, open_screen, play

pytestmark = pytest.mark.commits


class Cast:
    def __init__(self) -> None:
        self.clinic = make_clinic("north")
        watch_always(self.clinic)
        self.alice = make_member(self.clinic, "clinician", "Alice Adler")
        self.bob = make_member(self.clinic, "observer", "Bob Brandt")
        self.pat = make_patient(self.clinic, "Pat Petersen")

    def answer(self) -> Alert:
        with tenancy.enter(self.clinic.pk):
            return answer(self.pat)

    def warn(self) -> Alert:
        with tenancy.enter(self.clinic.pk):
            return warn(self.pat)

    def is_confirmed(self, alert: Alert) -> bool:
        with tenancy.enter(self.clinic.pk):
            return receipts.is_confirmed(again(alert))

    def receipts(self) -> int:
        with tenancy.enter(self.clinic.pk):
            return AlertSeen.objects.count()


@pytest.fixture
def cast(committing: str) -> Cast:
    return Cast()


async def say(screen: Screen, text: str) -> None:
    await screen.communicator.send_input({"type": "websocket.receive", "text": text})


def in_thread(act: Any, *args: Any) -> Any:
    return database_sync_to_async(act)(*args)


def shown_by(cast: Cast, member: Membership, *, says: bool = True) -> bool:
    """Whether the alert is confirmed after this member's screen showed it, and said so or not."""
    cookies = cookies_of(member)
    answers: list[bool] = []

    async def scenario() -> None:
        screen, _ = await open_screen("north", cookies)
        alert = await in_thread(cast.answer)
        frame = await screen.frame()
        assert (frame["lane"], frame["state"]) == ("item_9", "open")
        assert not await in_thread(cast.is_confirmed, alert)
        if says:
            await say(screen, f'{{"shown": {frame["seq"]}}}')
        assert await screen.hears_nothing()
        answers.append(await in_thread(cast.is_confirmed, alert))
        await screen.leave()

    play(scenario)
    return answers[0]


def test_a_clinicians_visible_screen_confirms(cast: Cast) -> None:
    assert shown_by(cast, cast.alice)


def test_sending_alone_confirms_nothing(cast: Cast) -> None:
    assert not shown_by(cast, cast.alice, says=False)


def test_an_observers_screen_confirms_nothing(cast: Cast) -> None:
    assert not shown_by(cast, cast.bob)


def test_a_screen_confirms_only_calls_that_it_was_sent_and_once(cast: Cast) -> None:
    cookies = cookies_of(cast.alice)

    async def scenario() -> None:
        screen, _ = await open_screen("north", cookies)
        await in_thread(cast.warn)
        warning = (await screen.frame())["seq"]
        for text in (
            '{"shown": 99}',
            f'{{"shown": {warning}}}',
            '{"shown": "1"}',
            "[1]",
            "7",
            '{"other": 1}',
        ):
            await say(screen, text)
        assert await screen.hears_nothing()
        assert await in_thread(cast.receipts) == 0
        await in_thread(cast.answer)
        call = (await screen.frame())["seq"]
        for _ in range(3):
            await say(screen, f'{{"shown": {call}}}')
        assert await screen.hears_nothing()
        assert await in_thread(cast.receipts) == 1
        await screen.leave()

    play(scenario)
