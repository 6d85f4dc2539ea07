"""Consent in force: the newest decision, to words that still mean the same."""

from dataclasses import replace

import pytest

from clinics import tenancy
from clinics.errors import DomainError
from patients import services, texts
from patients.models import Consent, Patient, PhotoOutcome, Purpose
from tests.clinics.factories import switch_off
from tests.conftest import signed_in
from tests.inference import photos
from tests.patients import check_in_page as page
from tests.patients.factories import make_check_in

URL = "/c/north/me/consents/"


def publish(monkeypatch: pytest.MonkeyPatch, *, is_major: bool) -> None:
    """A further version of the text about photos, for this test."""
    known = texts.consent_texts()
    first = known[Purpose.FACIAL_ANALYSIS].newest
    wording = replace(first.wordings["en"], title="New words", sha256="f" * 64)
    newer = texts.Version("2027-01", is_major, {"en": wording})
    changed = {**known, Purpose.FACIAL_ANALYSIS: texts.Text((first, newer))}
    monkeypatch.setattr(texts, "consent_texts", lambda: changed)


def ledger(patient: Patient) -> list[Consent]:
    with tenancy.enter(patient.clinic_id):
        return list(Consent.objects.filter(patient=patient).order_by("number"))


def test_the_ledger_keeps_which_words_were_agreed_to(pat: Patient) -> None:
    (row,) = ledger(pat)
    newest = texts.consent_texts()[Purpose.FACIAL_ANALYSIS].newest
    assert (row.text_version, row.text_language, row.text_sha256) == (
        newest.name, "en", newest.wordings["en"].sha256,
    )  # fmt: skip


def test_a_typo_asks_nobody_again(pat: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, is_major=False)
    page.post(pat, image=photos.selfie())
    assert page.kept(pat)[0].photo == PhotoOutcome.TAKEN
    shown = signed_in(pat).get(URL).text
    assert "New words" in shown
    assert "Asked again" not in shown


def test_a_new_meaning_asks_again_and_until_then_takes_no_photo(
    pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, is_major=True)
    page.post(pat, image=photos.selfie(), mood="5")
    assert page.kept(pat)[0].photo == PhotoOutcome.CONSENT_MISSING
    assert "we ask again" in signed_in(pat).get(URL).text
    signed_in(pat).post(URL, {"purpose": "facial_analysis", "decision": "grant"})
    assert [row.text_version for row in ledger(pat)] == ["2026-11", "2027-01"]
    assert page.post(pat, image=photos.selfie()).status_code == 302
    assert page.photos_kept(pat) == 1


def test_a_purpose_the_clinic_does_not_pursue_is_not_asked_for_but_can_be_withdrawn(pat: Patient) -> None:
    switch_off(pat.clinic, Purpose.FACIAL_ANALYSIS, Purpose.EMERGENCY_CONTACT)
    browser = signed_in(pat)
    asked = [choice.purpose for choice in browser.get(URL).context["choices"]]
    assert Purpose.EMERGENCY_CONTACT not in asked
    assert Purpose.FACIAL_ANALYSIS in asked
    answer = browser.post(URL, {"purpose": "emergency_contact", "decision": "grant"}, follow=True)
    assert "nothing to agree to" in answer.text
    browser.post(URL, {"purpose": "facial_analysis", "decision": "withdraw"})
    assert [row.is_granted for row in ledger(pat)] == [True, False]


def test_a_grant_of_what_the_clinic_does_not_do_is_refused(pat: Patient) -> None:
    switch_off(pat.clinic, Purpose.EMERGENCY_CONTACT)
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="not_allowed"):
        services.grant_consent(patient=pat, purpose=Purpose.EMERGENCY_CONTACT, by=pat)


def test_withdrawing_one_purpose_leaves_the_others(pat: Patient) -> None:
    make_check_in(pat)
    with tenancy.enter(pat.clinic_id):
        services.grant_consent(patient=pat, purpose=Purpose.EMERGENCY_CONTACT, by=pat)
        services.withdraw_consent(patient=pat, purpose=Purpose.FACIAL_ANALYSIS, by=pat)
        assert services.has_consent(pat, Purpose.EMERGENCY_CONTACT)
        assert not services.has_consent(pat, Purpose.FACIAL_ANALYSIS)
