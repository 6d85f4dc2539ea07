import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic, ClinicSettings, Membership
from inference.models import Reason
from patients.models import Patient
from scoring import services
from scoring.models import Alert, PatientNote, PatientStanding
from tests.conftest import signed_in
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in
from tests.scoring.factories import add_days_of, add_reading, store_reading
from tests.scoring.pages import raise_alert, words_of

URL = "/c/north/me/"
FORBIDDEN = re.compile(
    r"\b(lines?|crossed|crosses|interventions?|severe|warnings?|risk|score is over)\b", re.I
)
PORTAL = (URL, "/c/north/me/call/", "/c/north/me/check-in/", "/c/north/me/consents/")


@pytest.fixture
def note(pat: Patient) -> PatientNote:
    """A note of the stronger words, shown by day: this is the day."""
    raise_alert(pat)
    with tenancy.enter(pat.clinic_id):
        PatientNote.objects.update(visible_from=timezone.now())
        return PatientNote.objects.get()


def test_own_weeks_and_check_ins_in_words_that_judge_nobody(pat: Patient, note: PatientNote) -> None:
    make_check_in(pat, mood=3, note="A long day.")
    words = words_of(signed_in(pat).get(URL))
    assert "Much harder" in words
    assert "A long day." in words
    assert "3 of 10" in words
    assert "The same facts as a table" in words


@pytest.mark.parametrize(("emotion", "said"), [("happy", "Steady"), ("sad", "Much harder")])
def test_guidance_follows_the_judged_window(pat: Patient, emotion: str, said: str) -> None:
    add_days_of(pat, emotion, 13)
    store_reading(pat, emotion)
    words = words_of(signed_in(pat).get(URL))
    assert f"Lately {said}" in words


@pytest.mark.parametrize(("days", "said"), [(4, "Not enough to say"), (8, "No check-in")])
def test_silence_never_looks_steady(pat: Patient, days: int, said: str) -> None:
    last = timezone.now() - timedelta(days=days)
    with tenancy.enter(pat.clinic_id):
        for day in range(6):
            add_reading(pat, "happy", last - timedelta(days=day))
        at = last + timedelta(minutes=1)
        services.judge_readings(clinic_id=pat.clinic_id, touched={pat.pk: [last]}, at=at)
        assert PatientStanding.objects.get().is_enough
    words = words_of(signed_in(pat).get(URL))
    assert f"Lately {said}" in words
    assert "look steady" not in words


def test_guidance_does_not_contradict_a_note_above_it(pat: Patient, note: PatientNote) -> None:
    with tenancy.enter(pat.clinic_id):
        PatientStanding.objects.update(score=1, low=0.5)
    browser = signed_in(pat)
    assert "Lately" not in words_of(browser.get(URL))
    browser.post(f"/c/north/me/notes/{note.pk}/", {"answer": "not_now"})
    assert "Lately Steady" in words_of(browser.get(URL))


def test_no_page_of_the_portal_speaks_of_lines_or_verdicts(pat: Patient, note: PatientNote) -> None:
    browser = signed_in(pat)
    for url in PORTAL:
        assert FORBIDDEN.findall(words_of(browser.get(url))) == [], url


def test_a_photo_that_was_not_used_says_so_with_advice(pat: Patient) -> None:
    make_reading(
        pat, check_in=make_check_in(pat, mood=5), is_scored=False, reason=Reason.BLURRED,
        angry=None, disgust=None, fear=None, happy=None, sad=None, surprise=None, neutral=None,
    )  # fmt: skip
    with tenancy.enter(pat.clinic_id):
        pat.check_ins.update(photo="taken")
    assert "not used. It is about the focus, not you." in words_of(signed_in(pat).get(URL))


def test_yes_asks_for_a_call_and_not_now_changes_nothing(pat: Patient, note: PatientNote) -> None:
    browser = signed_in(pat)
    url = f"/c/north/me/notes/{note.pk}/"
    assert url in browser.get(URL).text
    later = browser.post(url, {"answer": "not_now"}, follow=True)
    assert "That is fine." in words_of(later)
    yes = browser.post(url, {"answer": "call"}, follow=True)
    assert "You asked for a call" in words_of(yes)
    assert "We could not confirm yet that the clinic has this." in words_of(yes)
    with tenancy.enter(pat.clinic_id):
        assert Alert.objects.filter(rule=Alert.Rule.CALL_WANTED).count() == 1
    assert browser.post(url, {"answer": "perhaps"}).status_code == 400


def test_a_note_is_only_its_patients(pat: Patient, alice: Membership, note: PatientNote) -> None:
    url = f"/c/north/me/notes/{note.pk}/"
    assert signed_in(alice).post(url, {"answer": "call"}).status_code == 404
    assert signed_in(alice).get(URL).status_code == 404
    assert Client().get(URL)["Location"].startswith("/accounts/login/")


def test_crisis_contacts_stand_at_the_foot_of_every_portal_page(pat: Patient, clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(crisis_contacts="Night line: 0800 111 0 111")
    for url in PORTAL:
        page = signed_in(pat).get(url)
        assert page.text.count("0800 111 0 111") == 1, url


def test_nothing_yet_is_an_invitation_and_no_verdict(pat: Patient) -> None:
    words = words_of(signed_in(pat).get(URL))
    assert "Nothing here yet" in words
    assert "Check in" in words
