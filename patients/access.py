"""The only way to a patient's row: strangers meet 404, members without the right 403, every hit is logged."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from clinics import access_log, tenancy
from clinics.models import CareTeamMember, ClinicSettings, LogReview, Membership, Permission
from patients import allowances
from patients.models import (
    BreakGlass,
    CheckIn,
    EmergencyContact,
    Erasure,
    Guardian,
    LeftNote,
    OnCallGrant,
    Patient,
    PortalPin,
    PrivacyDeputy,
    Programme,
    Purpose,
    QuestionnaireRound,
    RightsRequest,
)
from patients.models.break_glass import BreakGlassQuerySet
from patients.models.erasures import OPEN_STATES


def visible_patients(membership: Membership | None, *, through_glass: bool = True) -> QuerySet[Patient]:
    """The patients this member may follow. The page that shows them records which it showed.

    A broken glass shows a record for an hour, an urgent alert to who is on call. What lasts longer than that
    is asked without them.
    """
    if membership is None:
        raise Http404
    if not membership.reads_patients:
        raise PermissionDenied
    patients = Patient.objects.filter(clinic_id=membership.clinic_id, kept_until=None)
    if ClinicSettings.objects.filter(
        clinic_id=membership.clinic_id, record_scope=ClinicSettings.Scope.CARE_TEAM
    ).exists():
        teams = CareTeamMember.objects.filter(membership=membership).values("care_team")
        mine = Q(care_team__in=teams)
        if through_glass:
            mine |= Q(pk__in=BreakGlass.objects.open_for(membership).values("patient"))
            mine |= Q(pk__in=OnCallGrant.objects.open_for(membership).values("patient"))
        patients = patients.filter(mine)
    return patients


def record_list(membership: Membership, patients: list[Patient], *, page: str) -> None:
    """One entry for a list page, with the ids it shows."""
    access_log.record("patients.listed", by=membership, objects=[row.pk for row in patients], page=page)


def get_patient(membership: Membership | None, patient_id: uuid.UUID, *, purpose: str = "care") -> Patient:
    """One patient of this member's clinic, read for care, or through the broken glass."""
    patient = visible_patients(membership).filter(pk=patient_id).first()
    if patient is None or membership is None:
        raise Http404
    purpose = purpose_of(membership, patient, otherwise=purpose)
    access_log.record("patient.read", by=membership, patient_id=patient.pk, purpose=purpose)
    return patient


def purpose_of(membership: Membership, patient: Patient, *, otherwise: str = "") -> str:
    """What the log says a look at this patient is for: through the glass, on call, or otherwise (the default
    of the member's role)."""
    if BreakGlass.objects.open_for(membership).filter(patient=patient).exists():
        return "break_glass"
    if (
        otherwise in {"", "care"}
        and OnCallGrant.objects.open_for(membership).filter(patient=patient).exists()
    ):
        return "on_call"
    return otherwise


def get_patient_to_treat(membership: Membership | None, patient_id: uuid.UUID) -> Patient:
    """As `get_patient`, for those who may also write: an observer may not."""
    patient = get_patient(membership, patient_id)
    if membership is None or not membership.treats_patients:
        raise PermissionDenied
    return patient


def get_administrator(membership: Membership | None) -> Membership:
    """Who sets the clinic's policy and its programmes. What they see there holds no patient data."""
    if membership is None:
        raise Http404
    if not membership.administers:
        raise PermissionDenied
    return membership


def get_double(member: Membership, record_number: int) -> Patient | None:
    """Another record this member may follow, found by the number that stands on it."""
    double = visible_patients(member, through_glass=False).filter(record_number=record_number).first()
    if double is not None:
        access_log.record("patient.read", by=member, patient_id=double.pk, purpose="merge")
    return double


def get_guardian(patient: Patient, guardian_id: uuid.UUID) -> Guardian:
    guardian = Guardian.objects.filter(patient=patient, pk=guardian_id).first()
    if guardian is None:
        raise Http404
    return guardian


def get_patient_to_manage(membership: Membership | None, patient_id: uuid.UUID) -> Patient:
    """For what outlasts an emergency: standing, guardians, merging. The glass does not open this."""
    patient = get_patient_followed(membership, patient_id)
    if membership is None or not membership.manages_records:
        raise PermissionDenied
    return patient


def get_patient_followed(membership: Membership | None, patient_id: uuid.UUID) -> Patient:
    """As `get_patient`, but not through the glass."""
    patient = get_patient(membership, patient_id)
    if not follows(membership, patient):
        raise PermissionDenied
    return patient


def follows(membership: Membership | None, patient: Patient) -> bool:
    """Without the glass: also after a change that may have taken the patient from this member."""
    return visible_patients(membership, through_glass=False).filter(pk=patient.pk).exists()


def get_patient_to_place(member: Membership, record_number: int) -> Patient | None:
    """For who puts patients into care teams: found by the number, and nothing of them is shown."""
    rows = Patient.objects.filter(clinic_id=member.clinic_id, kept_until=None)
    return rows.filter(record_number=record_number).first()


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
        return get_patient_followed(member, patient_id)
    patient = Patient.objects.filter(clinic_id=member.clinic_id, pk=patient_id, kept_until=None).first()
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


def get_programme_to_close(member: Membership, programme_id: uuid.UUID) -> Programme:
    programme = Programme.objects.filter(clinic_id=member.clinic_id, pk=programme_id).first()
    if programme is None:
        raise Http404
    return programme


def get_own_programme(patient: Patient, programme_id: uuid.UUID) -> Programme:
    """A programme this patient takes part in now."""
    programme = Programme.objects.filter(
        pk=programme_id, enrolments__patient=patient, enrolments__left_at=None
    ).first()
    if programme is None:
        raise Http404
    return programme


def works_in_a_clinic(request: HttpRequest) -> bool:
    """Whether this person is a member anywhere, besides being a patient here."""
    user_id = request.user.pk
    assert user_id is not None
    with tenancy.as_person(user_id):
        return Membership.objects.filter(user_id=user_id, is_active=True).exists()


def get_own_erasure(patient: Patient) -> Erasure:
    """The wish that is still open."""
    wish = Erasure.objects.filter(patient_id=patient.pk, state__in=OPEN_STATES).first()
    if wish is None:
        raise Http404
    return wish


def get_own_check_in(patient: Patient, check_in_id: uuid.UUID) -> CheckIn:
    check_in = CheckIn.objects.filter(patient=patient, pk=check_in_id).select_related("capture").first()
    if check_in is None:
        raise Http404
    access_log.record("check_in.read", by=patient, patient_id=patient.pk, objects=[check_in_id])
    return check_in


def get_patient_to_draft(membership: Membership | None, patient_id: uuid.UUID) -> Patient:
    """For a member's own unfinished words. The page around them logged the look; keeping them every few
    seconds is not another one."""
    patient = visible_patients(membership).filter(pk=patient_id).first()
    if patient is None or membership is None:
        raise Http404
    if not membership.treats_patients:
        raise PermissionDenied
    return patient


def get_left_note(membership: Membership | None, left_note_id: uuid.UUID) -> LeftNote:
    """One note of a patient this member may follow: reading it is reading the record."""
    if membership is None:
        raise Http404
    found = LeftNote.objects.filter(clinic_id=membership.clinic_id, pk=left_note_id)
    note = found.select_related("check_in", "owner", "read_by").first()
    patient = get_patient(membership, note.patient_id if note else uuid.UUID(int=0))
    assert note is not None  # else there was no such patient
    note.patient = patient
    return note


def get_left_note_to_treat(membership: Membership | None, left_note_id: uuid.UUID) -> LeftNote:
    note = get_left_note(membership, left_note_id)
    if membership is None or not membership.treats_patients:
        raise PermissionDenied
    return note


def get_own_round(patient: Patient, round_id: uuid.UUID) -> QuestionnaireRound:
    """One time this patient was asked a questionnaire."""
    found = QuestionnaireRound.objects.filter(patient=patient, pk=round_id).first()
    if found is None:
        raise Http404
    return found


def get_round(membership: Membership | None, patient: Patient, round_id: uuid.UUID) -> QuestionnaireRound:
    """One time a patient, whose gate was passed, was asked a questionnaire."""
    found = QuestionnaireRound.objects.filter(patient=patient, pk=round_id).first()
    if found is None or membership is None:
        raise Http404
    record_rounds(membership, patient, [found])
    return found


def record_rounds(member: Membership, patient: Patient, rounds: list[QuestionnaireRound]) -> None:
    """One entry for a page of results, with those it shows."""
    if rounds:
        access_log.record(
            "questionnaire.read", by=member, patient_id=patient.pk, objects=[row.pk for row in rounds]
        )


def get_auditor(membership: Membership | None) -> Membership:
    """Who reads and verifies the access log: auditors and privacy officers."""
    if membership is None:
        raise Http404
    if not membership.audits:
        raise PermissionDenied
    return membership


def get_privacy_desk(membership: Membership | None) -> Membership:
    """Who answers requests: the privacy officer, or an administrator."""
    if membership is None:
        raise Http404
    if not membership.guards_privacy:
        raise PermissionDenied
    return membership


def visible_log_reviews(auditor: Membership) -> QuerySet[LogReview]:
    return LogReview.objects.filter(clinic_id=auditor.clinic_id).select_related("saved_by", "signed_by")


def get_clinician(membership: Membership | None) -> Membership:
    """Who may break the glass."""
    if membership is None:
        raise Http404
    if not membership.treats_patients:
        raise PermissionDenied
    return membership


@dataclass(frozen=True)
class ContactsSeen:
    """Whom the patient named for an emergency; where they may not be shown, only that there is somebody."""

    contacts: list[EmergencyContact]
    are_hidden: bool
    by_glass: bool


def see_emergency_contacts(member: Membership, patient: Patient) -> ContactsSeen:
    """With the patient's agreement in force; without it through a broken glass alone, which asks for a
    reason, is reviewed and told (vital interests: GDPR article 9(2)(c))."""
    named = list(EmergencyContact.objects.filter(patient=patient).order_by("position"))
    if allowances.refusal(patient, Purpose.EMERGENCY_CONTACT) is None:
        return ContactsSeen(named, are_hidden=False, by_glass=False)
    if BreakGlass.objects.open_for(member).filter(patient=patient).exists():
        return ContactsSeen(named, are_hidden=False, by_glass=True)
    return ContactsSeen([], are_hidden=bool(named), by_glass=False)


def is_privacy_officer(membership: Membership) -> bool:
    return membership.may(Permission.REVIEW_BREAK_GLASS)


def get_break_glass_reviewer(membership: Membership | None) -> Membership:
    """The privacy officer, or their deputy."""
    if membership is None:
        raise Http404
    is_deputy = membership.is_active and PrivacyDeputy.objects.filter(membership=membership).exists()
    if not (is_privacy_officer(membership) or is_deputy):
        raise PermissionDenied
    return membership


def visible_break_glasses(reviewer: Membership) -> BreakGlassQuerySet:
    """All for the officer; what was escalated to them for the deputy. Nobody sees their own here."""
    found = BreakGlass.objects.filter(clinic_id=reviewer.clinic_id).exclude(membership=reviewer)
    return found if is_privacy_officer(reviewer) else found.for_deputy()


def record_break_glasses(reviewer: Membership, shown: list[BreakGlass]) -> None:
    """One entry for the list."""
    access_log.record("break_glass.listed", by=reviewer, objects=[row.pk for row in shown])


def get_break_glass(reviewer: Membership, break_glass_id: uuid.UUID) -> BreakGlass:
    found = (
        visible_break_glasses(reviewer)
        .select_related("patient", "membership", "reviewed_by")
        .filter(pk=break_glass_id)
        .first()
    )
    if found is None:
        raise Http404
    access_log.record("break_glass.read", by=reviewer, patient_id=found.patient_id, objects=[found.pk])
    return found


def get_request(member: Membership, request_id: uuid.UUID) -> RightsRequest:
    """One request of this clinic, with the record it is about, for the privacy desk."""
    requests = RightsRequest.objects.filter(clinic_id=member.clinic_id)
    found = requests.select_related("patient", "closed_by").filter(pk=request_id).first()
    if found is None:
        raise Http404
    access_log.record("request.read", by=member, patient_id=found.patient_id, objects=[found.pk])
    return found


def record_requests(member: Membership, requests: list[RightsRequest]) -> None:
    """One entry for the desk's list, with the patients it shows."""
    access_log.record("requests.listed", by=member, objects=sorted({row.patient_id for row in requests}))


def get_patient_of_request(
    member: Membership, record_number: int, *, purpose: str = "rights_request"
) -> Patient | None:
    """The record somebody wrote or called about, for the privacy desk."""
    patient = Patient.objects.filter(clinic_id=member.clinic_id, record_number=record_number).first()
    if patient is not None:
        access_log.record("patient.read", by=member, patient_id=patient.pk, purpose=purpose)
    return patient


def has_pin(patient: Patient) -> bool:
    return PortalPin.objects.filter(patient=patient).exists()
