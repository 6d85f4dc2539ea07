"""Shortened timers are for the demonstration."""

from pytest_django import Settings

from scoring.checks import timers_keep_their_time


def test_shortened_timers_stop_a_clinic_and_not_a_demonstration(settings: Settings) -> None:
    settings.DUTY_TIMER_SECONDS = 5
    assert timers_keep_their_time() == []
    settings.IS_PRODUCTION = True
    assert [one.id for one in timers_keep_their_time()] == ["scoring.E001"]
    settings.DUTY_TIMER_SECONDS = 0
    assert timers_keep_their_time() == []
