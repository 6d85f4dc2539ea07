from typing import Any

from django.utils import timezone

from clinics import tenancy
from inference.emotions import EMOTIONS
from inference.models import Reading
from patients.models import Patient
from tests.patients.factories import make_check_in

EVEN = 1 / 7


def make_reading(patient: Patient, **fields: Any) -> Reading:
    """A scored reading, all emotions alike unless told otherwise, of a new check-in unless given."""
    values = {"is_scored": True, **dict.fromkeys(EMOTIONS, EVEN), **fields}
    values.setdefault("captured_at", timezone.now())
    check_in = values.pop("check_in", None) or make_check_in(patient, captured_at=values["captured_at"])
    with tenancy.enter(patient.clinic_id):
        return Reading.objects.create(
            clinic_id=patient.clinic_id, check_in=check_in, patient=patient, **values
        )
