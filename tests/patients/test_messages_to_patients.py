"""What reaches a mailbox: the sender the patient chose, no clinic, nothing about them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics import messages, tenancy
from clinics.errors import DomainError
from clinics.messages import links
from clinics.models import Clinic, Message
from moodvision.demo import mail_server
from moodvision.demo.mail_server import MailServer
from patients import services
from patients.models import Patient, TrustedPerson
from patients.services import TrustedDraft, WaysDraft
from tests.clinics.factories import make_clinic
from tests.conftest import signed_in
from tests.patients.factories import make_patient


@pytest.fixture
def north(committing: str) -> Clinic:
    return make_clinic("north")


@pytest.fixture
def penny(north: Clinic) -> Patient:
    patient = make_patient(north, "Penny Poe")
    with tenancy.enter(north.pk):
        draft = WaysDraft(["email"], sender_name="Aunt Ida", tells_of_notes=True)
        services.save_message_choices(patient=patient, draft=draft)
    return patient


@pytest.fixture
def mail(tmp_path: Path, settings: Settings) -> Iterator[MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", False, 5
    with mail_server.running(tmp_path / "mails.jsonl") as server:
        settings.EMAIL_PORT = server.port
        yield server


def tell(patient: Patient) -> Message:
    with tenancy.enter(patient.clinic_id):
        (row,) = messages.queue(
            clinic_id=patient.clinic_id,
            to=patient,
            kind=messages.Kind.NOTE,
            dedupe_key="note:1",
            facts={"path": "/c/north/me/"},
        )
        return row


def test_you_have_a_note(penny: Patient, mail: MailServer) -> None:
    row = tell(penny)
    assert messages.send_due() == 1
    (sent,) = mail.mails
    assert (sent["subject"], sent["from"]) == ("You have a note", "Aunt Ida <no-reply@localhost>")
    everything = str(sent).lower()
    for word in ("north", "clinic", "moodvision", "penny poe", "patient", "alert"):
        assert word not in everything.replace("penny@patients.north.example", ""), word
    assert signed_in(penny).get(f"/m/{links.token(row)}/", follow=True).status_code == 200
    with tenancy.enter(penny.clinic_id):
        assert messages.was_received(penny.clinic_id, "note:1")


def test_nothing_goes_to_who_has_left(penny: Patient, mail: MailServer) -> None:
    row = tell(penny)
    with tenancy.enter(penny.clinic_id):
        Patient.objects.filter(pk=penny.pk).update(state=Patient.State.DISCHARGED)
    assert messages.send_due() == 0
    with tenancy.enter(penny.clinic_id):
        assert Message.objects.get(pk=row.pk).state == "dropped"


def test_a_trusted_person_is_asked_agrees_and_reads_the_patients_own_words(
    penny: Patient, mail: MailServer
) -> None:
    from django.test import Client

    words = "Could you ring me tonight? No need to fix anything."
    draft = TrustedDraft(name="Sister", email="sis@example.org", signed="Penny", words=words)
    with tenancy.enter(penny.clinic_id):
        services.save_trusted_person(patient=penny, draft=draft)
    assert messages.send_due() == 2  # they are asked, and the account hears of it
    (asked,) = [one for one in mail.mails if one["to"] == ["sis@example.org"]]
    assert words not in asked["body"]
    assert "north" not in asked["body"].lower()
    page = asked["body"].split("http://127.0.0.1:8000")[1].split()[0]
    assert page.startswith("/t/")
    assert Client().post(page, {"answer": "agree"}).status_code == 200
    with tenancy.enter(penny.clinic_id):
        services.send_to_trusted_person(patient=penny)
    assert messages.send_due() == 1
    sent = mail.mails[-1]
    assert words in sent["body"]
    assert sent["subject"] == "A message from Penny"
    assert Client().post(page, {"answer": "stop"}).status_code == 200
    with tenancy.enter(penny.clinic_id):
        assert TrustedPerson.objects.get().state == "stopped"


def test_a_test_reads_like_any_note_and_is_never_urgent(penny: Patient, mail: MailServer) -> None:
    with tenancy.enter(penny.clinic_id):
        services.send_test_to_patient(patient=penny, channel="email")
        row = Message.objects.get()
    assert (row.is_urgent, row.expires_at is not None) == (False, True)
    assert messages.send_due() == 1
    (sent,) = mail.mails
    assert sent["subject"] == "You have a note"
    assert "alert" not in sent["body"].lower()


def test_tests_are_a_minute_apart_and_few_a_day(penny: Patient) -> None:
    """The clinic's servers send and pay, and others wait behind them."""
    with tenancy.enter(penny.clinic_id):
        for number in range(10):
            services.send_test_to_patient(patient=penny, channel="email")
            with pytest.raises(DomainError, match="too_many"):
                services.send_test_to_patient(patient=penny, channel="email")
            Message.objects.update(created_at=timezone.now() - timedelta(minutes=2 + number))
        with pytest.raises(DomainError, match="too_many"):
            services.send_test_to_patient(patient=penny, channel="email")
