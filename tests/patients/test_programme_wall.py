"""What came through an employer's programme never reaches the classifier: by raw SQL, past every service."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection

from clinics import tenancy
from clinics.models import Membership
from inference.models import Reading
from patients import services
from patients.models import Capture, CheckIn, Patient, Programme
from tests.inference import photos
from tests.patients.factories import make_check_in

CAPTURE = """
INSERT INTO patients_capture
    (id, clinic_id, check_in_id, is_of_programme, state, image, attempts, waiting_since)
VALUES (%s, %s, %s, %s, 'waiting', 'x', 0, now())
"""
READING = """
INSERT INTO inference_reading
    (id, clinic_id, check_in_id, patient_id, is_of_programme, captured_at, is_scored, reason, detector,
     model_name, model_version, model_sha256, duration_ms, created_at, is_contested,
     is_synthetic, input_hash)
VALUES (%s, %s, %s, %s, %s, now(), false, 'no_face', '', '', '', '', 0, now(), false, false, '')
"""


@pytest.fixture
def programme(ada: Membership, pat: Patient) -> Programme:
    with tenancy.enter(ada.clinic_id):
        made = services.open_programme(clinic=ada.clinic, name="Steady", employer="Example Ltd", by=ada)
        services.join_programme(patient=pat, programme_id=made.pk)
    return made


def run(patient: Patient, statement: str, *values: Any) -> None:
    with tenancy.enter(patient.clinic_id), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def through(patient: Patient, programme: Programme) -> CheckIn:
    return make_check_in(patient, mood=5, programme_id=programme.pk)


@pytest.mark.parametrize("mark", [True, False])
def test_a_programmes_check_in_can_have_no_photo(pat: Patient, programme: Programme, mark: bool) -> None:
    check_in = through(pat, programme)
    with pytest.raises(IntegrityError, match="programme"):
        run(pat, CAPTURE, uuid.uuid4(), pat.clinic_id, check_in.pk, mark)


@pytest.mark.parametrize("mark", [True, False])
def test_a_programmes_check_in_can_have_no_reading(pat: Patient, programme: Programme, mark: bool) -> None:
    check_in = through(pat, programme)
    with pytest.raises(IntegrityError, match="programme"):
        run(pat, READING, uuid.uuid4(), pat.clinic_id, check_in.pk, pat.pk, mark)


def test_the_same_rows_of_a_plain_check_in_are_taken(pat: Patient) -> None:
    """Otherwise the refusals above might have another reason."""
    check_in = make_check_in(pat, mood=5)
    run(pat, CAPTURE, uuid.uuid4(), pat.clinic_id, check_in.pk, False)
    run(pat, READING, uuid.uuid4(), pat.clinic_id, check_in.pk, pat.pk, False)
    with tenancy.enter(pat.clinic_id):
        assert (Capture.objects.count(), Reading.objects.count()) == (1, 1)


def test_a_check_in_with_a_photo_cannot_become_a_programmes(pat: Patient, programme: Programme) -> None:
    check_in = make_check_in(pat, image=photos.selfie(), mood=5)
    statement = "UPDATE patients_checkin SET programme_id = %s, photo = 'none' WHERE id = %s"
    with pytest.raises(IntegrityError, match="programme"):
        run(pat, statement, programme.pk, check_in.pk)


def test_a_programmes_check_in_cannot_say_its_photo_was_taken(pat: Patient, programme: Programme) -> None:
    check_in = through(pat, programme)
    with pytest.raises(IntegrityError, match="no_photo_through_a_programme"):
        run(pat, "UPDATE patients_checkin SET photo = 'taken' WHERE id = %s", check_in.pk)
