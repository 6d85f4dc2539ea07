"""A clinician says what they see in a kept photo; the program's log knows what it was given."""

import pytest
from django.urls import reverse

from clinics import tenancy
from clinics.models import AccessLogEntry, ClinicSettings, Membership
from inference import input_hash, services
from inference.models import Reading, ReadingLabel
from patients import services as patient_services
from patients.models import Patient, Purpose
from tests.clinics.factories import make_clinic
from tests.conftest import signed_in
from tests.inference import photos
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in, make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny_model")]


@pytest.fixture
def reading(alice: Membership) -> Reading:
    with tenancy.enter(alice.clinic_id):
        ClinicSettings.objects.update(image_retention_days=14)
    consents = (Purpose.FACIAL_ANALYSIS, Purpose.IMAGE_RETENTION)
    patient = make_patient(alice.clinic, "Kim Keeper", consents=consents)
    return read(patient)


def read(patient: Patient) -> Reading:
    make_check_in(patient, image=photos.selfie())
    services.read_waiting(clinic=patient.clinic)
    with tenancy.enter(patient.clinic_id):
        return Reading.objects.latest("created_at")


def say(member: Membership, reading: Reading, seen: str) -> int:
    return signed_in(member).post(address(reading, "label"), {"seen": seen}).status_code


def address(reading: Reading, name: str = "explanation") -> str:
    return reverse(f"inference:{name}", args=["north", reading.pk])


def labels(reading: Reading) -> list[str]:
    with tenancy.enter(reading.clinic_id):
        return list(ReadingLabel.objects.values_list("seen", flat=True))


def test_a_clinician_says_what_they_see_and_the_reading_stays(alice: Membership, reading: Reading) -> None:
    assert "What do you see?" in signed_in(alice).get(address(reading)).text
    assert say(alice, reading, "sad") == 302
    assert labels(reading) == ["sad"]
    before = reading.probabilities
    with tenancy.enter(reading.clinic_id):
        reading.refresh_from_db()
        entry = AccessLogEntry.objects.get(action="reading.labelled")
        assert entry.patient_id == reading.patient_id
    assert reading.probabilities == before
    assert not reading.is_contested


def test_a_second_answer_replaces_the_first_of_the_same_clinician(
    alice: Membership, reading: Reading
) -> None:
    say(alice, reading, "sad")
    say(alice, reading, "cannot_tell")
    assert labels(reading) == ["cannot_tell"]


def test_who_only_reads_is_not_asked(bob: Membership, reading: Reading) -> None:
    assert "What do you see?" not in signed_in(bob).get(address(reading)).text
    assert say(bob, reading, "sad") == 403
    assert labels(reading) == []


def test_an_answer_nobody_offered_is_refused(alice: Membership, reading: Reading) -> None:
    assert say(alice, reading, "contempt") == 400


def test_without_a_kept_photo_there_is_nothing_to_look_at(alice: Membership, reading: Reading) -> None:
    with tenancy.enter(reading.clinic_id):
        patient_services.drop_kept_images(patient_id=reading.patient_id)
    assert "What do you see?" not in signed_in(alice).get(address(reading)).text
    say(alice, reading, "sad")
    assert labels(reading) == []


def test_the_log_knows_the_file_that_was_read_and_no_other(reading: Reading) -> None:
    with tenancy.enter(reading.clinic_id):
        stored = Reading.objects.get().input_hash
        assert input_hash.is_of(stored, photos.selfie(), reading.clinic_id)
        assert not input_hash.is_of(stored, photos.selfie() + b"x", reading.clinic_id)


def test_the_same_file_has_another_hash_in_another_clinic(reading: Reading) -> None:
    """Who knows a photo cannot look for it without the clinic's key."""
    south = make_clinic("south")
    other = read(make_patient(south, "Lou Other"))
    assert other.input_hash.startswith("v1:")
    assert other.input_hash != reading.input_hash


def test_what_was_not_looked_at_has_no_hash(pat: Patient) -> None:
    assert make_reading(pat).input_hash == ""
    make_check_in(pat, image=photos.selfie())
    with tenancy.enter(pat.clinic_id):
        patient_services.withdraw_consent(patient=pat, purpose=Purpose.FACIAL_ANALYSIS, by=pat)
        assert Reading.objects.filter(reason="consent_missing").get().input_hash == ""
