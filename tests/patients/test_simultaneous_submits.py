"""The same check-in sent twice at the same moment, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from patients import services
from patients.models import CheckIn, Patient
from tests.clinics.factories import make_clinic
from tests.patients.factories import make_patient

THREADS = 4


@pytest.fixture
def patient(committing: str) -> Patient:
    return make_patient(make_clinic("north"), "Pat Petersen")


def submit_all(patient: Patient, moods: list[int]) -> list[str]:
    """What each of the threads was told: new, known or the code of the refusal."""
    start = Barrier(len(moods))

    def submit(mood: int) -> str:
        start.wait()
        try:
            with tenancy.enter(patient.clinic_id):
                submitted = services.submit_check_in(
                    patient=patient,
                    by=patient,
                    idempotency_key="k" * 32,
                    captured_at=timezone.now(),
                    zone="UTC",
                    mood=mood,
                )
            return "new" if submitted.is_new else "known"
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(moods)) as pool:
        return sorted(pool.map(submit, moods))


def test_the_same_body_is_kept_once(patient: Patient) -> None:
    assert submit_all(patient, [5] * THREADS) == ["known"] * (THREADS - 1) + ["new"]
    with tenancy.enter(patient.clinic_id):
        assert CheckIn.objects.count() == 1


def test_another_body_is_a_conflict(patient: Patient) -> None:
    assert submit_all(patient, [5, 6]) == ["idempotency_conflict", "new"]
