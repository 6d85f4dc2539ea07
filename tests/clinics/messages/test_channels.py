"""Push, chat and text messages against real servers: what they carry, and what each refusal leads to."""

import hashlib
import hmac
import json
import re
import socket
from datetime import timedelta

import pytest
from django.utils import timezone
from py_vapid import Vapid02
from pytest_django import Settings

from clinics import messages, tenancy
from clinics.errors import DomainError
from clinics.messages import choosing, outbound
from clinics.messages.outcomes import RefusedForGood
from clinics.models import MemberAddress, MemberChoices, Membership, Message
from moodvision.demo.mail_server import MailServer
from tests.clinics.messages.acts import again, facts, make_due, queue
from tests.clinics.messages.hooks import Browser, Hooks, vapid_key

ALL = ["email", "push", "chat", "sms"]


def subscribe(member: Membership, hooks: Hooks, path: str = "/push/1") -> Browser:
    browser = Browser()
    with tenancy.enter(member.clinic_id):
        choosing.add_device(member=member, label="Firefox", **browser.subscription(hooks.url(path)))
        forget_notices()
    return browser


def give(member: Membership, channel: str, text: str, *, is_confirmed: bool = True) -> MemberAddress:
    with tenancy.enter(member.clinic_id):
        row = choosing.add_address(member=member, channel=channel, text=text)
        row.confirmed_at = timezone.now() if is_confirmed else None
        row.save(update_fields=["confirmed_at"])
        forget_notices()
        return row


def forget_notices() -> None:
    """That a way was added is told too, by e-mail: tests/clinics/messages/test_pages.py."""
    assert Message.objects.filter(kind="way_added").delete()[0]


def want(member: Membership, *ways: str) -> None:
    with tenancy.enter(member.clinic_id):
        choosing.save_choices(member=member, ways=list(ways), quiet_from=None, quiet_until=None)


def test_a_push_is_sealed_for_the_browser_and_signed_by_us(clara: Membership, hooks: Hooks) -> None:
    browser = subscribe(clara, hooks)
    want(clara, "push")
    (row,) = queue(clara)
    assert messages.send_due() == 1
    ((path, headers, body),) = hooks.taken
    said = browser.read(body)
    assert path == "/push/1"
    url = said.pop("url")
    assert said == {"title": "4127, 40 min, not taken", "body": "", "tag": row.pk.hex}
    assert re.fullmatch(r"https?://[^/]+/m/[\w:.-]+/", url)
    token, key = headers["Authorization"].removeprefix("vapid t=").split(",k=")
    signed, signature = token.rsplit(".", 1)
    assert key == vapid_key()
    assert Vapid02.from_raw_public(key.encode()).verify_token(signed.encode(), signature)
    assert (headers["Topic"], headers["Urgency"]) == (row.pk.hex, "normal")
    assert b"4127" not in body


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_mail_takes_over(
    clara: Membership, hooks: Hooks, mail: MailServer, status: int
) -> None:
    subscribe(clara, hooks)
    want(clara, "push")
    (row,) = queue(clara)
    hooks.status = status
    messages.send_due()
    messages.send_due()
    assert (again(row).state, again(row).why) == ("dropped", "device_gone")
    with tenancy.enter(clara.clinic_id):
        assert not MemberAddress.objects.exists()
    assert [sent["subject"] for sent in mail.mails] == ["4127, 40 min, not taken"]
    assert [one.channel for one in queue(clara, "next")] == ["email"]


def test_one_device_of_two_is_enough(clara: Membership, hooks: Hooks) -> None:
    subscribe(clara, hooks, "/push/1")
    want(clara, "push")
    with tenancy.enter(clara.clinic_id):
        fine = Browser()
        gone = fine.subscription("https://localhost:1/gone")
        choosing.add_device(member=clara, label="Old", **gone)
        forget_notices()
    (row,) = queue(clara)
    assert messages.send_due() == 1
    assert again(row).state == "sent"


def test_a_busy_push_service_is_tried_again(clara: Membership, hooks: Hooks) -> None:
    subscribe(clara, hooks)
    want(clara, "push")
    (row,) = queue(clara)
    hooks.status = 503
    messages.send_due()
    assert (again(row).state, again(row).attempts, again(row).why) == ("queued", 1, "push_service_busy")
    hooks.status = 201
    make_due(row)
    assert messages.send_due() == 1


def test_a_push_service_that_goes_silent_leaves_a_mark(clara: Membership, hooks: Hooks) -> None:
    subscribe(clara, hooks)
    want(clara, "push")
    (row,) = queue(clara)
    hooks.is_silent = True
    messages.send_due()
    assert again(row).sent_maybe_twice


def test_a_push_service_that_is_not_there_costs_no_attempt(clara: Membership, hooks: Hooks) -> None:
    with tenancy.enter(clara.clinic_id):
        choosing.add_device(member=clara, label="", **Browser().subscription("https://localhost:1/push"))
    want(clara, "push")
    (row,) = queue(clara)
    messages.send_due()
    assert (again(row).state, again(row).attempts, again(row).why) == ("queued", 0, "unreachable")


def test_a_chat_gets_one_signed_line(clara: Membership, hooks: Hooks, settings: Settings) -> None:
    give(clara, "chat", hooks.url("/hook/secret"))
    want(clara, "chat")
    queue(clara)
    assert messages.send_due() == 1
    ((path, headers, body),) = hooks.taken
    moment, signed = headers["X-MoodVision-Signature"].removeprefix("t=").split(",v1=")
    expected = hmac.new(settings.CHAT_WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    assert signed == expected.hexdigest()
    assert path == "/hook/secret"
    assert json.loads(body)["text"].startswith("4127, 40 min, not taken http")


def test_a_redirect_is_not_followed(clara: Membership, hooks: Hooks, mail: MailServer) -> None:
    give(clara, "chat", hooks.url())
    want(clara, "chat")
    (row,) = queue(clara)
    hooks.status = 307
    messages.send_due()
    assert (again(row).state, again(row).why, len(hooks.taken)) == ("dropped", "chat_refused", 1)


def test_a_text_message_goes_through_the_adapter(clara: Membership, hooks: Hooks, settings: Settings) -> None:
    give(clara, "sms", "0049 170 123-4567")
    want(clara, "sms")
    (row,) = queue(clara)
    assert messages.send_due() == 1
    (file,) = settings.SMS_FILE_DIR.iterdir()
    said = json.loads(file.read_text())
    assert (said["to"], said["reference"]) == ("+491701234567", row.pk.hex)
    assert said["text"].startswith("4127, 40 min, not taken http")


def test_what_is_not_confirmed_gets_tests_alone(clara: Membership, hooks: Hooks) -> None:
    give(clara, "sms", "+49 170 1234567", is_confirmed=False)
    want(clara, "sms")
    assert [row.channel for row in queue(clara)] == ["email"]
    with tenancy.enter(clara.clinic_id):
        (test,) = choosing.send_test(member=clara, channel="sms")
    assert messages.send_due(clinic_id=clara.clinic_id) >= 1
    with tenancy.enter(clara.clinic_id):
        assert messages.confirm_receipt(Message.objects.get(pk=test.pk))
    assert [row.channel for row in queue(clara, "next")] == ["sms"]


def test_an_address_added_after_the_test_is_not_confirmed_by_it(clara: Membership, hooks: Hooks) -> None:
    give(clara, "sms", "+49 170 1234567", is_confirmed=False)
    with tenancy.enter(clara.clinic_id):
        (test,) = choosing.send_test(member=clara, channel="sms")
        row = choosing.add_address(member=clara, channel="sms", text="+49 170 7654321")
        messages.confirm_receipt(test)
        row.refresh_from_db()
        assert row.confirmed_at is None


def test_an_urgent_alert_takes_every_way(clara: Membership, hooks: Hooks) -> None:
    subscribe(clara, hooks)
    give(clara, "chat", hooks.url())
    give(clara, "sms", "+491701234567")
    want(clara, "email")
    rows = queue(clara, facts=facts(lane="item_9"))
    assert sorted(row.channel for row in rows) == sorted(ALL)
    assert [row.channel for row in queue(clara, "routine")] == ["email"]


def test_a_channel_whose_keys_are_gone_is_not_offered(
    clara: Membership, hooks: Hooks, settings: Settings
) -> None:
    subscribe(clara, hooks)
    want(clara, "push")
    settings.VAPID_PRIVATE_KEY = ""
    assert [row.channel for row in queue(clara)] == ["email"]
    with tenancy.enter(clara.clinic_id), pytest.raises(DomainError, match="not_offered"):
        choosing.add_device(member=clara, label="", **Browser().subscription(hooks.url()))


def test_a_channel_that_was_taken_away_is_said_to_be(
    clara: Membership, hooks: Hooks, settings: Settings, mail: MailServer
) -> None:
    subscribe(clara, hooks)
    want(clara, "push")
    (row,) = queue(clara)
    settings.VAPID_PRIVATE_KEY = ""
    messages.send_due()
    assert (again(row).state, again(row).why) == ("dropped", "channel_not_set_up")


def test_a_shared_browser_tells_the_last_one_alone(clara: Membership, hooks: Hooks, committing: str) -> None:
    from tests.clinics.factories import make_member

    dora = make_member(clara.clinic, "clinician", "Dora Dahl")
    browser = Browser().subscription(hooks.url())
    with tenancy.enter(clara.clinic_id):
        choosing.add_device(member=clara, label="", **browser)
        choosing.add_device(member=dora, label="", **browser)
        assert [row.membership_id for row in MemberAddress.objects.all()] == [dora.pk]


def test_a_sixth_device_takes_the_place_of_the_first(clara: Membership, hooks: Hooks) -> None:
    for number in range(6):
        subscribe(clara, hooks, f"/push/{number}")
    with tenancy.enter(clara.clinic_id):
        endpoints = [str(row.address) for row in MemberAddress.objects.all()]
    assert len(endpoints) == 5
    assert not any("/push/0" in one for one in endpoints)


@pytest.mark.parametrize(
    "url",
    [
        "http://chat.example.org/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.5/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[64:ff9b::a00:1]/hook",
        "https://localhost/hook",
        "https://user:password@chat.example.org/hook",
        "https://chat.example.org:99999/hook",
        "https://chat.example.org/hook\r\nX-Evil: 1",
        "ftp://chat.example.org/",
        "chat.example.org",
        "",
    ],
)
def test_addresses_that_are_not_written_to(url: str) -> None:
    with pytest.raises(RefusedForGood, match="address_forbidden"):
        outbound.check(url)


def test_a_name_that_leads_to_a_private_address_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a name that is public when it is saved, and private when it is written to."""
    settings.MESSAGE_PRIVATE_HOSTS = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [(0, 0, 0, "", ("10.0.0.5", 443))])
    with pytest.raises(RefusedForGood, match="address_forbidden"):
        outbound.post("https://chat.example.org/hook", b"", {})


@pytest.mark.parametrize("text", ["12", "0170 1234567", "+49", "call me", "+49 170 12345678901234"])
def test_what_is_no_number(clara: Membership, hooks: Hooks, text: str) -> None:
    with tenancy.enter(clara.clinic_id), pytest.raises(DomainError, match="not_a_number"):
        choosing.add_address(member=clara, channel="sms", text=text)


@pytest.mark.parametrize(
    "broken", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "%%%"}, {"endpoint": "http://x.example/"}]
)
def test_what_is_no_subscription(clara: Membership, hooks: Hooks, broken: dict[str, str]) -> None:
    body = {**Browser().subscription(hooks.url()), **broken}
    with tenancy.enter(clara.clinic_id), pytest.raises(DomainError):
        choosing.add_device(member=clara, label="", **body)


def test_choosing_nothing_means_by_mail(clara: Membership) -> None:
    want(clara)
    with tenancy.enter(clara.clinic_id):
        assert MemberChoices.objects.get().channels == ["email"]


def test_administrators_are_told_once_an_hour_of_what_is_dead(clara: Membership, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    for number in range(3):
        row = queue(clara, f"alert:{number}")[0]
        with tenancy.enter(clara.clinic_id):
            Message.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=49))
            Message.objects.filter(pk=row.pk).update(next_try_at=timezone.now() - timedelta(hours=1))
        messages.send_due()
    with tenancy.enter(clara.clinic_id):
        (told,) = Message.objects.filter(kind="undelivered")
        assert told.facts["count"] >= 1
        assert told.facts["path"] == "/c/north/settings/messages/"
