"""Somebody is wanted: who is told first, whose records open to them, and when the next ones hear of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from clinics.cover import Lane, Snapshot
from clinics.messages import AlertState
from clinics.models import CareTeamMember, ClinicSettings, Membership
from patients import services as patient_services
from scoring.duty import telling, timers
from scoring.models import Alert, AlertTimer

FIRST = 0


def begin(alert: Alert, state: AlertState, now: datetime, read: Snapshot | None = None) -> None:
    """Of a saved alert that is open, or open again: starts its timer and tells those it is for.

    Nobody is paged for alerts of photos and the rest: those are in the day's digest. Outside cover hours the
    timer waits for the opening, and people are told then.
    """
    read = read or timers.read_cover(alert, now)
    tells, due_at = timers.first_call(alert, now, read)
    rung = telling.next_rung(read.chain(Lane(alert.lane), now), "") if tells else None
    step = FIRST + 1 if tells else FIRST
    start_timer(alert, AlertTimer.Kind.TAKE, due_at, step=step, rung=rung.name if rung else "")
    if tells and alert.is_urgent_lane:
        members = of_team(alert, rung.members if rung else [])
        lend(alert, members)
        telling.tell(alert, members, state)
        if read.is_rota_empty(Lane(alert.lane), now):
            telling.tell_rota(alert, read, now)


def start_timer(
    alert: Alert, kind: AlertTimer.Kind, due_at: datetime, *, step: int = FIRST, rung: str = ""
) -> None:
    AlertTimer.objects.update_or_create(
        clinic_id=alert.clinic_id,
        alert=alert,
        kind=kind,
        defaults={"due_at": due_at, "step": step, "rung": rung, "started_at": timezone.now()},
    )


def of_team(alert: Alert, members: Sequence[Membership]) -> list[Membership]:
    """Of those there, who is told of this alert."""
    if not ClinicSettings.objects.filter(record_scope=ClinicSettings.Scope.CARE_TEAM).exists():
        return who_hears(alert, members, None)
    team = CareTeamMember.objects.filter(care_team=alert.patient.care_team_id)
    return who_hears(alert, members, set(team.values_list("membership_id", flat=True)))


def who_hears(alert: Alert, members: Sequence[Membership], own: set[uuid.UUID] | None) -> list[Membership]:
    """Those who may follow the patient anyway (`own`, None: all may); if nobody may, all of them. Never the
    patient, who may be a clinician here."""
    others = [member for member in members if member.user_id != alert.patient.user_id]
    return others if own is None else [member for member in others if member.pk in own] or others


def lend(alert: Alert, members: Sequence[Membership]) -> None:
    calls = [(alert.patient, alert.pk, member) for member in members]
    patient_services.lend_records(clinic_id=alert.clinic_id, calls=calls)
