"""Quiet hours: laws that hold on any clock, and the nights on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinics import messages, tenancy
from clinics.messages import choosing
from clinics.messages.quiet import end_of_quiet
from clinics.models import ClinicSafety, Membership, Message
from moodvision.demo.mail_server import MailServer
from tests.clinics.messages.acts import again, facts, make_due, queue

BERLIN = ZoneInfo("Europe/Berlin")
clocks = st.times()
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.integers(0, 20 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])


@given(start=clocks, until=clocks, zone=zones, now=moments)
def test_the_end_lies_ahead_and_within_a_day_and_an_hour(
    start: time, until: time, zone: str, now: datetime
) -> None:
    end = end_of_quiet(start, until, ZoneInfo(zone), now)
    assert end is None or now < end <= now + timedelta(hours=25)


@given(start=clocks, until=clocks, zone=zones, now=moments)
def test_at_its_end_it_is_not_quiet_any_more(start: time, until: time, zone: str, now: datetime) -> None:
    end = end_of_quiet(start, until, ZoneInfo(zone), now)
    if end is not None and end_of_quiet(start, until, ZoneInfo(zone), end) is not None:
        before = end.astimezone(ZoneInfo(zone)).utcoffset()
        after = (end + timedelta(hours=2)).astimezone(ZoneInfo(zone)).utcoffset()
        earlier = (end - timedelta(hours=2)).astimezone(ZoneInfo(zone)).utcoffset()
        assert before != after or before != earlier, "only a clock change moves the end of quiet hours"


@given(clock=clocks, zone=zones, now=moments)
def test_the_same_time_twice_is_never_quiet(clock: time, zone: str, now: datetime) -> None:
    assert end_of_quiet(clock, clock, ZoneInfo(zone), now) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-28T23:30+01:00", "2026-03-29T07:00+02:00"),  # the night that skips an hour
        ("2026-10-24T23:30+02:00", "2026-10-25T07:00+01:00"),  # the night that repeats one
        ("2026-10-25T02:30+02:00", "2026-10-25T07:00+01:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T07:00+01:00"),
        ("2026-06-01T06:59+02:00", "2026-06-01T07:00+02:00"),
        ("2026-06-01T07:00+02:00", None),
        ("2026-06-01T12:00+02:00", None),
    ],
)
def test_nights_on_which_clocks_change(now: str, end: str | None) -> None:
    found = end_of_quiet(time(22), time(7), BERLIN, datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(end) if end else None)


def be_quiet_now(member: Membership) -> None:
    """From an hour ago to an hour from now, on the clinic's clock."""
    local = timezone.now().astimezone(member.clinic.zone)
    with tenancy.enter(member.clinic_id):
        choosing.save_choices(
            member=member,
            ways=["email"],
            quiet_from=(local - timedelta(hours=1)).time(),
            quiet_until=(local + timedelta(hours=1)).time(),
        )


def test_a_routine_message_waits_until_quiet_hours_are_over(clara: Membership, mail: MailServer) -> None:
    be_quiet_now(clara)
    (row,) = queue(clara)
    assert messages.send_due() == 0
    later = again(row)
    assert (later.state, later.attempts) == ("queued", 0)
    assert timedelta(minutes=50) < later.next_try_at - timezone.now() <= timedelta(minutes=61)


def test_an_urgent_one_does_not(clara: Membership, mail: MailServer) -> None:
    """Also to who is on no shift: an empty rota tells the lead, in the evening."""
    be_quiet_now(clara)
    with tenancy.enter(clara.clinic_id):
        ClinicSafety.objects.update_or_create(clinic_id=clara.clinic_id, defaults={"keeps_rota": True})
    queue(clara, facts=facts(lane="call"))
    assert messages.send_due() == 1


def test_what_would_be_late_after_quiet_hours_is_dropped(clara: Membership, mail: MailServer) -> None:
    be_quiet_now(clara)
    body: dict[str, Any] = {"kind": messages.Kind.DIGEST, "facts": {"count": 1, "path": "/c/north/"}}
    (row,) = queue(clara, expires_at=timezone.now() + timedelta(minutes=30), **body)
    messages.send_due()
    assert (again(row).state, again(row).why) == ("dropped", "quiet_hours")


def test_it_goes_once_quiet_hours_are_over(clara: Membership, mail: MailServer) -> None:
    be_quiet_now(clara)
    (row,) = queue(clara)
    messages.send_due()
    with tenancy.enter(clara.clinic_id):
        choosing.save_choices(member=clara, ways=["email"], quiet_from=None, quiet_until=None)
    make_due(row)
    assert messages.send_due() == 1
    with tenancy.enter(clara.clinic_id):
        assert Message.objects.get().state == "sent"
