"""The pages of alerts: the list, the drawer, each act through its URL, and what is known before a call."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic, ClinicSafety, Membership
from patients import services as patient_services
from patients.models import Consent, Patient, Purpose
from patients.services.emergencies import ContactDraft
from scoring.models import Alert, AlertSeen
from scoring.services import receipts
from tests.clinics.factories import make_member, watch_always
from tests.conftest import signed_in
from tests.scoring.duty.acts import again, answer, warn
from tests.scoring.factories import add_days_of, store_reading
from tests.scoring.pages import words_of

URL = "/c/north/alerts/"
ZERO = "One to two thirds or more of those who died or attempted had answered 0 shortly before."


@pytest.fixture
def carol(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Carol Conrad")


@pytest.fixture
def alert(clinic_a: Clinic, pat: Patient) -> Alert:
    watch_always(clinic_a)
    with tenancy.enter(clinic_a.pk):
        return answer(pat)


def stored(alert: Alert) -> Alert:
    with tenancy.enter(alert.clinic_id):
        return again(alert)


def called(alert: Alert) -> dict[str, Any]:
    """The call that stands on the page somebody answers."""
    return {"called_seq": stored(alert).called_seq}


def test_the_urgent_lanes_stand_first_whatever_else_waits(
    alert: Alert, alice: Membership, clinic_a: Clinic, pat: Patient
) -> None:
    add_days_of(pat, "sad", 6)
    store_reading(pat, "sad")
    with tenancy.enter(clinic_a.pk):
        face, low = Alert.objects.get(rule="score_line"), warn(pat)
    page = signed_in(alice).get(URL).text
    places = [page.index(f'data-alert="{one.pk}"') for one in (alert, face, low)]
    assert places == sorted(places)
    assert "last question of the PHQ-9" in words_of(signed_in(alice).get(f"{URL}{alert.pk}/"))


def test_lists_of_mine_offered_and_resolved(
    alert: Alert, alice: Membership, carol: Membership, bob: Membership
) -> None:
    mine, hers = signed_in(alice), signed_in(carol)
    mine.post(f"{URL}{alert.pk}/take/")
    assert str(alert.pk) in mine.get(URL, {"show": "mine"}).text
    assert str(alert.pk) not in hers.get(URL, {"show": "mine"}).text
    mine.post(f"{URL}{alert.pk}/offer/", {"to": str(carol.pk)})
    assert str(alert.pk) in hers.get(URL, {"show": "offered"}).text
    assert str(alert.pk) not in hers.get(URL, {"show": "resolved"}).text
    assert signed_in(bob).get(URL, {"show": "nonsense"}).status_code == 200


def test_the_list_alone_is_fetched_again(alert: Alert, alice: Membership) -> None:
    part = signed_in(alice).get(URL, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert str(alert.pk) in part.text
    body = signed_in(alice).get(f"{URL}{alert.pk}/", headers={"HX-Request": "true"})
    assert "<html" not in body.text
    assert "Before you call" in words_of(body)


def test_opening_the_page_is_a_receipt(alert: Alert, alice: Membership) -> None:
    signed_in(alice).get(f"{URL}{alert.pk}/")
    with tenancy.enter(alert.clinic_id):
        assert AlertSeen.objects.get().membership == alice


def test_item_9_is_resolved_on_its_page_with_who_when_and_next(
    alert: Alert, alice: Membership, clinic_a: Clinic
) -> None:
    browser = signed_in(alice)
    url = f"{URL}{alert.pk}/resolve/"
    refused = browser.post(url, called(alert) | {"note": "Spoke.", "outcome": "spoken"})
    assert refused.status_code == 400
    assert "This field is required." in words_of(refused)
    tomorrow = (timezone.localtime() + timedelta(days=1)).date()
    given = called(alert) | {
        "note": "Spoke, visit agreed.",
        "outcome": "spoken",
        "spoken_by": str(alice.pk),
        "spoken_with": "the patient",
        "spoken_at": timezone.localtime(timezone=clinic_a.zone).strftime("%Y-%m-%dT%H:%M"),
        "next_date": tomorrow.isoformat(),
        "was_helpful": "yes",
    }
    assert browser.post(url, given | {"next_date": "2026-01-01"}).status_code == 400
    assert browser.post(url, given | {"outcome": "no_contact"}).status_code == 400
    assert browser.post(url, given | {"spoken_by": str(uuid.uuid4())}).status_code == 400
    done = browser.post(url, given, follow=True)
    assert "Resolved. Your note is part of the record." in words_of(done)
    assert f"{alice.name} spoke to the patient, " in words_of(done)
    assert "more-title" not in done.text
    found = stored(alert)
    assert (found.spoken_by_id, found.next_date, found.was_helpful) == (alice.pk, tomorrow, True)


@pytest.mark.parametrize("act", ["resolve", "attempt"])
def test_a_page_of_before_the_newest_answer_ends_nothing(
    alert: Alert, alice: Membership, clinic_a: Clinic, pat: Patient, act: str
) -> None:
    """Called at 14:00, answered again at 14:04: what was said before does not answer that."""
    browser = signed_in(alice)
    browser.post(f"{URL}{alert.pk}/take/")
    shown = called(alert)
    with tenancy.enter(clinic_a.pk):
        answer(pat, 3)
    browser.post(f"{URL}{alert.pk}/take/")
    given = {
        "note": "Spoke, visit agreed.",
        "outcome": "spoken",
        "spoken_by": str(alice.pk),
        "spoken_with": "the patient",
        "spoken_at": timezone.localtime(timezone=clinic_a.zone).strftime("%Y-%m-%dT%H:%M"),
        "next_date": timezone.localtime(timezone=clinic_a.zone).date().isoformat(),
        "was_reached": "yes",
        "way": "phone",
        "whom": "the patient",
        "text": "Spoke, visit agreed.",
    }
    late = browser.post(f"{URL}{alert.pk}/{act}/", given | shown)
    assert late.status_code == 409
    assert "This alert has called again since your page was opened." in words_of(late)
    assert "Spoke, visit agreed." in late.text
    assert f'name="called_seq" value="{called(alert)["called_seq"]}"' in late.text
    assert stored(alert).state == "taken"
    assert browser.post(f"{URL}{alert.pk}/{act}/", given).status_code == 400
    assert browser.post(f"{URL}{alert.pk}/{act}/", given | called(alert)).status_code == 302


def test_an_attempt_is_written_down_and_shown(alert: Alert, alice: Membership) -> None:
    browser = signed_in(alice)
    browser.post(f"{URL}{alert.pk}/take/")
    given = called(alert) | {
        "was_reached": "no",
        "way": "phone",
        "whom": "her sister",
        "text": "Nobody answered.",
    }
    page = browser.post(f"{URL}{alert.pk}/attempt/", given, follow=True)
    for text in ("Tried, patient not reached", "Nobody answered.", "her sister"):
        assert text in words_of(page)


def test_two_clinicians_and_the_steps_close_an_unreached_one(
    alert: Alert, alice: Membership, carol: Membership, clinic_a: Clinic
) -> None:
    browser = signed_in(alice)
    call = called(alert)
    browser.post(f"{URL}{alert.pk}/take/")
    browser.post(f"{URL}{alert.pk}/attempt/", call | {"was_reached": "no", "way": "phone"})
    given = call | {
        "note": "Tried thrice.",
        "took_steps": "on",
        "next_date": timezone.localtime().date().isoformat(),
    }
    assert browser.post(f"{URL}{alert.pk}/unreached/", given | {"took_steps": ""}).status_code == 400
    browser.post(f"{URL}{alert.pk}/unreached/", given)
    own = browser.get(f"{URL}{alert.pk}/")
    assert "a second clinician must agree" in words_of(own)
    assert "I agree: resolve" not in words_of(own)
    assert browser.post(f"{URL}{alert.pk}/unreached/confirm/", call | {"note": "Me too."}).status_code == 400
    other = signed_in(carol)
    assert "I agree: resolve" in words_of(other.get(f"{URL}{alert.pk}/"))
    other.post(f"{URL}{alert.pk}/unreached/confirm/", call | {"note": "I agree."})
    assert stored(alert).outcome == "not_reached"


def test_a_colleague_accepts_and_another_gives_back(
    alert: Alert, alice: Membership, carol: Membership
) -> None:
    mine, hers = signed_in(alice), signed_in(carol)
    mine.post(f"{URL}{alert.pk}/take/")
    mine.post(f"{URL}{alert.pk}/offer/", {"to": str(carol.pk)})
    assert "You are asked to take this over" in words_of(hers.get(f"{URL}{alert.pk}/"))
    accepted = hers.post(f"{URL}{alert.pk}/offer/answer/", {"accepts": "yes"}, follow=True)
    assert "You have this alert now." in words_of(accepted)
    late = mine.post(f"{URL}{alert.pk}/give-back/", follow=True)
    assert "Only who has this alert can do this." in words_of(late)
    hers.post(f"{URL}{alert.pk}/give-back/")
    assert stored(alert).owner is None


def test_a_colleague_of_another_clinic_cannot_be_asked(
    alert: Alert, alice: Membership, mallory: Membership
) -> None:
    browser = signed_in(alice)
    browser.post(f"{URL}{alert.pk}/take/")
    refused = browser.post(f"{URL}{alert.pk}/offer/", {"to": str(mallory.pk)})
    assert refused.status_code == 400
    assert stored(alert).offered_to is None


def test_only_warnings_offer_to_wait(alert: Alert, alice: Membership, clinic_a: Clinic, pat: Patient) -> None:
    browser = signed_in(alice)
    assert "Set aside" not in words_of(browser.get(f"{URL}{alert.pk}/"))
    assert (
        browser.post(f"{URL}{alert.pk}/snooze/", called(alert) | {"days": 1, "reason": "Later."}).status_code
        == 400
    )
    with tenancy.enter(clinic_a.pk):
        low = warn(pat)
    page = browser.post(
        f"{URL}{low.pk}/snooze/", called(low) | {"days": 1, "reason": "Sees me on Friday."}, follow=True
    )
    assert "Sees me on Friday." in words_of(page)
    assert stored(low).snoozed_until is not None


def test_what_is_known_before_a_call(
    alert: Alert, alice: Membership, ada: Membership, clinic_a: Clinic, pat: Patient
) -> None:
    with tenancy.enter(clinic_a.pk):
        contact = ContactDraft(name="Sister Ines", phone="+49 30 1234", relation="sister")
        patient_services.save_emergency_card(
            patient=pat, phone="+49 30 5678", contacts=[contact], safety_plan="Call Ines.", by=alice
        )
        safety = ClinicSafety.objects.get()
        safety.no_answer_protocol = "Ring twice, then the contact."  # type: ignore[assignment]
        safety.save()
    browser = signed_in(alice)
    hidden = words_of(browser.get(f"{URL}{alert.pk}/"))
    assert "agreement to call them is not in force" in hidden
    assert "Sister Ines" not in hidden
    with tenancy.enter(clinic_a.pk):
        patient_services.grant_consent(patient=pat, purpose=Purpose.EMERGENCY_CONTACT, by=pat)
        assert Consent.objects.filter(purpose="emergency_contact").exists()
    shown = words_of(browser.get(f"{URL}{alert.pk}/"))
    for text in (
        "Sister Ines",
        "+49 30 5678",
        "No machine calls anybody",
        "Ring twice, then the contact.",
        "onfirmed by the patient",
    ):
        assert text in shown


def test_nothing_says_how_high_a_risk_is(alert: Alert, alice: Membership) -> None:
    body = signed_in(alice).get(f"{URL}{alert.pk}/", headers={"HX-Request": "true"})
    assert "risk" not in words_of(body).lower()


def test_a_shadow_is_on_no_clinical_page(alice: Membership, clinic_a: Clinic, pat: Patient) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSafety.objects.update(live_since=None)
        shadow = warn(pat, "intervention", rule="happy_fall", lane="face")
        urgent = answer(pat)
    assert (shadow.state, shadow.is_shadow, urgent.state) == ("shadow", True, "open")
    browser = signed_in(alice)
    for url in ("/c/north/", URL, f"/c/north/patients/{pat.pk}/", f"{URL}?show=resolved"):
        assert str(shadow.pk) not in browser.get(url).text
    assert browser.get(f"{URL}{shadow.pk}/").status_code == 404
    assert browser.post(f"{URL}{shadow.pk}/take/").status_code == 404


@pytest.mark.parametrize("url", ["/c/north/", URL])
def test_opening_a_list_is_a_receipt_and_fetching_it_again_is_none(
    alert: Alert, alice: Membership, bob: Membership, url: str
) -> None:
    signed_in(bob).get(url)
    signed_in(alice).get(url, headers={"HX-Request": "true"})
    with tenancy.enter(alert.clinic_id):
        assert not AlertSeen.objects.exists()
    signed_in(alice).get(url)
    with tenancy.enter(alert.clinic_id):
        assert receipts.is_confirmed(again(alert))


def test_a_plan_the_patient_wrote_is_a_plan(alert: Alert, alice: Membership) -> None:
    with tenancy.enter(alert.clinic_id):
        part = patient_services.PlanPart("Who", "My sister")
        patient_services.save_own_plan(patient=alert.patient, parts=[part])
    known = words_of(signed_in(alice).get(f"{URL}{alert.pk}/"))
    assert "Safety plan none yet" not in known
    assert "Safety plan written" in known
