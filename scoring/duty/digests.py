"""The day's digest: what waits outside the urgent lanes, told once a day after the clinic has opened."""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone

from clinics import cover, messages, tenancy
from clinics.cover import Lane, Snapshot, hours
from clinics.messages import Draft, Kind
from clinics.models import CareTeamMember, Clinic, ClinicSettings, Membership
from scoring.models import URGENT_LANES, Alert, AlertTimer

logger = logging.getLogger(__name__)
DAY_BEGINS, DAY_ENDS = time(8), time(18)
PASSED_ON = 2
"""Of a timer this step or a later one: nobody did it within a working day."""


def queue_due(now: datetime | None = None) -> int:
    """All clinics in turn. How many messages were queued or known."""
    queued = 0
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                queued += queue_for(clinic, now or timezone.now())
        except Exception as error:
            logger.error("The digest of clinic %s was not made: %s", clinic.pk, type(error).__name__)
    return queued


def queue_for(clinic: Clinic, now: datetime) -> int:
    """To those who are there: the open ones they may follow, and those they have; to lead and deputy also
    what nobody did within a working day. Nobody hears of none."""
    read = cover.read(clinic, now)
    if not _is_day(read, now):
        return 0
    day = now.astimezone(read.zone).date().isoformat()
    path = f"/c/{clinic.slug}/alerts/"
    drafts = [
        Draft(member, Kind.DIGEST, f"digest:{day}", {"count": count, "path": path})
        for member, count in _counted(clinic, read, now)
        if count
    ]
    return messages.queue_many(clinic_id=clinic.pk, drafts=drafts) if drafts else 0


def _is_day(read: Snapshot, now: datetime) -> bool:
    """While the lane is open. Where its hours are not declared, by day: what waits must reach somebody."""
    schedule = read.schedule(Lane.ROUTINE)
    if schedule.is_declared:
        return hours.is_open(schedule, now)
    return DAY_BEGINS <= now.astimezone(read.zone).time() < DAY_ENDS


def _counted(clinic: Clinic, read: Snapshot, now: datetime) -> Iterable[tuple[Membership, int]]:
    """For each who is told, how many alerts are theirs to look at."""
    waiting = Alert.objects.unresolved().filter(patient__kept_until=None).exclude(lane__in=URGENT_LANES)
    rows = list(waiting.values_list("pk", "owner_id", "patient__care_team_id"))
    late = AlertTimer.objects.filter(alert__in=waiting, step__gte=PASSED_ON)
    overdue = set(late.values_list("alert_id", flat=True))
    teams = _teams(clinic)
    rungs = {step.name: step.members for step in read.chain(Lane.ROUTINE, now)}
    leads = {member.pk for name in ("lead", "deputy") for member in rungs.get(name, ())}
    members = {member.pk: member for step in rungs.values() for member in step if member.pk in leads}
    members |= {member.pk: member for member in rungs.get("owner_pool", ())}
    for member in members.values():
        yield (
            member,
            sum(
                owner_id == member.pk
                or (owner_id is None and (teams is None or (member.pk, team_id) in teams))
                or (member.pk in leads and pk in overdue)
                for pk, owner_id, team_id in rows
            ),
        )


def _teams(clinic: Clinic) -> set[tuple[uuid.UUID, uuid.UUID]] | None:
    """Who is in which care team; None where every clinician sees every patient."""
    scope = ClinicSettings.Scope.CARE_TEAM
    if not ClinicSettings.objects.filter(clinic=clinic, record_scope=scope).exists():
        return None
    return set(CareTeamMember.objects.values_list("membership_id", "care_team_id"))
