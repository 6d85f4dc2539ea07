"""The portal's standing button: asked for once, what happens next in plain words, and by the API."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.cover import WeeklyTime
from clinics.models import Clinic, Membership, Message
from patients import services as patient_services
from patients.models import Patient
from scoring import services
from scoring.models import Alert, AlertEvent, AlertSeen, AlertTimer
from tests.clinics.factories import watch, watch_always
from tests.conftest import signed_in
from tests.scoring.pages import words_of

HOME, URL, API = "/c/north/me/", "/c/north/me/call/", "/api/c/north/call/"


def alert_of(patient: Patient) -> Alert:
    with tenancy.enter(patient.clinic_id):
        return Alert.objects.get(patient=patient)


def try_in_vain(alert: Alert, by: Membership) -> None:
    with tenancy.enter(by.clinic_id):
        services.take(alert_id=alert.pk, by=by)
        services.note_attempt(
            alert_id=alert.pk, was_reached=False, way="phone", whom="the patient", text="", by=by
        )


def test_the_button_stands_on_the_first_page_and_says_who_looks_by_when(
    pat: Patient, alice: Membership
) -> None:
    watch_always(pat.clinic)
    answered = signed_in(pat).get(HOME)
    assert f'action="{URL}"' in answered.text
    assert "A clinician on duty is to see this by " in words_of(answered)
    assert "and to call you the same day." in words_of(answered)
    assert "This is not for an emergency." in words_of(answered)


def test_no_clinician_is_promised_where_nobody_is_on_duty(pat: Patient) -> None:
    watch_always(pat.clinic)
    words = words_of(signed_in(pat).get(HOME))
    assert "we cannot say who is on duty" in words
    assert "A clinician on duty" not in words


def test_one_press_is_an_urgent_alert_and_the_page_says_it_is_not_confirmed(pat: Patient) -> None:
    watch_always(pat.clinic)
    words = words_of(signed_in(pat).post(URL, follow=True))
    alert = alert_of(pat)
    assert (alert.rule, alert.lane, alert.severity, alert.state) == ("call_wanted", "call", "urgent", "open")
    assert "We could not confirm yet that the clinic has this." in words
    assert "has been told" not in words


def test_a_second_press_raises_nothing_and_starts_no_timer_anew(pat: Patient, alice: Membership) -> None:
    """Else somebody who presses each half hour would never reach the next in line."""
    watch_always(pat.clinic)
    browser = signed_in(pat)
    browser.post(URL)
    with tenancy.enter(pat.clinic_id):
        before = (Message.objects.count(), AlertTimer.objects.get().due_at, alert_of(pat).called_at)
    browser.post(URL)
    with tenancy.enter(pat.clinic_id):
        assert AlertEvent.objects.count() == 1  # the same press
        Alert.objects.update(updated_at=timezone.now() - timedelta(minutes=30))
    browser.post(URL)
    with tenancy.enter(pat.clinic_id):
        assert (Message.objects.count(), AlertTimer.objects.get().due_at, alert_of(pat).called_at) == before
        kinds = list(AlertEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["opened", "repeated"]
    assert f'action="{URL}"' not in browser.get(HOME).text


def test_who_has_it_keeps_it(pat: Patient, alice: Membership) -> None:
    browser = signed_in(pat)
    browser.post(URL)
    with tenancy.enter(pat.clinic_id):
        services.take(alert_id=alert_of(pat).pk, by=alice)
        Alert.objects.update(updated_at=timezone.now() - timedelta(minutes=30))
    assert "Your clinic has been told." in words_of(browser.post(URL, follow=True))
    assert (alert_of(pat).state, alert_of(pat).owner_id) == ("taken", alice.pk)


def test_an_open_screen_tells(pat: Patient, alice: Membership) -> None:
    browser = signed_in(pat)
    browser.post(URL)
    alert = alert_of(pat)
    with tenancy.enter(pat.clinic_id):
        AlertSeen.objects.create(clinic=pat.clinic, alert=alert, membership=alice, seq=alert.seq)
    answered = browser.get(URL)
    assert "Your clinic has been told." in words_of(answered)
    assert "hx-get" not in answered.text.split('id="own-call"')[1].split(">")[0]


def test_after_a_try_in_vain_it_can_be_asked_again(pat: Patient, alice: Membership) -> None:
    browser = signed_in(pat)
    browser.post(URL)
    try_in_vain(alert_of(pat), alice)
    answered = browser.get(URL)
    assert "Somebody tried to call you" in words_of(answered)
    assert "Please call me again" in words_of(answered)
    browser.post(URL)
    assert (alert_of(pat).state, alert_of(pat).owner_id) == ("open", None)


def test_outside_cover_hours_it_says_that_nobody_sees_it(pat: Patient) -> None:
    tomorrow = timezone.localtime(timezone.now(), pat.clinic.zone) + timedelta(days=1)
    watch(pat.clinic, WeeklyTime(tomorrow.weekday(), time(8), time(9)))
    browser = signed_in(pat)
    assert "Nobody will see this before" in words_of(browser.get(HOME))
    assert "Nobody will see this before" in words_of(browser.post(URL, follow=True))


def test_without_declared_hours_it_promises_nothing(pat: Patient) -> None:
    words = words_of(signed_in(pat).get(URL))
    assert "Your clinic has not said when it looks" in words
    assert "is to see this by" not in words


def test_the_page_asks_again_by_itself_and_not_for_ever(pat: Patient) -> None:
    browser = signed_in(pat)
    assert "hx-trigger" not in browser.get(URL).text.split("<main")[1]
    browser.post(URL)
    assert 'poll=1"' in browser.get(URL).text
    for last in ("120", "no"):
        assert "hx-trigger" not in browser.get(f"{URL}?poll={last}").text.split("<main")[1]


def test_it_needs_no_consent_and_a_pause_does_not_stop_it(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        patient_services.restrict_processing(patient=pat, by=pat)
    assert signed_in(pat).post(URL).status_code == 302
    assert alert_of(pat).state == "open"


@pytest.mark.parametrize("state", ["discharged", "transferred"])
def test_a_closed_record_offers_no_call_and_says_that_nobody_watches(
    pat: Patient, clinic_a: Clinic, state: str
) -> None:
    with tenancy.enter(pat.clinic_id):
        Patient.objects.filter(pk=pat.pk).update(state=state)
    browser = signed_in(pat)
    page = browser.get(HOME)
    assert "nobody is watching" in words_of(page)
    assert f'action="{URL}"' not in page.text
    assert "nobody was told" in words_of(browser.post(URL, follow=True))
    refused = browser.post(API)
    assert (refused.status_code, refused.json()["code"]) == (400, "closed")
    with tenancy.enter(pat.clinic_id):
        assert not Alert.objects.exists()


def test_the_page_shows_the_end_of_the_number_alone(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        patient_services.correct_record(patient=pat, changes={"phone": "0170 555 4321"}, by=pat)
    answered = signed_in(pat).get(URL)
    assert "ends in 321" in words_of(answered)
    assert "555" not in answered.text


def test_the_api_is_the_same_service(pat: Patient, alice: Membership) -> None:
    watch_always(pat.clinic)
    browser = signed_in(pat)
    assert browser.get(API).json()["wish"] == "none"
    asked = browser.post(API).json()
    assert (asked["wish"], asked["is_watched_now"]) == ("waits", True)
    assert asked["asked_at"] < asked["looked_at_by"]
    assert browser.post(API).json()["looked_at_by"] == asked["looked_at_by"]
    with tenancy.enter(pat.clinic_id):
        services.take(alert_id=alert_of(pat).pk, by=alice)
    assert browser.get(API).json()["wish"] == "told"
