"""A watchdog apart from the sweeper: the page says it, the operator is told, also with the database away."""

from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import override_settings

from clinics import watchdog
from clinics.models import Heartbeat, Membership
from clinics.watchdog import AGAIN_SECONDS, Watch
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
BANNER = "has not been heard of for three minutes"
TO_OPERATOR = override_settings(OPERATOR_EMAIL=["op@site.example"])


@pytest.fixture(autouse=True)
def _connection_stays() -> Any:
    """The watchdog closes its connection after each look; a test stands in a transaction of it."""
    with mock.patch("clinics.watchdog.connection.close"):
        yield


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def beat() -> None:
    watchdog.beat(watchdog.DUTY)
    watchdog.beat(watchdog.MESSAGES)


def subjects() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def test_clinical_pages_say_that_the_timers_stand_still_and_others_do_not(
    alice: Membership, bob: Membership, ada: Membership
) -> None:
    assert BANNER in signed_in(alice).get("/c/north/").text
    assert BANNER in signed_in(bob).get("/c/north/").text
    assert BANNER not in signed_in(ada).get("/c/north/settings/members/").text
    beat()
    assert BANNER not in signed_in(alice).get("/c/north/").text


@TO_OPERATOR
def test_the_operator_is_told_once_then_hourly_and_when_it_is_back() -> None:
    clock = Clock()
    watch = Watch(now=clock)
    assert [watch.look(), watch.look()] == ["duty", "duty"]
    assert subjects() == ["MoodVision: timers stand still"]
    clock.at = AGAIN_SECONDS
    watch.look()
    assert len(subjects()) == 2
    beat()
    assert watch.look() == ""
    assert subjects()[-1] == "MoodVision: timers run and messages get out again"
    watch.look()
    assert len(subjects()) == 3
    assert mail.outbox[0].to == ["op@site.example"]


@TO_OPERATOR
def test_a_mail_server_that_is_down_is_tried_again_at_the_next_look() -> None:
    watch = Watch()
    with mock.patch("clinics.watchdog.send_mail", side_effect=ConnectionRefusedError):
        watch.look()
    assert subjects() == []
    watch.look()
    assert subjects() == ["MoodVision: timers stand still"]


@TO_OPERATOR
def test_a_database_that_does_not_answer_is_told_too() -> None:
    watch = Watch()
    with mock.patch("clinics.watchdog.silent", side_effect=OperationalError):
        assert watch.look() == "database"
    assert subjects() == ["MoodVision: the database does not answer"]


def test_the_command_ends_with_a_word_when_it_is_silent() -> None:
    with pytest.raises(CommandError, match="duty"):
        call_command("watchdog", once=True)
    beat()
    call_command("watchdog", once=True)
    assert Heartbeat.objects.count() == 2
