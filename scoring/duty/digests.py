"""The day's digest: what waits outside the urgent lanes, told once a day after the clinic has opened."""

import logging
import uuid
from collections import Counter
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from clinics import cover, messages, tenancy
from clinics.cover import Lane, hours
from clinics.messages import Draft, Kind
from clinics.models import CareTeamMember, Clinic, ClinicSettings, Membership
from scoring.models import URGENT_LANES, Alert

logger = logging.getLogger(__name__)


def queue_due(now: datetime | None = None) -> int:
    """All clinics in turn. How many messages were queued or known."""
    queued = 0
    for clinic in Clinic.objects.order_by("slug"):
        try:
            with tenancy.enter(clinic.pk):
                queued += queue_for(clinic, now or timezone.now())
        except DatabaseError as error:
            logger.error("The digest of clinic %s was not made: %s", clinic.pk, type(error).__name__)
    return queued


def queue_for(clinic: Clinic, now: datetime) -> int:
    """To those who are there: the open ones they may follow, and those they have. Nobody hears of none."""
    read = cover.read(clinic, now)
    if not hours.is_open(read.schedule(Lane.ROUTINE), now):
        return 0
    day = now.astimezone(read.zone).date().isoformat()
    chain = read.chain(Lane.ROUTINE, now)
    members = {member.pk: member for member in (chain[0].members if chain else ())}
    counts = _counts(clinic, list(members.values()))
    path = f"/c/{clinic.slug}/alerts/"
    drafts = [
        Draft(members[pk], Kind.DIGEST, f"digest:{day}", {"count": count, "path": path})
        for pk, count in counts.items()
        if count
    ]
    return messages.queue_many(clinic_id=clinic.pk, drafts=drafts) if drafts else 0


def _counts(clinic: Clinic, members: list[Membership]) -> Counter[uuid.UUID]:
    waiting = Alert.objects.unresolved().exclude(lane__in=URGENT_LANES)
    rows = list(waiting.values_list("owner_id", "patient__care_team_id"))
    teams = _teams(clinic)
    counts: Counter[uuid.UUID] = Counter()
    for member in members:
        for owner_id, team_id in rows:
            is_theirs = teams is None or (member.pk, team_id) in teams
            if owner_id == member.pk or (owner_id is None and is_theirs):
                counts[member.pk] += 1
    return counts


def _teams(clinic: Clinic) -> set[tuple[object, object]] | None:
    scope = ClinicSettings.Scope.CARE_TEAM
    if not ClinicSettings.objects.filter(clinic=clinic, record_scope=scope).exists():
        return None
    return set(CareTeamMember.objects.values_list("membership_id", "care_team_id"))
