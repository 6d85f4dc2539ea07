import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.models import Clinic
from patients import services
from patients.models import CheckIn, Erasure, Patient, Purpose
from tests.clinics.factories import make_user


def make_patient(
    clinic: Clinic,
    name: str,
    *,
    consents: tuple[str, ...] = (Purpose.FACIAL_ANALYSIS,),
    is_told: bool = True,
    **record: Any,
) -> Patient:
    """An admitted patient who can sign in, has read the notices and agreed to the purposes."""
    user = make_user(f"{name.split()[0].lower()}@patients.{clinic.slug}.example")
    with tenancy.enter(clinic.pk):
        patient = services.admit_patient(clinic=clinic, name=name, by=System("test"), **record)
        services.link_user(patient=patient, user=user, by=System("test"))
        patient.linked_at = timezone.now() - timedelta(days=30)  # a young account may not do all
        patient.save(update_fields=["linked_at"])
        if is_told:
            services.record_notices(patient=patient, by=patient)
        for purpose in consents:
            services.grant_consent(patient=patient, purpose=purpose, by=patient)
    return patient


def make_check_in(patient: Patient, *, captured_at: datetime | None = None, **body: Any) -> CheckIn:
    """A submitted check-in; with no body given, mood 5."""
    with tenancy.enter(patient.clinic_id):
        return services.submit_check_in(
            patient=patient,
            by=patient,
            idempotency_key=uuid.uuid4().hex,
            captured_at=captured_at or timezone.now(),
            zone=patient.time_zone,
            **(body or {"mood": 5}),
        ).check_in


def make_certificate(clinic: Clinic, words: str) -> Erasure:
    """Of somebody who is gone, so that nothing else is left to make it from."""
    with tenancy.enter(clinic.pk):
        return Erasure.objects.create(
            clinic=clinic,
            patient_id=uuid.uuid4(),
            extent=Erasure.Extent.EVERYTHING,
            state=Erasure.State.FINISHED,
            requested_by="system:test",
            due_at=timezone.now(),
            finished_at=timezone.now(),
            counts={"patients.checkin": 3},
            certificate=f"Certificate of erasure\n\n{words}\n",
        )
