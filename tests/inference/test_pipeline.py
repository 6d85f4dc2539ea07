"""What follows what, joined as it runs: no call of a service in between."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from clinics import tenancy
from clinics.models import ClinicSettings
from inference import services
from inference.models import Reading
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose
from scoring.models import Alert
from tests.inference import photos
from tests.patients.factories import make_check_in

pytestmark = pytest.mark.usefixtures("tiny_model")


def test_a_photo_that_killed_three_workers_is_an_alert(pat: Patient) -> None:
    make_check_in(pat, image=photos.selfie())
    with tenancy.enter(pat.clinic_id):
        Capture.objects.update(attempts=settings.READING_MAX_ATTEMPTS)
    services.read_waiting(clinic=pat.clinic)
    with tenancy.enter(pat.clinic_id):
        assert Reading.objects.get().reason == "dead"
        assert Alert.objects.get().rule == Alert.Rule.ANALYSIS_FAILED


def test_a_shorter_retention_drops_what_a_longer_one_kept(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        ClinicSettings.objects.update(image_retention_days=30)
        patient_services.grant_consent(patient=pat, purpose=Purpose.IMAGE_RETENTION, by=pat)
    make_check_in(pat, image=photos.selfie(), captured_at=timezone.now() - timedelta(hours=1))
    services.read_waiting(clinic=pat.clinic)
    with tenancy.enter(pat.clinic_id):
        Capture.objects.update(waiting_since=timezone.now() - timedelta(days=8))
        assert patient_services.drop_expired_images(clinic=pat.clinic) == 0
        ClinicSettings.objects.update(image_retention_days=7)
        assert patient_services.drop_expired_images(clinic=pat.clinic) == 1
        assert Capture.objects.get().image is None
