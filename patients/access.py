"""The only way to a patient's row: strangers meet 404, members without the right 403, every hit is logged."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from clinics import access_log
from clinics.models import ClinicSettings, Membership
from patients.models import CheckIn, Patient, RightsRequest


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
    """Who may admit and invite: clinicians and administrators."""
    if membership is None:
        raise Http404
    if not (membership.treats_patients or membership.administers):
        raise PermissionDenied
    return membership


def get_patient_to_invite(member: Membership, patient_id: uuid.UUID) -> Patient:
    """A clinician invites those they may follow; an administrator anybody of the clinic."""
    if not member.administers:
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


def get_privacy_desk(membership: Membership | None) -> Membership:
    """Who answers requests: the privacy officer, or an administrator."""
    if membership is None:
        raise Http404
    if not membership.guards_privacy:
        raise PermissionDenied
    return membership


def get_request(member: Membership, request_id: uuid.UUID) -> RightsRequest:
    """One request of this clinic, with the record it is about, for the privacy desk."""
    requests = RightsRequest.objects.filter(clinic_id=member.clinic_id)
    found = requests.select_related("patient", "closed_by").filter(pk=request_id).first()
    if found is None:
        raise Http404
    access_log.record("request.read", by=member, patient_id=found.patient_id, objects=[found.pk])
    return found


def record_requests(member: Membership, requests: list[RightsRequest]) -> None:
    """One entry for the desk's list."""
    access_log.record("requests.listed", by=member, objects=[row.pk for row in requests])


def get_patient_of_request(member: Membership, record_number: int) -> Patient | None:
    """The record somebody wrote or called about, for the privacy desk."""
    patient = Patient.objects.filter(clinic_id=member.clinic_id, record_number=record_number).first()
    if patient is not None:
        access_log.record("patient.read", by=member, patient_id=patient.pk, purpose="rights_request")
    return patient
