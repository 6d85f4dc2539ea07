"""A half-written note outlives a lock: its writer's alone, sealed, and gone once it is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import sign_in, tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import NoteDraft, Patient
from patients.services.drafts import KEPT, LONGEST
from tests.clinics.factories import make_member
from tests.conftest import signed_in

WORDS = "She said that"


def url(patient: Patient) -> str:
    return f"/c/north/patients/{patient.pk}/drafts/"


def place(patient: Patient) -> str:
    return f"/c/north/patients/{patient.pk}/emergency-card/edit/"


def body(patient: Patient, **changed: str) -> dict[str, str]:
    return {"place": place(patient), "field": "safety_plan", "text": WORDS, **changed}


def kept(patient: Patient) -> list[str]:
    with tenancy.enter(patient.clinic_id):
        return [str(row.text) for row in NoteDraft.objects.all()]


def test_what_is_written_is_kept_and_given_back_to_its_writer_alone(
    clinic_a: Clinic, alice: Membership, pat: Patient
) -> None:
    carl = make_member(clinic_a, "clinician", "Carl Conrad")
    assert signed_in(alice).post(url(pat), body(pat)).status_code == 204
    assert signed_in(alice).post(url(pat), body(pat, text=f"{WORDS} she")).status_code == 204
    found = signed_in(alice).get(url(pat)).json()["drafts"]
    assert found == [{"place": place(pat), "field": "safety_plan", "text": f"{WORDS} she"}]
    assert signed_in(carl).get(url(pat)).json()["drafts"] == []


def test_it_outlives_a_lock(alice: Membership, pat: Patient) -> None:
    browser = signed_in(alice)
    browser.post(url(pat), body(pat))
    session = browser.session
    sign_in.lock(session)
    session.save()
    refused = browser.post(url(pat), body(pat, text="Somebody else at this desk"))
    assert refused.status_code == 302
    assert browser.get(url(pat)).status_code == 302
    sign_in.unlock(session)
    session.save()
    assert browser.get(url(pat)).json()["drafts"][0]["text"] == WORDS


def test_what_is_sent_into_a_lock_is_kept(alice: Membership, pat: Patient) -> None:
    browser = signed_in(alice)
    browser.post(url(pat), body(pat))
    session = browser.session
    sign_in.lock(session)
    session.save()
    assert browser.post(place(pat), {"safety_plan": WORDS}).status_code == 302
    assert kept(pat) == [WORDS]


def test_a_form_that_was_taken_forgets_it_and_a_refused_one_does_not(alice: Membership, pat: Patient) -> None:
    browser = signed_in(alice)
    browser.post(url(pat), body(pat))
    assert browser.post(place(pat), {"safety_plan": WORDS, "name_1": "No phone"}).status_code == 400
    assert kept(pat) == [WORDS]
    assert browser.post(place(pat), {"safety_plan": WORDS}).status_code == 302
    assert kept(pat) == []


def test_taking_the_words_back_forgets_them(alice: Membership, pat: Patient) -> None:
    signed_in(alice).post(url(pat), body(pat))
    signed_in(alice).post(url(pat), body(pat, text=" "))
    assert kept(pat) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"place": "https://evil.example/"},
        {"place": "/c/south/alerts/"},
        {"place": "/c/north/" + "a" * 200},
        {"field": "<b>"},
        {"field": ""},
        {"text": "x" * (LONGEST + 1)},
    ],
)
def test_what_is_no_draft_is_refused(alice: Membership, pat: Patient, changed: dict[str, str]) -> None:
    assert signed_in(alice).post(url(pat), body(pat, **changed)).status_code == 400
    assert kept(pat) == []


def test_who_may_not_write_keeps_nothing(bob: Membership, mallory: Membership, pat: Patient) -> None:
    assert signed_in(bob).post(url(pat), body(pat)).status_code == 403
    assert signed_in(mallory).post(url(pat), body(pat)).status_code == 404


def test_it_is_logged_once_and_without_its_words(clinic_a: Clinic, alice: Membership, pat: Patient) -> None:
    for text in (WORDS, f"{WORDS} more"):
        signed_in(alice).post(url(pat), body(pat, text=text))
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="draft.begun")
    assert entry.patient_id == pat.pk
    assert WORDS not in entry.canonical


def test_it_is_given_back_for_a_week(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    services.save_draft(patient=pat, place="/c/north/", field="note", text=WORDS, by=alice)
    NoteDraft.objects.update(saved_at=timezone.now() - KEPT - timedelta(hours=1))
    assert services.own_drafts(pat, alice) == []
