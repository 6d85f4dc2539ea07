"""The gates of alerts and the matrix: strangers meet 404, members without the right 403, hits are logged."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinics import access_log
from clinics.models import Membership, Permission
from patients import access as patients_access
from patients.models import Patient
from scoring.models import Alert, PatientNote, ScoreProfile
from scoring.models.alerts import AlertQuerySet


def visible_alerts(membership: Membership | None) -> AlertQuerySet:
    """Alerts of the patients this member may follow, never of themselves: who is a patient here as well does
    not look after it. The page that shows them records which it showed."""
    patients = patients_access.visible_patients(membership)
    if membership is not None:
        patients = patients.exclude(user=membership.user_id)
    return Alert.objects.of_duty().filter(patient__in=patients)


def get_follower(membership: Membership | None) -> Membership:
    """Who may see a list of alerts at all."""
    if membership is None:
        raise Http404
    if not membership.reads_patients:
        raise PermissionDenied
    return membership


def record_alerts(membership: Membership, alerts: list[Alert], *, page: str) -> None:
    """One entry for a list of alerts, with the ids it shows."""
    access_log.record("alerts.listed", by=membership, objects=[row.pk for row in alerts], page=page)


def get_alert(membership: Membership | None, alert_id: uuid.UUID) -> Alert:
    """One alert of a patient this member may follow."""
    alert = (
        visible_alerts(membership)
        .filter(pk=alert_id)
        .select_related("patient", "owner", "offered_to", "resolved_by", "spoken_by", "unreached_by")
        .first()
    )
    if alert is None or membership is None:
        raise Http404
    purpose = patients_access.purpose_of(membership, alert.patient)
    access_log.record(
        "alert.read", by=membership, patient_id=alert.patient_id, objects=[alert.pk], purpose=purpose
    )
    return alert


def get_alert_to_treat(membership: Membership | None, alert_id: uuid.UUID) -> Alert:
    """As `get_alert`, for those who may take and resolve it: an observer may not."""
    alert = get_alert(membership, alert_id)
    if membership is None or not membership.treats_patients:
        raise PermissionDenied
    return alert


def get_own_note(patient: Patient, note_id: uuid.UUID) -> PatientNote:
    """A note to the patient who is signed in."""
    note = PatientNote.objects.visible().filter(patient=patient, pk=note_id).first()
    if note is None:
        raise Http404
    access_log.record("note.read", by=patient, patient_id=patient.pk, objects=[note.pk])
    return note


def get_profile(membership: Membership | None) -> ScoreProfile:
    """The matrix in force. It holds no patient data."""
    if membership is None:
        raise Http404
    if not membership.may(Permission.READ_SCORE_MATRIX):
        raise PermissionDenied
    return ScoreProfile.objects.filter(clinic_id=membership.clinic_id).in_force()


def get_profile_to_change(membership: Membership | None) -> ScoreProfile:
    if membership is None:
        raise Http404
    if not membership.administers:
        raise PermissionDenied
    return ScoreProfile.objects.filter(clinic_id=membership.clinic_id).in_force()


def get_rules_to_change(membership: Membership | None) -> None:
    """The editor of rules holds no patient data; its preview shows record numbers and is logged."""
    get_profile_to_change(membership)


def get_rule_figures(membership: Membership | None) -> None:
    """How the alerts do, without a patient: for those who raise the lines, and those who answer alerts."""
    get_profile(membership)
