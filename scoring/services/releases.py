"""An owner who is gone owns nothing: the alert is open again, and those who are there hear of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinics import cover
from clinics.cover import Snapshot
from clinics.models import CareTeamMember, Clinic, ClinicSettings, Membership
from patients import services as patient_services
from patients.locks import lock_patients
from patients.models import OnCallGrant
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent
from scoring.models.alerts import AlertQuerySet
from scoring.services.moves import move


@dataclass(frozen=True)
class Presence:
    """Who is still there, and who may still follow whom. `teams` is None where everybody may."""

    read: Snapshot
    now: datetime
    teams: frozenset[tuple[uuid.UUID, uuid.UUID]] | None
    lent: frozenset[tuple[uuid.UUID, uuid.UUID]]

    def why_gone(self, alert: Alert) -> str | None:
        """`role`, `leave`, `shift_over`, or `team`: the record is not theirs to read any more."""
        assert alert.owner_id is not None  # who asks has chosen the owned ones
        assert alert.taken_at is not None
        if why := self.read.why_gone(alert.owner_id, alert.taken_at, self.now):
            return why
        team_id = alert.patient.care_team_id
        in_team = self.teams is None or (team_id is not None and (alert.owner_id, team_id) in self.teams)
        return None if in_team or (alert.owner_id, alert.patient_id) in self.lent else "team"


@transaction.atomic
def release_gone(*, clinic: Clinic, now: datetime, waits: bool = False) -> int:
    """Those whose owner lost the role, was switched off, is on leave, or whose shift has ended since; and
    those whose patient is not theirs to follow any more. The sweeper waits for nobody: a patient whose row
    somebody holds has their turn in the next round."""
    owned = Alert.objects.unresolved().exclude(owner=None).select_related("patient")
    rows = list(owned.only("owner", "taken_at", "patient__care_team"))
    return _release(owned, rows, _presence(clinic, rows, now), waits=waits) if rows else 0


def release_of(*, membership: Membership) -> None:
    """At once, when somebody is switched off or loses the role: not only in the next round of the sweeper.
    What they had to read is nobody's as well."""
    if membership.treats_patients:
        return
    patient_services.release_notes(owner=membership)
    if Alert.objects.unresolved().filter(owner=membership).exists():
        release_gone(clinic=membership.clinic, now=timezone.now(), waits=True)


def _release(owned: AlertQuerySet, rows: Sequence[Alert], presence: Presence, *, waits: bool) -> int:
    gone = [row for row in rows if presence.why_gone(row)]
    held = lock_patients((row.patient_id for row in gone), waits=waits)
    again = owned.filter(pk__in=[row.pk for row in gone if row.patient_id in held]).order_by("pk")
    count = 0
    for alert in again.select_for_update(no_key=True, of=("self",)):
        if why := presence.why_gone(alert):
            move(alert, Act.RELEASE, AlertEvent.Kind.RELEASED, facts={"why": why})
            count += 1
    return count


def _presence(clinic: Clinic, rows: Sequence[Alert], now: datetime) -> Presence:
    scope = ClinicSettings.Scope.CARE_TEAM
    by_team = ClinicSettings.objects.filter(clinic=clinic, record_scope=scope).exists()
    owners = {row.owner_id for row in rows}
    members = CareTeamMember.objects.filter(membership__in=owners)
    grants = OnCallGrant.objects.filter(membership__in=owners).in_force()
    return Presence(
        read=cover.read(clinic, now),
        now=now,
        teams=frozenset(members.values_list("membership_id", "care_team_id")) if by_team else None,
        lent=frozenset(grants.values_list("membership_id", "patient_id")),
    )
