"""A clinic of made-up people for one benchmark, in the database this process is pointed at."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from clinics import second_factor, tenancy
from clinics import services as clinic_services
from clinics.access_log import System
from clinics.models import Clinic, Role, User
from moodvision.demo import history
from moodvision.demo.history import Course
from moodvision.scratch_browser import signed_in_browser
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose

BENCH = System("bench")
UNREAD = (Capture.State.WAITING, Capture.State.CLAIMED)
FAST_HASHES = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in; `patient_id` where they are a patient."""

    session: str
    patient_id: uuid.UUID | None = None


def make_clinic() -> Clinic:
    with FAST_HASHES:
        return clinic_services.create_clinic(
            slug="bench",
            name="Bench Clinic",
            time_zone="Europe/Berlin",
            admin=_account("ada@bench.example"),
            admin_name="Ada Ahrens",
            jurisdiction="generic",
        )


def make_patients(clinic: Clinic, count: int, *, course: Course = Course.NEVER) -> list[Patient]:
    """Patients who consent to facial analysis, with this history."""
    patients = []
    with tenancy.enter(clinic.pk):
        for number in range(count):
            patient = patient_services.admit_patient(
                clinic=clinic, name=f"Patient {number}", by=BENCH, is_synthetic=True
            )
            patient_services.record_notices(patient=patient, by=BENCH)
            patient_services.grant_consent(patient=patient, purpose=Purpose.FACIAL_ANALYSIS, by=BENCH)
            history.write(patient, course)
            patients.append(patient)
    return patients


def sign_in_patients(clinic: Clinic, patients: list[Patient]) -> list[Person]:
    """By a session made here: nobody's password is checked, so none need be slow to check."""
    people = []
    with FAST_HASHES, tenancy.enter(clinic.pk):
        for patient in patients:
            user = _account(f"{patient.record_number}@patients.example")
            patient_services.link_user(patient=patient, user=user, by=BENCH)
            people.append(Person(_session(user), patient.pk))
    return people


def sign_in_clinicians(clinic: Clinic, count: int) -> list[Person]:
    people = []
    with FAST_HASHES, tenancy.enter(clinic.pk):
        for number in range(count):
            user = _account(f"clinician{number}@bench.example")
            clinic_services.add_member(
                clinic=clinic, user=user, role=Role.CLINICIAN, name=f"Clinician {number}", by=BENCH
            )
            second_factor.enrol_totp(user)
            people.append(Person(_session(user)))
    return people


def submit(clinic: Clinic, patients: list[Patient], images: list[bytes]) -> None:
    """One check-in of each patient, the photos in turn; all of them appear, and ring, in one commit."""
    with transaction.atomic(), tenancy.enter(clinic.pk):
        for number, patient in enumerate(patients):
            patient_services.submit_check_in(
                patient=patient,
                by=patient,
                idempotency_key=uuid.uuid4().hex,
                captured_at=timezone.now(),
                zone=patient.time_zone,
                image=images[number % len(images)],
            )


def unread(clinic: Clinic) -> int:
    with tenancy.enter(clinic.pk):
        return Capture.objects.filter(state__in=UNREAD).count()


def _account(email: str) -> User:
    return clinic_services.create_account(email=email, password=uuid.uuid4().hex)


def _session(user: User) -> str:
    return signed_in_browser(user).cookies["sessionid"].value
