"""Colleagues of Alice in clinic A."""

import pytest

from clinics.models import Clinic, Membership
from tests.clinics.factories import make_member


@pytest.fixture
def carol(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Carol Conrad")


@pytest.fixture
def dan(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Dan Dorn")
