"""The pages: how a member is reached, where a link leads, what could not be delivered."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clinics import messages, tenancy
from clinics.messages import choosing, fingerprints, links
from clinics.models import AccessLogEntry, Clinic, MemberAddress, MemberChoices, Membership, Message
from patients.models import Patient, PatientAddress
from tests.clinics.messages.acts import facts, queue
from tests.clinics.messages.hooks import Browser
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in

PAGE = "/c/north/messages/"


@pytest.fixture
def browser(alice: Membership) -> Client:
    return signed_in(alice)


def test_choices_are_saved_and_shown(browser: Client, in_a: Clinic, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = "kqzJyFjGvVVuv-oLJ5Gu6M6LLO54-mtqMcXJHY0jJ2s"
    settings.VAPID_CONTACT = "mailto:operator@example.org"
    said = {"ways": ["push"], "quiet_from": "22:00", "quiet_until": "07:00"}
    assert browser.post(PAGE, said).status_code == 302
    row = MemberChoices.objects.get()
    assert (row.channels, str(row.quiet_from), str(row.quiet_until)) == (["push"], "22:00:00", "07:00:00")
    page = browser.get(PAGE).text
    assert 'value="22:00"' in page
    assert "data-push-device" in page


@pytest.mark.parametrize(
    "body", [{"quiet_from": "22:00"}, {"quiet_until": "25:00", "quiet_from": "22:00"}, {"ways": "pigeon"}]
)
def test_what_is_no_choice_is_refused(browser: Client, in_a: Clinic, body: dict[str, str]) -> None:
    assert browser.post(PAGE, body).status_code == 400
    assert not MemberChoices.objects.exists()


def test_what_the_operator_did_not_set_up_is_not_on_the_page(browser: Client, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = settings.CHAT_WEBHOOK_SECRET = settings.SMS_ADAPTER = ""
    page = browser.get(PAGE).text
    assert "data-push-device" not in page
    assert "Mobile number" not in page
    assert browser.post(f"{PAGE}address/", {"channel": "sms", "address": "+4917012345"}).status_code == 400


def test_a_phone_is_tested_at_once_and_confirmed_by_its_link(browser: Client, alice: Membership) -> None:
    browser.post(f"{PAGE}address/", {"channel": "sms", "address": "+49 170 1234567"})
    assert "not confirmed" in browser.get(PAGE).text
    with tenancy.enter(alice.clinic_id):
        test = Message.objects.get(channel="sms")
    arrived = browser.get(f"/m/{links.token(test)}/", follow=True)
    assert arrived.redirect_chain[-1][0] == PAGE
    with tenancy.enter(alice.clinic_id):
        assert MemberAddress.objects.get().confirmed_at is not None
        assert AccessLogEntry.objects.filter(action="message.opened").exists()
    assert "not confirmed" not in browser.get(PAGE).text


@pytest.mark.parametrize("address", ["http://chat.example.org/x", "https://10.0.0.1/x", "nonsense"])
def test_a_chat_inside_the_house_is_refused(browser: Client, settings: Settings, address: str) -> None:
    settings.CHAT_WEBHOOK_SECRET = "s" * 32
    answer = browser.post(f"{PAGE}address/", {"channel": "chat", "address": address})
    assert answer.status_code == 400
    assert "https:// address on the internet" in answer.text


def test_a_device_is_added_and_removed(browser: Client, alice: Membership, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = "kqzJyFjGvVVuv-oLJ5Gu6M6LLO54-mtqMcXJHY0jJ2s"
    settings.VAPID_CONTACT = "mailto:operator@example.org"
    body = Browser().subscription("https://push.example.org/abc")
    browser.post(f"{PAGE}device/", {**body, "label": "Firefox, Linux"})
    assert "Firefox, Linux" in browser.get(PAGE).text
    with tenancy.enter(alice.clinic_id):
        row = MemberAddress.objects.get()
    assert browser.post(f"{PAGE}remove/", {"address_id": row.pk}).status_code == 302
    assert browser.post(f"{PAGE}remove/", {"address_id": row.pk}).status_code == 404
    with tenancy.enter(alice.clinic_id):
        assert not MemberAddress.objects.exists()


def test_nobody_removes_the_address_of_another(browser: Client, bob: Membership, alice: Membership) -> None:
    with tenancy.enter(bob.clinic_id):
        row = MemberAddress(
            clinic_id=bob.clinic_id, membership=bob, channel="sms", address="+491", fingerprint="f" * 64
        )
        row.save()
    assert browser.post(f"{PAGE}remove/", {"address_id": row.pk}).status_code == 404


def test_a_link_asks_for_sign_in_and_notes_the_receipt_once(alice: Membership, browser: Client) -> None:
    (row,) = queue(alice, facts=facts(path="/c/north/messages/"))
    path = f"/m/{links.token(row)}/"
    stranger = Client().get(path)
    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/accounts/login/")
    with tenancy.enter(alice.clinic_id):
        assert not messages.was_received(alice.clinic_id, "alert:1")
    assert browser.get(path, follow=True).status_code == 200
    with tenancy.enter(alice.clinic_id):
        assert messages.was_received(alice.clinic_id, "alert:1")
        assert AccessLogEntry.objects.filter(action="message.opened").count() == 1
    browser.get(path, follow=True)
    with tenancy.enter(alice.clinic_id):
        assert AccessLogEntry.objects.filter(action="message.opened").count() == 1


def test_a_link_in_other_hands_confirms_nothing(
    alice: Membership, bob: Membership, mallory: Membership, pat: Patient
) -> None:
    (row,) = queue(alice)
    for person in (bob, mallory, pat):
        assert signed_in(person).get(f"/m/{links.token(row)}/", follow=True).status_code == 404
    with tenancy.enter(alice.clinic_id):
        assert not messages.was_received(alice.clinic_id, "alert:1")


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00" * 3, "A" * 400])
def test_invented_links(browser: Client, token: str) -> None:
    assert browser.get(f"/m/{token}/").status_code == 404


def test_administrators_see_what_is_dead_until_one_has_seen_it(
    alice: Membership, ada: Membership, in_a: Clinic
) -> None:
    (row,) = queue(alice)
    Message.objects.filter(pk=row.pk).update(state="dead", why="address_refused", ended_at=timezone.now())
    page = signed_in(ada)
    text = page.get("/c/north/settings/messages/").text
    assert "Alice Adler" in text
    assert "does not know this address" in text
    assert "4127" not in text
    assert 'class="nav__count"' in text
    page.post("/c/north/settings/messages/")
    assert 'class="nav__count"' not in page.get("/c/north/settings/messages/").text


def test_a_channel_that_does_not_get_through_is_said_to(alice: Membership, ada: Membership) -> None:
    (row,) = queue(alice)
    with tenancy.enter(alice.clinic_id):
        Message.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(minutes=6))
    assert "does not get through" in signed_in(ada).get("/c/north/settings/messages/").text


def test_a_session_left_open_adds_no_way_and_removes_one(browser: Client, alice: Membership) -> None:
    body = {"channel": "sms", "address": "+49 170 1234567"}
    with later(601):
        assert browser.post(f"{PAGE}address/", body)["Location"].startswith("/accounts/reauthenticate/")
    with tenancy.enter(alice.clinic_id):
        assert not MemberAddress.objects.exists()
    browser.post(f"{PAGE}address/", body)
    with tenancy.enter(alice.clinic_id):
        row = MemberAddress.objects.get()
        (told,) = Message.objects.filter(kind="way_added")
        assert (told.recipient_id, told.channel) == (alice.pk, "email")
    with later(601):
        assert browser.post(f"{PAGE}remove/", {"address_id": row.pk})["Location"] == PAGE


@pytest.mark.parametrize("path", ["address/", "device/"])
def test_a_patients_session_left_open_adds_no_way(pat: Patient, settings: Settings, path: str) -> None:
    settings.VAPID_PRIVATE_KEY = "kqzJyFjGvVVuv-oLJ5Gu6M6LLO54-mtqMcXJHY0jJ2s"
    settings.VAPID_CONTACT = "mailto:operator@example.org"
    subscription = Browser().subscription("https://push.example.org/abc")
    bodies: dict[str, dict[str, str]] = {
        "address/": {"channel": "sms", "address": "+49 170 1234567"},
        "device/": {**subscription, "label": "Firefox"},
    }
    browser, page = signed_in(pat), f"/c/north/me/messages/{path}"
    with later(601):
        assert browser.post(page, bodies[path])["Location"].startswith("/accounts/reauthenticate/")
    with tenancy.enter(pat.clinic_id):
        assert not PatientAddress.objects.exists()
    assert browser.post(page, bodies[path]).status_code == 302
    with tenancy.enter(pat.clinic_id):
        assert PatientAddress.objects.count() == 1
        assert Message.objects.filter(kind="way_added", to="patient", channel="email").count() == 1


def test_an_address_is_marked_by_the_clinics_own_key(alice: Membership, mallory: Membership) -> None:
    marks = {}
    for member in (alice, mallory):
        with tenancy.enter(member.clinic_id):
            row = choosing.add_address(member=member, channel="sms", text="+49 170 1234567")
            marks[member.pk] = row.fingerprint
            MemberAddress.objects.update(  # as it was at first
                fingerprint=fingerprints.every(member.clinic_id, "sms", "+491701234567")[-1]
            )
            again = choosing.add_address(member=member, channel="sms", text="+49 170 1234567")
            assert (again.pk, again.fingerprint) == (row.pk, row.fingerprint)
    assert len(set(marks.values())) == 2
    with tenancy.enter(alice.clinic_id):
        MemberAddress.objects.update(fingerprint="f" * 64)
        assert fingerprints.refresh(alice.clinic_id, 1, 100, MemberAddress) == 1
        assert fingerprints.refresh(alice.clinic_id, 1, 100, MemberAddress) == 0
        assert MemberAddress.objects.get().fingerprint == marks[alice.pk]
