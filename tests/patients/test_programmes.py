from typing import Any

import pytest

from clinics import tenancy
from clinics.models import Membership
from patients import services
from patients.models import Enrolment, Patient, PhotoOutcome, Programme, Purpose
from tests.clinics.factories import switch_off
from tests.conftest import signed_in
from tests.inference import photos
from tests.patients import check_in_page as page

URL = "/c/north/me/programmes/"


@pytest.fixture
def programme(ada: Membership) -> Programme:
    browser = signed_in(ada)
    browser.post("/c/north/programmes/", {"name": "Steady", "employer": "Example Ltd"})
    with tenancy.enter(ada.clinic_id):
        return Programme.objects.get()


def decide(patient: Patient, programme: Programme, decision: str) -> str:
    body = {"programme": programme.pk, "decision": decision}
    return str(signed_in(patient).post(URL, body, follow=True).text)


def check_in(patient: Patient, programme: Programme, **body: Any) -> Any:
    url = f"{URL}{programme.pk}/check-in/"
    return page.post(patient, url=url, **body)


def is_member(patient: Patient) -> bool:
    with tenancy.enter(patient.clinic_id):
        return Enrolment.objects.filter(patient=patient, left_at=None).exists()


def test_joining_agrees_and_answers_carry_the_programme(pat: Patient, programme: Programme) -> None:
    assert "You take part" in decide(pat, programme, "join")
    with tenancy.enter(pat.clinic_id):
        assert services.has_consent(pat, Purpose.PROGRAMME)
    assert check_in(pat, programme, mood="4").status_code == 302
    (row,) = page.kept(pat)
    assert (row.programme_id, row.mood, row.photo) == (programme.pk, 4, PhotoOutcome.NONE)


def test_a_photo_is_dropped_at_the_door_with_a_kind_sentence(pat: Patient, programme: Programme) -> None:
    decide(pat, programme, "join")
    response = check_in(pat, programme, mood="4", image=photos.selfie())
    (row,) = page.kept(pat)
    assert (row.photo, page.photos_kept(pat)) == (PhotoOutcome.PROGRAMME, 0)
    shown = signed_in(pat).get(response["Location"]).text
    assert "No photo is ever read there" in shown
    assert "Your answers still count" in shown


def test_a_photo_alone_is_refused(pat: Patient, programme: Programme) -> None:
    decide(pat, programme, "join")
    response = check_in(pat, programme, image=photos.selfie())
    assert page.codes(response) == ["programme"]
    assert page.kept(pat) == []


def test_the_programmes_page_asks_for_no_photo(pat: Patient, programme: Programme) -> None:
    decide(pat, programme, "join")
    assert 'type="file"' not in signed_in(pat).get(f"{URL}{programme.pk}/check-in/").text


def test_who_left_or_never_joined_sends_nothing_through_it(pat: Patient, programme: Programme) -> None:
    assert check_in(pat, programme, mood="4").status_code == 404
    decide(pat, programme, "join")
    assert "You have left" in decide(pat, programme, "leave")
    assert check_in(pat, programme, mood="4").status_code == 404


def test_withdrawing_the_consent_leaves_every_programme(pat: Patient, programme: Programme) -> None:
    decide(pat, programme, "join")
    signed_in(pat).post("/c/north/me/consents/", {"purpose": "programme", "decision": "withdraw"})
    assert not is_member(pat)


def test_a_closed_programme_takes_nobody_and_nothing(
    pat: Patient, programme: Programme, ada: Membership
) -> None:
    decide(pat, programme, "join")
    signed_in(ada).post(f"/c/north/programmes/{programme.pk}/close/")
    assert page.codes(check_in(pat, programme, mood="4")) == ["not_enrolled"]
    decide(pat, programme, "leave")
    assert "does not take anybody" in decide(pat, programme, "join")
    assert not is_member(pat)


def test_where_the_policy_is_against_it_there_is_nothing_to_join(pat: Patient, programme: Programme) -> None:
    decide(pat, programme, "join")
    switch_off(pat.clinic, Purpose.PROGRAMME)
    assert page.codes(check_in(pat, programme, mood="4")) == ["not_enrolled"]
    decide(pat, programme, "leave")
    decide(pat, programme, "join")
    assert not is_member(pat)


def test_neither_the_employers_manager_nor_the_administrator_sees_who_takes_part(
    pat: Patient, programme: Programme, ada: Membership, eve: Membership
) -> None:
    decide(pat, programme, "join")
    assert signed_in(eve).get("/c/north/programmes/").status_code == 403
    shown = signed_in(ada).get("/c/north/programmes/").text
    assert str(pat.pk) not in shown
    assert "Pat Petersen" not in shown
