"""What a patient writes outlives their PIN lock: theirs alone, sealed, gone once sent, and after a week."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import retention, services
from patients.models import NoteDraft, Patient
from patients.services.drafts import KEPT, LONGEST, MOST_OF_ONE_WRITER
from tests.conftest import signed_in
from tests.patients.factories import make_patient

URL, CHECK_IN, PLAN = "/c/north/me/drafts/", "/c/north/me/check-in/", "/c/north/me/plan/edit/"
UNLOCK = "/c/north/me/unlock/"
WORDS = "Since the summer I"
BODY = {"place": CHECK_IN, "field": "note", "text": WORDS}
KEY = {"idempotency_key": "k" * 32}


@pytest.fixture
def browser(pat: Patient) -> Client:
    return signed_in(pat)


def kept(patient: Patient) -> list[str]:
    with tenancy.enter(patient.clinic_id):
        return [str(row.text) for row in NoteDraft.objects.all()]


def test_it_is_given_back_to_its_writer_and_to_no_clinician(
    browser: Client, pat: Patient, alice: Membership
) -> None:
    assert browser.post(URL, BODY).status_code == 204
    assert browser.post(URL, {**BODY, "text": f"{WORDS} sleep"}).status_code == 204
    assert browser.get(URL).json()["drafts"] == [{**BODY, "text": f"{WORDS} sleep"}]
    assert signed_in(alice).get(f"/c/north/patients/{pat.pk}/drafts/").json()["drafts"] == []


def test_it_is_sealed_under_the_patients_key(browser: Client, pat: Patient) -> None:
    browser.post(URL, BODY)
    with tenancy.enter(pat.clinic_id):
        row = NoteDraft.objects.get()
        assert row.membership is None
        assert row.sealed_under() == pat.sealed_under()
        assert WORDS not in str(NoteDraft.objects.values_list("text", flat=True).get())
        assert WORDS not in AccessLogEntry.objects.get(action="draft.begun").canonical


def test_the_pin_lock_gives_nothing_out_and_loses_nothing(browser: Client, pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        services.set_pin(patient=pat, pin="7391", by=pat)
    browser.post(UNLOCK, {"pin": "7391"})
    assert browser.post(URL, BODY).status_code == 204
    browser.post(UNLOCK, {"act": "lock"})
    assert browser.get(URL).status_code == 302
    assert browser.post(URL, {**BODY, "text": "somebody else"}).status_code == 302
    assert browser.post(CHECK_IN, {"note": WORDS, **KEY}).status_code == 302  # into the lock
    assert kept(pat) == [WORDS]
    browser.post(UNLOCK, {"pin": "7391"})
    assert browser.get(URL).json()["drafts"][0]["text"] == WORDS
    assert "/me/check-ins/" in browser.post(CHECK_IN, {"note": WORDS, **KEY})["Location"]
    assert kept(pat) == []


def test_a_form_that_was_taken_forgets_it_and_a_refused_one_does_not(browser: Client, pat: Patient) -> None:
    browser.post(URL, BODY)
    browser.post(URL, {**BODY, "place": PLAN, "field": "text_1"})
    assert browser.post(CHECK_IN, {"note": "x" * 5000, **KEY}).status_code == 400
    assert len(kept(pat)) == 2
    assert browser.post(CHECK_IN, {"note": WORDS, **KEY}).status_code == 302
    with tenancy.enter(pat.clinic_id):
        assert NoteDraft.objects.get().place == PLAN


def test_another_patients_words_at_the_same_place_stay(browser: Client, pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        other = make_patient(pat.clinic, "Quinn Quast")
        services.save_draft(patient=other, place=CHECK_IN, field="note", text="Other", by=other)
    browser.post(URL, BODY)
    browser.post(CHECK_IN, {"note": WORDS, **KEY})
    assert kept(pat) == ["Other"]
    assert browser.get(URL).json()["drafts"] == []


def test_a_plan_that_had_grown_has_room_for_what_is_put_back(browser: Client) -> None:
    browser.post(URL, {**BODY, "place": PLAN, "field": "text_9"})
    browser.post(URL, {**BODY, "place": PLAN, "field": "heading_x"})
    assert browser.get(PLAN).text.count("data-draft=") == 9


@pytest.mark.parametrize("url", [CHECK_IN, PLAN, "/c/north/me/data/", "/c/north/me/trusted/"])
def test_the_portals_pages_say_where_words_are_kept(browser: Client, url: str) -> None:
    page = browser.get(url, follow=True).text
    assert f'data-drafts="{URL}"' in page
    assert "js/drafts" in page


def test_an_intake_is_kept_while_it_is_written(alice: Membership, pat: Patient) -> None:
    page = signed_in(alice).get(f"/c/north/patients/{pat.pk}/intake/").text
    assert f'data-drafts="/c/north/patients/{pat.pk}/drafts/"' in page


@pytest.mark.parametrize(
    "changed",
    [
        {"place": "/c/north/patients/"},
        {"place": "/c/south/me/check-in/"},
        {"field": "<b>"},
        {"text": "x" * (LONGEST + 1)},
    ],
)
def test_what_is_no_draft_is_refused(browser: Client, pat: Patient, changed: dict[str, str]) -> None:
    assert browser.post(URL, {**BODY, **changed}).status_code == 400
    assert kept(pat) == []


def test_a_writer_has_so_many_and_no_more(browser: Client, pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        for number in range(MOST_OF_ONE_WRITER):
            services.save_draft(patient=pat, place=CHECK_IN, field=f"f{number}", text=WORDS, by=pat)
    assert browser.post(URL, BODY).status_code == 400
    assert browser.post(URL, {**BODY, "field": "f0"}).status_code == 204


@pytest.fixture
def old(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    """A patient's and a member's, both over a week old, and one of today."""
    with tenancy.enter(clinic_a.pk):
        services.save_draft(patient=pat, place=CHECK_IN, field="note", text=WORDS, by=pat)
        services.save_draft(patient=pat, place="/c/north/a/", field="note", text=WORDS, by=alice)
        NoteDraft.objects.update(saved_at=timezone.now() - KEPT - timedelta(hours=1))
        services.save_draft(patient=pat, place=PLAN, field="text_1", text="Another", by=pat)


def test_the_night_takes_what_is_a_week_old(clinic_a: Clinic, pat: Patient, old: None) -> None:
    assert len(kept(pat)) == 3
    (run,) = [run for run in retention.enforce(clinic=clinic_a) if run.kind == "drafts"]
    assert (run.removed, run.left_over) == (2, 0)
    assert kept(pat) == ["Another"]


def test_the_proof_finds_what_a_night_left(
    clinic_a: Clinic, old: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = next(kind for kind in retention.kinds() if kind.name == "drafts")
    monkeypatch.setitem(retention._registered, "drafts", replace(kind, steps=()))
    (run,) = [run for run in retention.enforce(clinic=clinic_a) if run.kind == "drafts"]
    assert run.left_over == 2
