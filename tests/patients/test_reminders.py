"""Reminders: at the time the patient chose, where they are that day, once, never late."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from clinics import messages, tenancy
from clinics.messages import words
from clinics.messages.recipients import Target
from clinics.models import Clinic, Message
from patients import reminding, services
from patients.models import CheckIn, Patient, QuestionnaireRound, Reminder
from patients.services import WaysDraft
from tests.conftest import signed_in
from tests.patients.factories import make_check_in

BERLIN = ZoneInfo("Europe/Berlin")
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@given(day=days, at=st.times(), zone=zones)
def test_each_day_has_one_moment_at_which_it_is_due(day: date, at: time, zone: str) -> None:
    due = reminding.due_at(day, at, ZoneInfo(zone))
    assert reminding.due_day(at, ZoneInfo(zone), due) == day
    assert reminding.due_day(at, ZoneInfo(zone), due + reminding.LATE) != day
    assert reminding.due_day(at, ZoneInfo(zone), due - timedelta(microseconds=1)) != day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-10-25T02:30+02:00", date(2026, 10, 25)),  # the first time that the clock shows half past two
        ("2026-10-25T02:30+01:00", None),  # the second
        ("2026-03-29T03:30+02:00", date(2026, 3, 29)),  # half past two is skipped: an hour later
        ("2026-03-29T03:29+02:00", None),
        ("2026-06-01T02:30+02:00", date(2026, 6, 1)),
        ("2026-06-01T03:30+02:00", None),
    ],
)
def test_nights_on_which_clocks_change(now: str, day: date | None) -> None:
    assert reminding.due_day(time(2, 30), BERLIN, datetime.fromisoformat(now)) == day


NINE = datetime(2026, 6, 1, 7, 0, 30, tzinfo=UTC)
"""A Monday, 09:00:30 in Berlin."""


@pytest.fixture
def reminded(pat: Patient, in_a: Clinic) -> Patient:
    services.save_message_choices(patient=pat, draft=WaysDraft(["email"], sender_name="Aunt Ida"))
    Patient.objects.filter(pk=pat.pk).update(time_zone="Europe/Berlin")
    services.add_reminder(patient=pat, at=time(9, 0))
    return pat


def test_a_reminder_is_queued_once_however_often_it_is_looked_for(reminded: Patient, in_a: Clinic) -> None:
    for second in range(3):
        services.queue_reminders(clinic=in_a, now=NINE + timedelta(seconds=second))
    (row,) = Message.objects.all()
    assert (row.kind, row.channel, row.patient_id) == ("reminder", "email", reminded.pk)
    assert row.expires_at == datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def test_a_clock_set_back_does_not_remind_again(reminded: Patient, in_a: Clinic) -> None:
    services.queue_reminders(clinic=in_a, now=NINE)
    services.queue_reminders(clinic=in_a, now=NINE - timedelta(hours=1))
    services.queue_reminders(clinic=in_a, now=NINE + timedelta(minutes=1))
    assert Message.objects.count() == 1


def test_nothing_is_queued_when_it_would_be_late(reminded: Patient, in_a: Clinic) -> None:
    services.queue_reminders(clinic=in_a, now=NINE + timedelta(hours=1))
    services.queue_reminders(clinic=in_a, now=NINE - timedelta(minutes=1))
    assert not Message.objects.exists()


def test_days_that_were_not_chosen_are_quiet(reminded: Patient, in_a: Clinic) -> None:
    services.add_reminder(patient=reminded, at=time(9, 0), weekdays=[1, 2])
    services.queue_reminders(clinic=in_a, now=NINE)
    assert not Message.objects.exists()
    services.queue_reminders(clinic=in_a, now=NINE + timedelta(days=1))
    assert Message.objects.count() == 1


def test_who_travels_is_reminded_on_the_clock_there(reminded: Patient, in_a: Clinic) -> None:
    check_in = make_check_in(reminded)
    CheckIn.objects.filter(pk=check_in.pk).update(
        zone="America/New_York", captured_at=NINE - timedelta(hours=20)
    )
    services.queue_reminders(clinic=in_a, now=NINE)
    assert not Message.objects.exists()
    services.queue_reminders(clinic=in_a, now=NINE + timedelta(hours=6))  # 09:00 in New York
    assert Message.objects.count() == 1


def test_who_has_checked_in_that_day_is_left_in_peace(reminded: Patient, in_a: Clinic) -> None:
    check_in = make_check_in(reminded)
    CheckIn.objects.filter(pk=check_in.pk).update(zone="Europe/Berlin", captured_at=NINE - timedelta(hours=1))
    services.queue_reminders(clinic=in_a, now=NINE)
    assert not Message.objects.exists()


@pytest.mark.parametrize("state", [Patient.State.DISCHARGED, Patient.State.DECEASED])
def test_nobody_is_reminded_after_the_end(reminded: Patient, in_a: Clinic, state: str) -> None:
    services.queue_reminders(clinic=in_a, now=NINE)
    Patient.objects.filter(pk=reminded.pk).update(state=state)
    services.queue_reminders(clinic=in_a, now=NINE + timedelta(days=1))
    assert Message.objects.count() == 1


def test_a_death_stops_what_waits_at_once(reminded: Patient, in_a: Clinic, alice: object) -> None:
    services.queue_reminders(clinic=in_a, now=NINE)
    services.record_death(patient=reminded, by=alice)  # type: ignore[arg-type]
    assert [row.state for row in Message.objects.all()] == ["stopped"]


def test_who_chose_no_way_gets_none(pat: Patient, in_a: Clinic) -> None:
    services.add_reminder(patient=pat, at=time(9, 0))
    Patient.objects.filter(pk=pat.pk).update(time_zone="Europe/Berlin")
    services.queue_reminders(clinic=in_a, now=NINE)
    assert not Message.objects.exists()


def test_choosing_no_way_any_more_stops_what_waits(reminded: Patient, in_a: Clinic) -> None:
    services.queue_reminders(clinic=in_a, now=NINE)
    services.save_message_choices(patient=reminded, draft=WaysDraft([]))
    assert [row.state for row in Message.objects.all()] == ["stopped"]


def rounds_of(patient: Patient, *, opened: datetime, late: datetime) -> QuestionnaireRound:
    return QuestionnaireRound.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        questionnaire="gad7",
        language="en",
        text_sha256="0" * 64,
        opened_by="system:test",
        opened_at=opened,
        due_on=opened.date(),
        late_at=late,
        closes_at=late + timedelta(days=4),
    )


def remind(clinic: Clinic, at: datetime) -> list[bool]:
    """Queues at this moment; of each message there is, whether it speaks of a form."""
    with mock.patch("django.utils.timezone.now", return_value=at):
        services.queue_reminders(clinic=clinic)
        services.queue_reminders(clinic=clinic)
    rows = Message.objects.order_by("created_at").values_list("facts__has_form", flat=True)
    return list(rows)


def test_a_form_is_part_of_it_once_when_due_and_once_when_late(reminded: Patient, in_a: Clinic) -> None:
    rounds_of(reminded, opened=NINE - timedelta(hours=2), late=NINE + timedelta(days=3, hours=-2))
    for day, said in enumerate([[True], [True, False], [True, False, False]]):
        assert remind(in_a, NINE + timedelta(days=day)) == said
    assert remind(in_a, NINE + timedelta(days=3))[-1] is True
    assert remind(in_a, NINE + timedelta(days=4))[-1] is False


def test_a_form_is_spoken_of_also_after_a_check_in(reminded: Patient, in_a: Clinic) -> None:
    check_in = make_check_in(reminded)
    CheckIn.objects.filter(pk=check_in.pk).update(zone="Europe/Berlin", captured_at=NINE - timedelta(hours=1))
    round_ = rounds_of(reminded, opened=NINE - timedelta(hours=2), late=NINE + timedelta(days=3))
    assert remind(in_a, NINE) == [True]
    round_.delete()
    Message.objects.all().delete()
    assert remind(in_a, NINE) == []


def test_a_form_that_is_answered_or_over_or_of_who_paused_is_not(reminded: Patient, in_a: Clinic) -> None:
    round_ = rounds_of(reminded, opened=NINE - timedelta(hours=2), late=NINE + timedelta(days=3))
    Patient.objects.filter(pk=reminded.pk).update(restricted_at=NINE)
    assert remind(in_a, NINE) == [False]
    Patient.objects.filter(pk=reminded.pk).update(restricted_at=None)
    assert remind(in_a, NINE + timedelta(days=8))[-1] is False  # over, though not yet closed
    QuestionnaireRound.objects.filter(pk=round_.pk).update(state="finished", ended_at=NINE)
    assert remind(in_a, NINE + timedelta(days=1))[-1] is False


def test_what_was_dropped_is_said_with_the_next(reminded: Patient, in_a: Clinic) -> None:
    rounds_of(reminded, opened=NINE - timedelta(hours=2), late=NINE + timedelta(days=3))
    assert remind(in_a, NINE) == [True]
    Message.objects.update(state="dropped", why="quiet_hours", ended_at=NINE)
    assert remind(in_a, NINE + timedelta(days=1)) == [True, True]


def test_the_words_name_neither_form_nor_clinic(reminded: Patient, in_a: Clinic) -> None:
    rounds_of(reminded, opened=NINE - timedelta(hours=2), late=NINE + timedelta(days=3))
    remind(in_a, NINE)
    row = Message.objects.get()
    target = Target(addresses=["pat@example.org"], sender_name="Aunt Ida")
    written = words.write(row, target, NINE)
    assert written.subject == "Whenever you are ready"
    assert "There are a few questions for you as well." in written.body
    said = written.body.split("Sign in to see it:")[0].lower()
    for name in ("gad", "anxiety", "north", "questionnaire", "form", "late"):
        assert name not in said


@pytest.fixture
def browser(pat: Patient) -> Client:
    return signed_in(pat)


PAGE = "/c/north/me/messages/"


def test_times_are_added_and_removed_on_the_page(browser: Client, pat: Patient) -> None:
    assert browser.post(f"{PAGE}reminders/", {"at": "09:30", "weekdays": ["0", "5"]}).status_code == 302
    assert "09:30" in browser.get(PAGE).text
    with tenancy.enter(pat.clinic_id):
        row = Reminder.objects.get()
    assert row.weekdays == 0b100001
    assert browser.post(f"{PAGE}reminders/", {"remove": str(row.pk)}).status_code == 302
    assert browser.post(f"{PAGE}reminders/", {"remove": str(row.pk)}).status_code == 404
    with tenancy.enter(pat.clinic_id):
        assert not Reminder.objects.exists()


@pytest.mark.parametrize("body", [{}, {"at": "25:00"}, {"at": "09:00", "weekdays": "9"}])
def test_what_is_no_time_is_refused(browser: Client, body: dict[str, str]) -> None:
    assert browser.post(f"{PAGE}reminders/", body).status_code == 400


def test_six_times_are_the_most(browser: Client) -> None:
    for hour in range(6):
        assert browser.post(f"{PAGE}reminders/", {"at": f"{hour:02}:00"}).status_code == 302
    assert browser.post(f"{PAGE}reminders/", {"at": "12:00"}).status_code == 400


def test_choices_are_the_patients_own_words(browser: Client, pat: Patient) -> None:
    said = {"ways": ["email"], "sender_name": "Aunt  Ida", "tells_of_notes": "on"}
    assert browser.post(PAGE, said).status_code == 302
    with tenancy.enter(pat.clinic_id):
        row = pat.message_choices
        assert (row.channels, row.sender_name, row.tells_of_notes) == (["email"], "Aunt Ida", True)


@pytest.mark.parametrize("name", ["Aunt <ida@example.org>", "a@b.example", "Ida;", "x" * 41])
def test_a_sender_that_could_be_an_address_is_refused(browser: Client, name: str) -> None:
    assert browser.post(PAGE, {"ways": ["email"], "sender_name": name}).status_code == 400


def test_a_note_is_told_of_only_if_wished(pat: Patient, in_a: Clinic) -> None:
    def tell(key: str) -> int:
        body: dict[str, Any] = {"kind": messages.Kind.NOTE, "facts": {"path": "/c/north/me/"}}
        return len(messages.queue(clinic_id=in_a.pk, to=pat, dedupe_key=key, **body))

    assert tell("1") == 0
    services.save_message_choices(patient=pat, draft=WaysDraft(["email"]))
    assert tell("2") == 0
    services.save_message_choices(patient=pat, draft=WaysDraft(["email"], tells_of_notes=True))
    assert tell("3") == 1
