from dataclasses import replace

import pytest
from django.db import DatabaseError

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic
from patients import texts
from patients.models import Notice, NoticeShown, Patient, PhotoOutcome, Purpose
from tests.clinics.factories import switch_off
from tests.conftest import signed_in
from tests.inference import photos
from tests.patients import check_in_page as page
from tests.patients.factories import make_patient

URL = "/c/north/me/notices/"


@pytest.fixture
def nora(clinic_a: Clinic) -> Patient:
    """Patient of A who agreed on paper and has never opened the portal."""
    return make_patient(clinic_a, "Nora Nolte", is_told=False)


def told(patient: Patient) -> list[str]:
    with tenancy.enter(patient.clinic_id):
        return sorted(NoticeShown.objects.filter(patient=patient).values_list("notice", flat=True))


def test_before_the_first_check_in_stand_both_notices_and_reading_them_is_recorded(nora: Patient) -> None:
    browser = signed_in(nora)
    shown = browser.get(page.URL, follow=True)
    assert shown.redirect_chain == [(URL, 302)]
    for words in (
        "guesses the expression in it. It is often wrong",
        "changes nothing in your care",
        "Outside of them nobody is watching",
        "they may call the person you named",
    ):
        assert words.casefold() in shown.text.casefold()
    assert told(nora) == []
    assert browser.post(URL)["Location"] == page.URL
    assert told(nora) == ["ai", "monitoring"]
    assert browser.get(page.URL).status_code == 200


def test_each_notice_is_recorded_on_its_own_with_its_words(nora: Patient) -> None:
    signed_in(nora).post(URL)
    with tenancy.enter(nora.clinic_id):
        hashes = {row.notice: row.text_sha256 for row in NoticeShown.objects.filter(patient=nora)}
        logged = AccessLogEntry.objects.filter(action="notice.told", patient_id=nora.pk).count()
    newest = {name: text.newest.wordings["en"].sha256 for name, text in texts.notice_texts().items()}
    assert hashes == newest
    assert logged == 2


def test_a_second_click_records_nothing_more(nora: Patient) -> None:
    for _ in range(2):
        signed_in(nora).post(URL)
    assert len(told(nora)) == 2


def test_who_was_not_told_has_no_photo_read_and_loses_no_words(nora: Patient) -> None:
    page.post(nora, image=photos.selfie(), mood="3", note="please")
    (row,) = page.kept(nora)
    assert (row.photo, row.mood, page.photos_kept(nora)) == (PhotoOutcome.NOTICE_MISSING, 3, 0)


def test_where_no_face_is_looked_at_nobody_is_told_of_it(nora: Patient) -> None:
    switch_off(nora.clinic, Purpose.FACIAL_ANALYSIS, Purpose.LIVE_SESSION)
    signed_in(nora).post(URL)
    assert told(nora) == ["monitoring"]


def test_a_new_meaning_is_told_again(pat: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    known = texts.notice_texts()
    first = known[Notice.AI].newest
    newer = texts.Version("2027-01", True, {"en": replace(first.wordings["en"], title="New words")})
    monkeypatch.setattr(texts, "notice_texts", lambda: {**known, Notice.AI: texts.Text((first, newer))})
    page.post(pat, image=photos.selfie(), mood="3")
    assert page.kept(pat)[0].photo == PhotoOutcome.NOTICE_MISSING
    shown = signed_in(pat).get(page.URL, follow=True).text
    assert "New words" in shown
    signed_in(pat).post(URL)
    assert told(pat) == ["ai", "ai", "monitoring"]
    assert page.post(pat, image=photos.selfie()).status_code == 302


def test_what_was_told_can_be_read_again(pat: Patient) -> None:
    shown = signed_in(pat).get(URL).text
    assert "What you were told" in shown
    assert "I have read this" not in shown


def test_the_record_of_a_notice_cannot_be_taken_out(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id), pytest.raises(DatabaseError):
        NoticeShown.objects.filter(patient=pat).delete()


def test_the_notices_have_the_texts_they_need() -> None:
    assert set(texts.notice_texts()) == set(Notice.values)
