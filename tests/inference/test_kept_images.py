"""An image is kept only where the patient and the clinic both want it, and then as a re-encoding."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from clinics import tenancy
from clinics.models import ClinicSettings, DataKey
from inference import tasks
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose
from tests.inference import photos
from tests.patients.factories import make_check_in

pytestmark = pytest.mark.usefixtures("tiny_model")
TAIL = b"<script>alert(1)</script>"


def read(patient: Patient, *, days: int, consents: bool) -> Capture:
    with tenancy.enter(patient.clinic_id):
        ClinicSettings.objects.update(image_retention_days=days)
        if consents:
            patient_services.grant_consent(patient=patient, purpose=Purpose.IMAGE_RETENTION, by=patient)
    make_check_in(patient, image=photos.selfie() + TAIL)
    tasks.read_waiting(str(patient.clinic_id))
    return capture_of(patient)


def capture_of(patient: Patient) -> Capture:
    with tenancy.enter(patient.clinic_id):
        capture = Capture.objects.get()
        assert capture.image is None or capture.image  # opened while the clinic is entered
    return capture


def test_only_a_re_encoding_is_kept(pat: Patient) -> None:
    capture = read(pat, days=14, consents=True)
    assert capture.image
    assert TAIL not in capture.image
    assert Image.open(io.BytesIO(capture.image)).format == "JPEG"
    assert capture.keep_until is not None
    assert capture.keep_until - timezone.now() > timedelta(days=13)


@pytest.mark.parametrize(("days", "consents"), [(0, True), (14, False)])
def test_one_of_the_two_is_not_enough(pat: Patient, days: int, consents: bool) -> None:
    assert read(pat, days=days, consents=consents).image is None


def test_withdrawing_drops_what_was_kept_at_once(pat: Patient) -> None:
    read(pat, days=14, consents=True)
    with tenancy.enter(pat.clinic_id):
        patient_services.withdraw_consent(patient=pat, purpose=Purpose.IMAGE_RETENTION, by=pat)
        assert not DataKey.objects.filter(scope="image").exists()
    capture = capture_of(pat)
    assert (capture.image, capture.keep_until) == (None, None)
    assert capture.state == Capture.State.READ


def test_the_sweep_drops_what_was_kept_long_enough(pat: Patient) -> None:
    read(pat, days=14, consents=True)
    tasks.sweep()
    assert capture_of(pat).image
    with tenancy.enter(pat.clinic_id):
        Capture.objects.update(keep_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep()
    assert capture_of(pat).image is None
