import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files import uploadedfile, uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic, Membership
from patients import services
from patients.models import Capture, Patient, PhotoOutcome, Purpose
from tests.clinics.factories import switch_off
from tests.conftest import signed_in
from tests.patients import check_in_page as page
from tests.patients.factories import make_patient
from tests.shared_data import london_face


@pytest.fixture
def nora(clinic_a: Clinic) -> Patient:
    """Patient of A who never agreed to anything."""
    return make_patient(clinic_a, "Nora Nolte", consents=())


def test_a_photo_and_answers_are_kept_and_thanked_for(pat: Patient) -> None:
    face = london_face()
    response = page.post(pat, image=face, mood="7", note="slept well", zone="Europe/Lisbon")
    (row,) = page.kept(pat)
    assert response.status_code == 302
    assert response["Location"] == f"/c/north/me/check-ins/{row.pk}/"
    with tenancy.enter(pat.clinic_id):
        capture = Capture.objects.get(check_in=row)
        assert (row.mood, row.note, row.zone, row.photo) == (7, "slept well", "Europe/Lisbon", "taken")
        assert (capture.state, capture.image) == (Capture.State.WAITING, face)


def test_the_page_brings_a_fresh_key_each_time(pat: Patient) -> None:
    browser = signed_in(pat)
    keys = {
        re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', browser.get(page.URL).text)[1]  # type: ignore[index]
        for _ in range(2)
    }
    assert len(keys) == 2


def test_answers_alone_and_a_photo_alone_are_enough(pat: Patient) -> None:
    assert page.post(pat, mood="0").status_code == 302
    assert page.post(pat, image=london_face()).status_code == 302
    assert [row.photo for row in page.kept(pat)] == ["none", "taken"]


def test_nothing_at_all_is_refused(pat: Patient) -> None:
    response = page.post(pat)
    assert (response.status_code, page.codes(response)) == (400, ["nothing_to_keep"])
    assert not page.kept(pat)


@pytest.mark.parametrize("mood", ["11", "-1", "seven"])
def test_a_mood_off_the_scale_is_refused_and_the_note_is_not_lost(pat: Patient, mood: str) -> None:
    response = page.post(pat, mood=mood, note="please keep my words")
    assert response.status_code == 400
    assert "please keep my words" in response.text
    assert not page.kept(pat)


def test_without_javascript_time_and_zone_are_the_servers_and_the_patients(pat: Patient) -> None:
    page.post(pat, mood="5", captured_at="", zone="")
    (row,) = page.kept(pat)
    assert row.zone == pat.time_zone
    assert abs(row.captured_at - timezone.now()) < timedelta(minutes=1)


def test_a_zone_no_list_knows_never_costs_a_check_in(pat: Patient) -> None:
    assert page.post(pat, mood="5", zone="Mars/Olympus_Mons").status_code == 302
    assert page.kept(pat)[0].zone == pat.time_zone


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "2019-05-01T08:00:00Z"]
)
def test_a_check_in_of_another_age_is_refused(pat: Patient, moment: str) -> None:
    """The database can hold what Python cannot read back: one such row would close the clinic's lists."""
    response = page.post(pat, mood=5, captured_at=moment)
    assert (response.status_code, page.codes(response)) == (400, ["captured_too_long_ago"])
    assert page.kept(pat) == []


def test_a_check_in_from_the_future_is_refused(pat: Patient) -> None:
    ahead = (timezone.now() + timedelta(hours=1)).isoformat()
    response = page.post(pat, mood="5", captured_at=ahead)
    assert (response.status_code, page.codes(response)) == (400, ["captured_in_future"])
    assert not page.kept(pat)


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01T10:00:00", "2026-13-45T99:00:00Z"])
def test_a_time_that_cannot_be_read_is_refused(pat: Patient, text: str) -> None:
    assert page.codes(page.post(pat, mood="5", captured_at=text)) == ["captured_at_invalid"]


def test_after_seven_days_the_photo_is_dropped_and_the_answers_count(pat: Patient) -> None:
    old = (timezone.now() - timedelta(days=7, minutes=1)).isoformat()
    response = page.post(pat, image=london_face(), mood="4", captured_at=old)
    (row,) = page.kept(pat)
    assert (row.mood, row.photo, page.photos_kept(pat)) == (4, PhotoOutcome.TOO_OLD, 0)
    shown = signed_in(pat).get(response["Location"]).text
    assert "older than seven days" in shown
    assert "Your answers still count" in shown


def test_without_consent_the_page_asks_for_no_photo_and_says_what_the_program_does(nora: Patient) -> None:
    shown = signed_in(nora).get(page.URL).text
    assert 'type="file"' not in shown
    assert "Declining changes nothing in your care" in shown


def test_without_consent_a_photo_is_refused_and_the_answers_are_kept(nora: Patient) -> None:
    response = page.post(nora, image=london_face(), note="hello")
    (row,) = page.kept(nora)
    assert (row.photo, page.photos_kept(nora)) == (PhotoOutcome.CONSENT_MISSING, 0)
    shown = signed_in(nora).get(response["Location"]).text
    assert "hello" in shown
    assert "You have not agreed" in shown


def test_without_consent_a_photo_alone_is_refused(nora: Patient) -> None:
    response = page.post(nora, image=london_face())
    assert (response.status_code, page.codes(response)) == (400, ["consent_missing"])
    assert not page.kept(nora)


def test_where_the_clinic_forbids_it_no_photo_is_asked_for_or_kept(pat: Patient) -> None:
    switch_off(pat.clinic, Purpose.FACIAL_ANALYSIS)
    assert 'type="file"' not in signed_in(pat).get(page.URL).text
    page.post(pat, image=london_face(), mood="5")
    assert (page.kept(pat)[0].photo, page.photos_kept(pat)) == (PhotoOutcome.NOT_ALLOWED, 0)


def test_the_notice_about_the_program_stands_before_the_first_photo_only(pat: Patient) -> None:
    browser = signed_in(pat)
    assert "A program guesses expressions" in browser.get(page.URL).text
    page.post(pat, image=london_face())
    assert "A program guesses expressions" not in browser.get(page.URL).text


def test_the_same_key_and_body_is_the_first_check_in_again(pat: Patient) -> None:
    key, face = uuid.uuid4().hex, london_face()
    answers = [page.post(pat, image=face, mood="5", key=key)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert (len(page.kept(pat)), page.photos_kept(pat)) == (1, 1)


def test_the_same_key_with_another_body_is_a_conflict_that_loses_no_words(pat: Patient) -> None:
    key = uuid.uuid4().hex
    page.post(pat, mood="5", key=key)
    response = page.post(pat, mood="6", note="more to say", key=key)
    assert (response.status_code, page.codes(response)) == (409, ["idempotency_conflict"])
    assert "more to say" in response.text
    assert key not in response.text  # sent once more, it is another check-in
    assert len(page.kept(pat)) == 1


def test_one_patients_key_says_nothing_about_anothers(pat: Patient, nora: Patient) -> None:
    key = uuid.uuid4().hex
    assert page.post(pat, mood="5", key=key).status_code == 302
    assert page.post(nora, mood="6", key=key).status_code == 302


def test_strangers_and_members_find_no_portal(
    pat: Patient, nora: Patient, alice: Membership, mallory: Membership
) -> None:
    done = page.post(pat, mood="5")["Location"]
    for url in (page.URL, done, f"{done}reading/", "/c/north/me/consents/"):
        assert signed_in(alice).get(url).status_code == 404
        assert signed_in(mallory).get(url).status_code == 404
        anonymous = Client().get(url)
        assert anonymous.status_code == 302
        assert anonymous["Location"].startswith("/accounts/login/")
    assert signed_in(nora).get(done).status_code == 404
    assert signed_in(alice).post(page.URL, {"mood": "5"}).status_code == 404


def test_a_post_without_its_token_is_refused(pat: Patient) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert pat.user is not None
    browser.force_login(pat.user)
    assert browser.post(page.URL, {"mood": "5", "idempotency_key": uuid.uuid4().hex}).status_code == 403
    assert not page.kept(pat)


def test_the_database_holds_neither_note_nor_photo_in_plain(pat: Patient) -> None:
    face = london_face()
    page.post(pat, image=face, note="a very private sentence")
    with tenancy.enter(pat.clinic_id), connection.cursor() as cursor:
        cursor.execute("SELECT note FROM patients_checkin")
        assert "private" not in cursor.fetchone()[0]
        cursor.execute("SELECT image FROM patients_capture")
        stored = bytes(cursor.fetchone()[0])
    assert not stored.startswith(b"\xff\xd8")
    assert face[200:260] not in stored


def test_an_upload_never_touches_the_disk(pat: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("an upload was about to be written to a file")

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", refuse)
    monkeypatch.setattr(uploadedfile.TemporaryUploadedFile, "__init__", refuse)
    heavy = london_face() + bytes(9 * 1024 * 1024)
    browser = signed_in(pat)
    upload = SimpleUploadedFile("photo.jpg", heavy, content_type="image/jpeg")
    response = browser.post(page.URL, {"image": upload, "idempotency_key": uuid.uuid4().hex})
    assert response.status_code == 302
    assert page.photos_kept(pat) == 1


def test_withdrawn_in_another_tab_the_photo_is_not_kept(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        services.withdraw_consent(patient=pat, purpose=Purpose.FACIAL_ANALYSIS, by=pat)
    page.post(pat, image=london_face(), mood="5")
    assert (page.kept(pat)[0].photo, page.photos_kept(pat)) == (PhotoOutcome.CONSENT_MISSING, 0)
