"""Records that an urgent alert opens to clinicians outside the care team."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from clinics import access_log
from clinics.access_log import System
from clinics.models import CareTeamMember, ClinicSettings, Membership
from patients.models import OnCallGrant, Patient

LENT_FOR = timedelta(hours=24)
ON_CALL = System("on_call")

Call = tuple[Patient, uuid.UUID, Membership]
"""A patient, the alert about them, and who is called."""


def lend_records(*, clinic_id: uuid.UUID, calls: Iterable[Call]) -> int:
    """Opens each record to who is called and could not read it; logged as on-call. How many were opened."""
    if not _is_by_care_team(clinic_id):
        return 0
    calls = list(calls)
    teams = set(
        CareTeamMember.objects.filter(membership__in={member.pk for _, _, member in calls}).values_list(
            "membership_id", "care_team_id"
        )
    )
    rows = {
        (member.pk, alert_id): OnCallGrant(
            clinic_id=clinic_id, patient=patient, membership=member, alert_id=alert_id
        )
        for patient, alert_id, member in calls
        if (member.pk, patient.care_team_id) not in teams
    }
    known = set(
        OnCallGrant.objects.filter(alert_id__in={alert_id for _, alert_id in rows}).values_list(
            "membership_id", "alert_id"
        )
    )
    fresh = [row for key, row in rows.items() if key not in known]
    OnCallGrant.objects.bulk_create(fresh)
    OnCallGrant.objects.filter(alert_id__in={alert_id for _, alert_id in rows}).update(ends_at=None)
    for row in fresh:
        access_log.record(
            "patient.lent_on_call",
            by=ON_CALL,
            patient_id=row.patient_id,
            objects=[row.membership_id],
            purpose="on_call",
        )
    return len(fresh)


def end_loans(*, alert_id: uuid.UUID) -> None:
    """The alert is resolved: who was called can still write down what happened, for a day."""
    open_loans = OnCallGrant.objects.filter(alert_id=alert_id, ends_at=None)
    open_loans.update(ends_at=timezone.now() + LENT_FOR)


def _is_by_care_team(clinic_id: uuid.UUID) -> bool:
    scope = ClinicSettings.Scope.CARE_TEAM
    return ClinicSettings.objects.filter(clinic_id=clinic_id, record_scope=scope).exists()
