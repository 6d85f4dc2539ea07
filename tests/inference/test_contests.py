"""A patient contests what the program guessed: it is kept, shown, and counts for nothing."""

import pytest

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Membership
from inference import services
from inference.models import Reading, ReadingContest
from patients.models import Patient
from scoring.models import Alert, PatientStanding
from tests.conftest import signed_in
from tests.inference.factories import make_reading
from tests.patients.factories import make_patient
from tests.scoring.factories import add_days_of, store_reading


def url_of(reading: Reading) -> str:
    return f"/c/north/me/check-ins/{reading.check_in_id}/"


@pytest.fixture
def reading(pat: Patient) -> Reading:
    add_days_of(pat, "sad", 6)
    return store_reading(pat, "sad")


def contest(reading: Reading, pat: Patient, **body: str) -> int:
    response = signed_in(pat).post(url_of(reading) + "contest/", {"decision": "contest", **body})
    return response.status_code


def test_a_contested_reading_leaves_the_scores_and_comes_back(pat: Patient, reading: Reading) -> None:
    with tenancy.enter(pat.clinic_id):
        before = PatientStanding.objects.get().readings
    assert contest(reading, pat) == 302
    with tenancy.enter(pat.clinic_id):
        assert PatientStanding.objects.get().readings == before - 1
    assert signed_in(pat).post(url_of(reading) + "contest/", {"decision": "withdraw"}).status_code == 302
    with tenancy.enter(pat.clinic_id):
        assert PatientStanding.objects.get().readings == before
        assert ReadingContest.objects.get().withdrawn_at is not None


def test_contesting_raises_no_alert_and_resolves_none(pat: Patient, reading: Reading) -> None:
    with tenancy.enter(pat.clinic_id):
        before = list(Alert.objects.values_list("pk", "state", "seq"))
    assert before
    contest(reading, pat)
    with tenancy.enter(pat.clinic_id):
        assert list(Alert.objects.values_list("pk", "state", "seq")) == before


def test_the_reading_itself_is_kept(pat: Patient, reading: Reading) -> None:
    contest(reading, pat)
    with tenancy.enter(pat.clinic_id):
        kept = Reading.objects.get(pk=reading.pk)
        assert kept.probabilities == pytest.approx(reading.probabilities)
        assert kept.is_contested


def test_clinician_and_patient_see_that_it_is_contested_and_why(
    alice: Membership, pat: Patient, reading: Reading
) -> None:
    contest(reading, pat, reason="I was laughing at a video.")
    record = signed_in(alice).get(f"/c/north/patients/{pat.pk}/").text
    assert "contested by the patient, does not count" in record
    assert "I was laughing at a video." in record
    assert "You said that this guess is not right." in signed_in(pat).get(url_of(reading)).text
    assert "you contested it" in signed_in(pat).get("/c/north/me/").text


def test_what_was_taken_back_stays_in_the_record(alice: Membership, pat: Patient, reading: Reading) -> None:
    contest(reading, pat, reason="I was laughing.")
    signed_in(pat).post(url_of(reading) + "contest/", {"decision": "withdraw"})
    record = signed_in(alice).get(f"/c/north/patients/{pat.pk}/").text
    assert "does not count" not in record
    assert "taken back" in record


def test_a_second_click_contests_nothing_twice(pat: Patient, reading: Reading) -> None:
    contest(reading, pat)
    contest(reading, pat)
    with tenancy.enter(pat.clinic_id):
        assert ReadingContest.objects.count() == 1
        assert AccessLogEntry.objects.filter(action="reading.contested").count() == 1


def test_a_photo_that_gave_nothing_cannot_be_contested(pat: Patient) -> None:
    nothing = dict.fromkeys(("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"))
    unread = make_reading(pat, is_scored=False, reason="blurred", **nothing)
    assert contest(unread, pat) == 400


def test_another_patients_reading_is_not_there(pat: Patient, reading: Reading) -> None:
    quinn = make_patient(pat.clinic, "Quinn Quast")
    assert contest(reading, quinn) == 404
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="no_such_reading"):
        services.contest_reading(patient=quinn, reading_id=reading.pk)


def test_a_reason_may_not_be_a_novel(pat: Patient, reading: Reading) -> None:
    assert contest(reading, pat, reason="x" * 2001) == 400


def test_the_reason_lies_sealed(pat: Patient, reading: Reading) -> None:
    contest(reading, pat, reason="I was laughing.")
    with tenancy.enter(pat.clinic_id):
        assert str(ReadingContest.objects.values_list("reason", flat=True).get()).startswith("mv1:")
