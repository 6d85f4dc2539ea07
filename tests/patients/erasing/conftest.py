"""A clinic that erases at once and keeps nothing, and a patient with much to erase."""

import pytest

from clinics import tenancy
from clinics.models import Clinic
from patients import services
from patients.models import Patient
from tests.clinics.factories import make_clinic
from tests.patients.erasing.acts import policy, resolve_alerts
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, store_reading


@pytest.fixture
def north(committing: str) -> Clinic:
    clinic = make_clinic("north")
    policy(clinic, erasure_cooling_off_days=0, record_retention_years=0)
    return clinic


@pytest.fixture
def pat(north: Clinic) -> Patient:
    """With a resolved alert and one of every row that a patient can have."""
    patient = make_patient(north, "Pat Petersen")
    add_days_of(patient, "sad", 6)
    store_reading(patient, "sad")
    make_check_in(patient, mood=1, note="slept badly")
    with tenancy.enter(north.pk):
        services.withdraw_consent(patient=patient, purpose="facial_analysis", by=patient)
    resolve_alerts(north)
    return patient
