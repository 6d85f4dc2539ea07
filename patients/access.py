"""The only way to a patient's row: strangers meet 404, members without the right 403, every hit is logged."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from clinics import access_log
from clinics.models import ClinicSettings, Membership, Permission
from patients.models import CheckIn, Patient, PortalPin


def visible_patients(membership: Membership | None) -> QuerySet[Patient]:
    """The patients this member may follow. The page that shows them records which it showed."""
    if membership is None:
        raise Http404
    if not membership.reads_patients:
        raise PermissionDenied
    patients = Patient.objects.filter(clinic_id=membership.clinic_id)
    if ClinicSettings.objects.filter(
        clinic_id=membership.clinic_id, record_scope=ClinicSettings.Scope.CARE_TEAM
    ).exists():
        patients = patients.filter(care_team__members__membership=membership)
    return patients


def record_list(membership: Membership, patients: list[Patient], *, page: str) -> None:
    """One entry for a list page, with the ids it shows."""
    access_log.record("patients.listed", by=membership, objects=[row.pk for row in patients], page=page)


def get_patient(membership: Membership | None, patient_id: uuid.UUID, *, purpose: str = "care") -> Patient:
    """One patient of this member's clinic, read for care."""
    patient = visible_patients(membership).filter(pk=patient_id).first()
    if patient is None or membership is None:
        raise Http404
    access_log.record("patient.read", by=membership, patient_id=patient.pk, purpose=purpose)
    return patient


def get_patient_to_treat(membership: Membership | None, patient_id: uuid.UUID) -> Patient:
    """As `get_patient`, for those who may also write: an observer may not."""
    patient = get_patient(membership, patient_id)
    if membership is None or not membership.treats_patients:
        raise PermissionDenied
    return patient


def get_admitting_member(membership: Membership | None) -> Membership:
    """Who may admit and invite."""
    if membership is None:
        raise Http404
    if not membership.admits_patients:
        raise PermissionDenied
    return membership


def get_patient_to_invite(member: Membership, patient_id: uuid.UUID) -> Patient:
    """Those the member may follow, or anybody of the clinic where the role invites any patient."""
    if not member.may(Permission.INVITE_ANY_PATIENT):
        return get_patient_to_treat(member, patient_id)
    patient = Patient.objects.filter(clinic_id=member.clinic_id, pk=patient_id).first()
    if patient is None:
        raise Http404
    access_log.record("patient.read", by=member, patient_id=patient.pk, purpose="invitation")
    return patient


def get_own_record(request: HttpRequest) -> Patient:
    """The record of the person who is signed in, in this clinic."""
    patient: Patient | None = getattr(request, "patient", None)
    if patient is None:
        raise Http404
    return patient


def get_own_check_in(patient: Patient, check_in_id: uuid.UUID) -> CheckIn:
    check_in = CheckIn.objects.filter(patient=patient, pk=check_in_id).select_related("capture").first()
    if check_in is None:
        raise Http404
    access_log.record("check_in.read", by=patient, patient_id=patient.pk, objects=[check_in_id])
    return check_in


def has_pin(patient: Patient) -> bool:
    return PortalPin.objects.filter(patient=patient).exists()
