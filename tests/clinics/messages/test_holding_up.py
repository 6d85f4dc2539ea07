"""What must not hold up another's message: an address nobody can read, a slow answer, another clinic, a test;
and who hears of it when urgent ones do not get out."""

import socket
import ssl
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from clinics import messages, tenancy, watchdog
from clinics.errors import DomainError
from clinics.messages import addresses, choosing, endings, outbound
from clinics.messages.outcomes import InDoubt
from clinics.models import Channel, Clinic, MemberAddress, Membership, Message, Role
from clinics.tasks import send_messages
from moodvision.demo.mail_server import MailServer
from tests.clinics.factories import make_clinic, make_member
from tests.clinics.messages.acts import again, change, facts, queue
from tests.clinics.messages.conftest import Started
from tests.clinics.messages.hooks import Browser, Hooks, write_certificate

URGENT = facts(lane="item_9")


def add_phone(member: Membership) -> MemberAddress:
    with tenancy.enter(member.clinic_id):
        row = choosing.add_address(member=member, channel="sms", text="+491701234567")
        MemberAddress.objects.filter(pk=row.pk).update(confirmed_at=timezone.now())
        return row


def test_an_address_that_cannot_be_read_ends_alone(
    north: Clinic, clara: Membership, mail: MailServer, hooks: Hooks
) -> None:
    """Its seal is broken: a flipped bit, a restored dump."""
    add_phone(clara)
    with tenancy.enter(north.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE clinics_memberaddress SET address = left(address, -8) || 'AAAAAAAA'")
    rows = {row.channel: row for row in queue(clara, facts=URGENT)}
    messages.send_due()
    assert (again(rows["sms"]).state, again(rows["sms"]).why) == ("dead", "address_unreadable")
    assert again(rows["email"]).state == "sent"


def test_a_clinic_that_fails_keeps_no_other_waiting(
    clara: Membership, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = make_clinic("south")
    dora = make_member(south, "clinician", "Dora Dahl")
    broken, fine = queue(clara)[0], queue(dora)[0]
    enter = tenancy.enter

    def refuse(clinic_id: object) -> object:
        if clinic_id == clara.clinic_id:
            raise RuntimeError("no key")
        return enter(clinic_id)  # type: ignore[arg-type]

    monkeypatch.setattr("clinics.messages.sending.tenancy.enter", refuse)
    messages.send_due()
    monkeypatch.undo()
    assert (again(broken).state, again(fine).state) == ("queued", "sent")


def test_urgent_ones_of_every_clinic_go_before_any_other(clara: Membership, mail: MailServer) -> None:
    dora = make_member(make_clinic("south"), "clinician", "Dora Dahl")
    for number in range(3):
        queue(clara, f"n{number}")
        queue(dora, f"n{number}")
    urgent = [queue(one, "urgent", facts=URGENT)[0] for one in (clara, dora)]
    messages.send_due(limit=2)
    assert [again(one).state for one in urgent] == ["sent", "sent"]


def test_an_answer_byte_by_byte_is_cut_off(hooks: Hooks, tmp_path: Path, settings: Settings) -> None:
    settings.MESSAGE_TIMEOUT_SECONDS = 1
    certificate = tmp_path / "drip.pem"
    write_certificate(certificate)
    settings.MESSAGE_CA_FILE = str(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        raw, _peer = listening.accept()
        with context.wrap_socket(raw, server_side=True) as line:
            while not stop.wait(0.2):
                try:
                    line.send(b"H")
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(InDoubt):
        outbound.post(f"https://localhost:{listening.getsockname()[1]}/", b"", {}, ["localhost"])
    stop.set()
    assert time.monotonic() - started < 10
    listening.close()


def test_a_text_message_of_an_urgent_alert_does_not_die_quietly(
    clara: Membership, mail: MailServer, hooks: Hooks
) -> None:
    """An e-mail of the same occasion is no phone that rings at night."""
    add_phone(clara)
    rows = {row.channel: row for row in queue(clara, facts=URGENT)}
    with tenancy.enter(clara.clinic_id):
        endings.die(Message.objects.get(pk=rows["sms"].pk), "address_refused", timezone.now())
    assert again(rows["sms"]).state == "dead"


def test_who_treats_nobody_any_more_is_not_told_of_alerts(clara: Membership, mail: MailServer) -> None:
    (row,) = queue(clara)
    with tenancy.enter(clara.clinic_id):
        Membership.objects.filter(pk=clara.pk).update(role=Role.ADMINISTRATOR)
    messages.send_due()
    assert again(row).state == "dropped"


@pytest.mark.parametrize("url", ["https://localhost/x", "https://push.example.org:8443/x"])
def test_a_browser_names_no_host_of_the_house_and_no_other_port(
    hooks: Hooks, settings: Settings, url: str
) -> None:
    settings.PUSH_PRIVATE_HOSTS = []
    with pytest.raises(DomainError, match="address_forbidden"):
        addresses.subscription(**Browser().subscription(url))


def test_urgent_ones_that_do_not_get_out_are_told_on_the_pages(
    clara: Membership, start_mail: Started
) -> None:
    (row,) = queue(clara, facts=URGENT)
    with start_mail("--refuse", "nobody@example.org") as server:
        port = server.port
    send_messages()  # the server is gone again
    assert port
    assert again(row).state == "queued"
    watchdog.beat(watchdog.DUTY)
    assert watchdog.silent() == "", "a minute ago is no outage"
    change(row, created_at=timezone.now() - timedelta(minutes=6))
    with tenancy.enter(clara.clinic_id), connection.cursor() as cursor:
        cursor.execute("UPDATE clinics_heartbeat SET beaten_at = beaten_at - interval '4 minutes'")
    watchdog.beat(watchdog.DUTY)
    send_messages()
    assert watchdog.silent() == watchdog.MESSAGES
    with tenancy.enter(clara.clinic_id):
        Message.objects.filter(channel=Channel.EMAIL).update(
            state="stopped", ended_at=timezone.now(), lease_until=None
        )
    send_messages()
    assert watchdog.silent() == ""
