"""Sending by a real mail server that works, refuses, is slow, silent or down; workers that die."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics import messages, tenancy
from clinics.messages import sending
from clinics.messages.channels.email import EmailLine
from clinics.models import Clinic, Membership, Message
from moodvision.demo.mail_server import MailServer
from tests.clinics.factories import make_member
from tests.clinics.messages.acts import again, change, facts, make_due, queue, states
from tests.clinics.messages.conftest import Started


def test_a_mail_says_number_age_and_state_and_no_more(clara: Membership, mail: MailServer) -> None:
    row = queue(clara)[0]
    assert messages.send_due() == 1
    (sent,) = mail.mails
    assert sent["to"] == ["clara@north.example"]
    assert sent["subject"] == "4127, 40 min, not taken"
    assert f"<{row.pk}@" in sent["id"]
    assert "/m/" in sent["body"]
    assert "north" not in sent["body"].lower()
    assert again(row).state == "sent"
    assert messages.send_due() == 0


def to_staff(server: MailServer) -> list[dict[str, Any]]:
    """Without what tells the administrator of messages that could not be delivered."""
    return [sent for sent in server.mails if "could not be delivered" not in sent["subject"]]


def test_urgent_ones_go_first(clara: Membership, mail: MailServer) -> None:
    queue(clara, "late", facts=facts(number=1))
    queue(clara, "urgent", facts=facts(number=2, lane="item_9"))
    messages.send_due(limit=1)
    assert [sent["subject"][0] for sent in mail.mails] == ["2"]


def test_one_refused_address_keeps_no_other_waiting(
    north: Clinic, clara: Membership, start_mail: Started
) -> None:
    dora = make_member(north, "clinician", "Dora Dahl")
    with start_mail("--refuse", "clara@north.example") as server:
        dead, fine = queue(clara)[0], queue(dora)[0]
        messages.send_due()
        assert [sent["to"] for sent in to_staff(server)] == [["dora@north.example"]]
    assert (again(dead).state, again(dead).why) == ("dead", "address_refused")
    assert again(fine).state == "sent"


def test_an_address_that_is_put_off_is_tried_again_and_given_up_at_last(
    clara: Membership, start_mail: Started, settings: Settings
) -> None:
    settings.MESSAGE_MAX_ATTEMPTS = 3
    with start_mail("--put-off", "clara@north.example"):
        row = queue(clara)[0]
        for attempt in (1, 2):
            messages.send_due()
            assert (again(row).state, again(row).attempts) == ("queued", attempt)
            assert again(row).next_try_at > timezone.now()
            make_due(row)
        messages.send_due()
    assert (again(row).state, again(row).why) == ("dead", "address_refused")


def test_a_mail_server_down_for_a_day_costs_no_message(
    clara: Membership, start_mail: Started, settings: Settings
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = held.getsockname()[1]
        rows = [queue(clara, f"alert:{number}")[0] for number in range(3)]
        for _hour in range(24):
            assert messages.send_due() == 0
            for row in rows:
                make_due(row)
    assert [(again(row).state, again(row).attempts) for row in rows] == [("queued", 0)] * 3
    for row in rows:
        change(row, created_at=timezone.now() - timedelta(hours=24))
    with start_mail() as server:
        assert messages.send_due() == 3
        assert len(server.mails) == 3


def test_one_failure_of_the_server_is_enough_for_a_run(
    clara: Membership, start_mail: Started, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not answer costs one time-out in a run, not one for each message."""
    settings.EMAIL_PORT = 1
    opened: list[int] = []
    before = EmailLine._open

    def open_counted(line: EmailLine) -> None:
        opened.append(1)
        before(line)

    monkeypatch.setattr(EmailLine, "_open", open_counted)
    for number in range(5):
        queue(clara, f"alert:{number}")
    messages.send_due()
    assert len(opened) == 1


def test_what_waited_for_two_days_is_given_up(
    clara: Membership, start_mail: Started, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    row = queue(clara)[0]
    change(row, created_at=timezone.now() - timedelta(hours=49))
    messages.send_due()
    assert (again(row).state, again(row).why) == ("dead", "mail_server_unreachable")


def test_a_slow_server_ends_the_run_in_time_and_loses_nothing(clara: Membership, start_mail: Started) -> None:
    with start_mail("--delay", "0.5") as server:
        for number in range(4):
            queue(clara, f"alert:{number}")
        assert messages.send_due(seconds=0.7) in (1, 2)
        assert "sending" not in states(clara.clinic_id)
        messages.send_due()
        assert len(server.mails) == 4


def test_a_server_that_takes_a_mail_and_never_says_so_gets_it_twice_at_most(
    clara: Membership, start_mail: Started
) -> None:
    with start_mail("--silent") as server:
        row = queue(clara)[0]
        messages.send_due()
        assert (again(row).state, again(row).sent_maybe_twice) == ("queued", True)
        for _time in range(3):
            make_due(row) if again(row).state == "queued" else None
            messages.send_due()
        assert len(to_staff(server)) == 2
        assert len({sent["id"] for sent in to_staff(server)}) == 1
    assert (again(row).state, again(row).why) == ("dead", "in_doubt")


class Killed(BaseException):
    """The worker ends here, as by SIGKILL: nothing is caught, nothing recorded."""


def test_a_worker_killed_between_sending_and_recording_leaves_one_marked_double(
    clara: Membership, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queue(clara)[0]
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_record", _die)
        with pytest.raises(Killed):
            messages.send_due()
    assert (again(row).state, len(mail.mails)) == ("sending", 1)
    assert messages.send_due() == 0, "its lease still runs"
    change(row, lease_until=timezone.now() - timedelta(seconds=1))
    assert messages.send_due() == 1
    assert (again(row).state, again(row).sent_maybe_twice, len(mail.mails)) == ("sent", True, 2)


def test_a_worker_killed_twice_sends_no_third(
    clara: Membership, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queue(clara)[0]
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_record", _die)
        for _time in range(2):
            with pytest.raises(Killed):
                messages.send_due()
            change(row, lease_until=timezone.now() - timedelta(seconds=1))
    messages.send_due()
    assert (again(row).state, again(row).why, len(to_staff(mail))) == ("dead", "in_doubt", 2)


def _die(*args: object) -> None:
    raise Killed


def test_what_was_stopped_while_it_was_sent_says_that_it_went(
    clara: Membership, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queue(clara)[0]
    record = sending._record

    def stop_first(*args: object) -> None:
        messages.stop(clinic_id=clara.clinic_id, dedupe_prefix="alert:1:")
        record(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "_record", stop_first)
    messages.send_due()
    assert (again(row).state, again(row).sent_maybe_twice) == ("sent", False)


def test_what_is_too_late_is_not_sent(clara: Membership, mail: MailServer) -> None:
    past = timezone.now() - timedelta(minutes=1)
    alert = queue(clara, "alert", expires_at=past)[0]
    digest = queue(
        clara,
        "digest",
        kind=messages.Kind.DIGEST,
        facts={"count": 2, "path": "/c/north/"},
        expires_at=past,
    )[0]
    messages.send_due()
    assert [again(row).state for row in (alert, digest)] == ["dead", "dropped"]
    assert to_staff(mail) == []


def test_nobody_who_left_is_written_to(clara: Membership, mail: MailServer) -> None:
    row = queue(clara)[0]
    with tenancy.enter(clara.clinic_id):
        Membership.objects.filter(pk=clara.pk).update(is_active=False)
    messages.send_due()
    assert (again(row).state, again(row).why) == ("dropped", "nobody_to_send_to")


def test_a_clock_set_back_keeps_no_message_waiting(clara: Membership, mail: MailServer) -> None:
    """It was a day ahead when the message was queued, and is right again now."""
    tomorrow = timezone.now() + timedelta(days=1)
    row = queue(clara)[0]
    change(row, created_at=tomorrow, next_try_at=tomorrow)
    assert messages.send_due() == 1
    assert (again(row).state, mail.mails[0]["subject"]) == ("sent", "4127, 40 min, not taken")


def test_a_clock_set_back_sends_no_message_before_it_is_wanted(clara: Membership, mail: MailServer) -> None:
    row = queue(clara, not_before=timezone.now() + timedelta(days=1))[0]
    change(row, created_at=timezone.now() + timedelta(hours=1))
    assert messages.send_due() == 0


def test_a_lease_from_a_clock_that_was_ahead_does_not_last(clara: Membership, mail: MailServer) -> None:
    row = queue(clara)[0]
    change(row, state="sending", lease_until=timezone.now() + timedelta(days=1))
    assert messages.send_due() == 1
    assert again(row).sent_maybe_twice


def test_the_clinics_take_turns(committing: str, clara: Membership, mail: MailServer) -> None:
    from tests.clinics.factories import make_clinic

    south = make_member(make_clinic("south"), "clinician", "Sara Sand")
    for number in range(3):
        queue(clara, f"alert:{number}")
    queue(south)
    assert messages.send_due() == 4
    with tenancy.enter(south.clinic_id):
        assert [row.state for row in Message.objects.all()] == ["sent"]
