"""The page after a yes to the last question: *told* only when somebody has it, and when somebody looks."""

from collections.abc import Iterator
from datetime import time, timedelta
from unittest import mock

import pytest
import redis
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from clinics import tenancy
from clinics.cover import WeeklyTime
from clinics.models import Clinic, ClinicSafety, Membership, Message
from moodvision import celery
from patients import told
from patients.models import CheckIn, Patient, QuestionnaireRound
from scoring import services
from scoring.models import Alert, AlertSeen
from tests.clinics.factories import watch, watch_always
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.patients.questionnaires.forms import answer, finish, make_round
from tests.scoring.duty.acts import NOTE, make_due, spoken, sweep

TOLD = "Your clinic has been told."
NOT_TOLD = "We could not confirm that the clinic has this, please call."


@pytest.fixture
def round_(pat: Patient) -> QuestionnaireRound:
    """With a yes to the last question, in a clinic that always looks."""
    found = make_round(pat)
    watch_always(pat.clinic)
    answer(found, {"9": 2})
    return found


def page(round_: QuestionnaireRound, part: str = "") -> str:
    return f"/c/north/me/questionnaires/{round_.pk}/next/{part}"


def text_of(patient: Patient, round_: QuestionnaireRound) -> str:
    answered = signed_in(patient).get(page(round_))
    assert answered.status_code == 200
    return answered.text


def alert_of(patient: Patient) -> Alert:
    with tenancy.enter(patient.clinic_id):
        return Alert.objects.get(patient=patient, rule="item_9")


def see(patient: Patient, member: Membership) -> None:
    alert = alert_of(patient)
    with tenancy.enter(patient.clinic_id):
        AlertSeen.objects.create(clinic=patient.clinic, alert=alert, membership=member, seq=alert.seq)


def test_it_thanks_and_gives_numbers_to_tap(pat: Patient, round_: QuestionnaireRound) -> None:
    text = text_of(pat, round_)
    for said in ("Thank you for saying so", 'href="tel:112"', 'href="tel:08001110111"', "My safety plan"):
        assert said in text
    for label in ("risk", "severe", "line", "crossed"):
        assert f" {label} " not in text.split("<main")[1].split("</main>")[0].lower()


def test_a_sent_alert_is_not_told(pat: Patient, alice: Membership, round_: QuestionnaireRound) -> None:
    with tenancy.enter(pat.clinic_id):
        Message.objects.update(
            state="sent", ended_at=timezone.now(), lease_until=None
        )  # on its way to somebody's mailbox
    text = text_of(pat, round_)
    assert NOT_TOLD in text
    assert TOLD not in text


def test_an_open_screen_of_a_clinician_tells(
    pat: Patient, alice: Membership, round_: QuestionnaireRound
) -> None:
    see(pat, alice)
    text = text_of(pat, round_)
    assert TOLD in text
    assert NOT_TOLD not in text


def test_the_screen_of_who_cannot_act_does_not(
    pat: Patient, bob: Membership, round_: QuestionnaireRound
) -> None:
    see(pat, bob)
    assert NOT_TOLD in text_of(pat, round_)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "observer"}])
@pytest.mark.parametrize("way", ["screen", "message"])
def test_who_saw_it_and_can_act_no_longer_is_nobody(
    pat: Patient, alice: Membership, round_: QuestionnaireRound, way: str, change: dict[str, object]
) -> None:
    if way == "screen":
        see(pat, alice)
    else:
        with tenancy.enter(pat.clinic_id):
            Message.objects.filter(recipient_id=alice.pk).update(receipt_at=timezone.now())
    assert TOLD in text_of(pat, round_)
    with tenancy.enter(pat.clinic_id):
        Membership.objects.filter(pk=alice.pk).update(**change)
    assert NOT_TOLD in text_of(pat, round_)


def test_a_message_about_an_older_answer_tells_nothing(
    pat: Patient, alice: Membership, round_: QuestionnaireRound
) -> None:
    with tenancy.enter(pat.clinic_id):
        Message.objects.filter(recipient_id=alice.pk).update(receipt_at=timezone.now())
    answer(round_, {"9": 3})
    assert NOT_TOLD in text_of(pat, round_)


def test_a_message_of_a_later_step_of_the_call_tells(
    pat: Patient, alice: Membership, round_: QuestionnaireRound
) -> None:
    alert = alert_of(pat)
    with tenancy.enter(pat.clinic_id):
        make_due(alert)
        sweep(alert)
        newest = Message.objects.filter(recipient_id=alice.pk).order_by("-created_at")[:1]
        Message.objects.filter(pk__in=newest.values("pk")).update(receipt_at=timezone.now())
    assert TOLD in text_of(pat, round_)


def test_opening_the_alert_tells(pat: Patient, alice: Membership, round_: QuestionnaireRound) -> None:
    alert = alert_of(pat)
    signed_in(alice).get(f"/c/north/alerts/{alert.pk}/")
    with tenancy.enter(pat.clinic_id):
        services.take(alert_id=alert.pk, by=alice)
    assert TOLD in text_of(pat, round_)


def test_a_receipt_of_a_message_tells(pat: Patient, alice: Membership, round_: QuestionnaireRound) -> None:
    alert = alert_of(pat)
    with tenancy.enter(pat.clinic_id):
        sent = Message.objects.filter(dedupe_key__startswith=f"alert:{alert.pk}:")
        assert sent.exists()
        sent.update(receipt_at=timezone.now())
    assert TOLD in text_of(pat, round_)


def test_what_was_seen_of_an_older_answer_tells_nothing(
    pat: Patient, alice: Membership, round_: QuestionnaireRound
) -> None:
    see(pat, alice)
    answer(round_, {"9": 3})
    assert NOT_TOLD in text_of(pat, round_)


def test_an_alert_that_was_gone_through_was_told(
    pat: Patient, alice: Membership, round_: QuestionnaireRound
) -> None:
    with tenancy.enter(pat.clinic_id):
        services.take(alert_id=alert_of(pat).pk, by=alice)
        services.resolve(
            alert_id=alert_of(pat).pk,
            note=NOTE,
            by=alice,
            outcome=Alert.Outcome.SPOKEN,
            spoken=spoken(alice),
            next_date=(timezone.now() + timedelta(days=1)).date(),
        )
        Alert.objects.update(owner=None, taken_at=None)
    assert TOLD in text_of(pat, round_)


def test_nobody_to_ask_is_not_told(pat: Patient, round_: QuestionnaireRound) -> None:
    with mock.patch.object(told, "_registered", []):
        assert NOT_TOLD in text_of(pat, round_)


def test_outside_cover_hours_it_says_when_somebody_looks(pat: Patient, round_: QuestionnaireRound) -> None:
    now = timezone.localtime(timezone.now(), pat.clinic.zone)
    watch(pat.clinic, WeeklyTime((now + timedelta(days=2)).weekday(), time(9), time(17)))
    text = text_of(pat, round_)
    assert "Nobody will see this before" in text
    assert NOT_TOLD not in text
    assert TOLD not in text


def test_without_declared_hours_nothing_is_promised(pat: Patient, round_: QuestionnaireRound) -> None:
    watch(pat.clinic)
    text = text_of(pat, round_)
    assert "has not said when it looks" in text
    assert "Please call." in text


def test_it_says_by_when_somebody_looks_and_no_more_once_that_is_over(
    pat: Patient, round_: QuestionnaireRound
) -> None:
    assert "A clinician on duty is to look at it by" in text_of(pat, round_)
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(hours=3)):
        text = text_of(pat, round_)
    assert "A clinician on duty is to look at it by" not in text
    assert "look at it today" not in text
    assert "Nobody has confirmed it in time. Please call." in text
    assert NOT_TOLD in text


def test_with_nobody_on_the_rota_no_clinician_is_promised(pat: Patient, round_: QuestionnaireRound) -> None:
    with tenancy.enter(pat.clinic_id):
        ClinicSafety.objects.update(keeps_rota=True)
    text = text_of(pat, round_)
    assert "we cannot say who is on duty" in text
    assert "A clinician on duty" not in text
    assert NOT_TOLD in text


def test_who_travels_reads_one_clock_by_name_and_the_numbers_of_where_they_are(
    pat: Patient, round_: QuestionnaireRound
) -> None:
    with tenancy.enter(pat.clinic_id):
        Patient.objects.filter(pk=pat.pk).update(time_zone="America/New_York")
        alert = Alert.objects.get(patient=pat, rule="item_9")
        pat.refresh_from_db()
    due = date_format(localtime(alert.called_at + timedelta(minutes=60), pat.clinic.zone), "DATETIME_FORMAT")
    text = text_of(pat, round_)
    assert f"look at it by {due}" in text
    assert "Times are on your clinic's clock (Europe/Berlin)." in text
    assert "Are you in another country?" in text
    assert 'href="tel:988"' in text
    make_check_in(pat, mood=3)
    with tenancy.enter(pat.clinic_id):
        CheckIn.objects.filter(patient=pat).update(zone="Europe/London")
    assert 'href="tel:999"' in text_of(pat, round_)
    notice = signed_in(pat).get(f"/c/north/me/questionnaires/{round_.pk}/").text
    assert "Times are on your clinic's clock (Europe/Berlin)." in notice


def test_the_page_asks_again_until_somebody_has_it(
    pat: Patient, alice: Membership, round_: QuestionnaireRound
) -> None:
    browser = signed_in(pat)
    part = browser.get(page(round_, "told/"), {"poll": "1"}, headers={"hx-request": "true"}).text
    assert "poll=2" in part
    assert "<html" not in part
    for odd in ("", "x", "-1", "9999", "²"):
        assert (
            "hx-get"
            not in browser.get(page(round_, "told/"), {"poll": odd}, headers={"hx-request": "true"}).text
        )
    see(pat, alice)
    part = browser.get(page(round_, "told/"), {"poll": "2"}, headers={"hx-request": "true"}).text
    assert TOLD in part
    assert "hx-get" not in part
    assert browser.get(page(round_, "told/")).status_code == 302


def test_an_answer_of_0_or_none_leads_back(pat: Patient) -> None:
    found = make_round(pat)
    for values in ({}, {"9": 0}):
        answer(found, values)
        back = signed_in(pat).get(page(found))
        assert back["Location"] == reverse("patients:questionnaire", args=["north", found.pk])


def test_a_yes_changed_to_0_is_thanked_for_no_more(pat: Patient, round_: QuestionnaireRound) -> None:
    answer(round_, {"9": 0})
    assert signed_in(pat).get(page(round_)).status_code == 302


def test_a_yes_on_the_whole_sheet_leads_here_before_anything_is_sent(pat: Patient) -> None:
    found = make_round(pat)
    sent = signed_in(pat).post(
        f"/c/north/me/questionnaires/{found.pk}/all/", {"item-9": "1", "form_key": "k" * 32}
    )
    assert sent.status_code == 302
    assert sent["Location"] == page(found)


def test_from_here_one_goes_on_or_reads_what_was_sent(pat: Patient, round_: QuestionnaireRound) -> None:
    assert f"/c/north/me/questionnaires/{round_.pk}/difficulty/" in text_of(pat, round_)
    finish(round_)
    assert "To what I answered" in text_of(pat, round_)


def test_anothers_round_does_not_exist(clinic_a: Clinic, round_: QuestionnaireRound) -> None:
    other = make_patient(clinic_a, "Other Person")
    assert signed_in(other).get(page(round_)).status_code == 404


@pytest.fixture
def no_redis() -> Iterator[None]:
    """Nobody answers: neither the broker nor the cache nor the channel layer."""
    gone = redis.exceptions.ConnectionError("gone")
    with (
        mock.patch.object(redis.connection.AbstractConnection, "connect", side_effect=gone),
        mock.patch.object(celery.app, "send_task", side_effect=gone),
    ):
        yield


def test_it_works_with_workers_and_redis_down(pat: Patient, no_redis: None) -> None:
    found = make_round(pat)
    watch_always(pat.clinic)
    saved = signed_in(pat).post(
        f"/c/north/me/questionnaires/{found.pk}/9/", {"item-9": "3", "form_key": "k" * 32}
    )
    assert saved["Location"] == page(found)
    assert NOT_TOLD in text_of(pat, found)
    assert alert_of(pat).state == "open"
