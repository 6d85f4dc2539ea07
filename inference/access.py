"""The only way to a reading, through the gate of its patient: strangers meet 404, the wrong role 403."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from clinics import access_log
from clinics.models import Membership
from inference.models import Reading, ReadingQuerySet
from patients import access as patient_access
from patients.models import CheckIn, Patient


def visible_readings(membership: Membership | None, patient_id: uuid.UUID) -> ReadingQuerySet:
    """A patient's readings, newest first, for those who may follow this patient."""
    patient = patient_access.get_patient(membership, patient_id, purpose="readings")
    return Reading.objects.filter(patient=patient).order_by("-captured_at")


def get_reading(membership: Membership | None, reading_id: uuid.UUID) -> Reading:
    """One reading of this member's clinic."""
    reading = Reading.objects.select_related("check_in").filter(pk=reading_id).first()
    if reading is None or membership is None:
        raise Http404
    patient_access.get_patient(membership, reading.patient_id, purpose="readings")
    access_log.record("reading.read", by=membership, patient_id=reading.patient_id, objects=[reading_id])
    return reading


def get_reading_to_work_on(membership: Membership | None, reading_id: uuid.UUID) -> Reading:
    """As `get_reading`, for who treats: an observer neither labels a photo nor has it analysed once more."""
    reading = get_reading(membership, reading_id)
    if membership is None or not membership.treats_patients:
        raise PermissionDenied
    return reading


def own_readings(patient: Patient) -> QuerySet[Reading]:
    """The patient's own history, newest first."""
    return Reading.objects.filter(patient=patient).order_by("-captured_at")


def get_own_reading(patient: Patient, check_in: CheckIn) -> Reading | None:
    """The reading of a check-in that passed `get_own_check_in`; None while its photo waits."""
    return Reading.objects.filter(patient=patient, check_in=check_in).first()
