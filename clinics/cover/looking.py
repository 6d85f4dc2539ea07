"""By when somebody looks: what a patient reads after they said something that waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from clinics.cover import hours
from clinics.cover.snapshot import read, safety_of
from clinics.models import Clinic, Lane


@dataclass(frozen=True)
class Looking:
    """When somebody looks. `by` and `opens_at` None: the clinic has not declared when. `is_known_who`: the
    rota says who is there."""

    is_open: bool
    by: datetime | None
    opens_at: datetime | None
    is_known_who: bool = True


def minutes_to_take(clinic: Clinic, lane: str) -> int | None:
    """Within how many covered minutes an alert is taken; None where a day counts and not minutes."""
    safety = safety_of(clinic)
    return {Lane.ITEM_9: safety.item_9_minutes, Lane.CALL: safety.call_minutes}.get(Lane(lane))


def looking(clinic: Clinic, lane: str, since: datetime) -> Looking:
    """Counted in covered minutes from `since`; once that is over, no time is promised any more, and without
    anybody on the rota no clinician is."""
    now = timezone.now()
    found = read(clinic, now)
    opens_at = hours.next_opening(found.schedule(Lane(lane)), now)
    if opens_at is None:
        return Looking(is_open=False, by=None, opens_at=None)
    minutes = minutes_to_take(clinic, lane)
    by = None
    if minutes is not None:
        by = hours.deadline(read(clinic, since).schedule(Lane(lane)), since, timedelta(minutes=minutes))
    is_still_ahead = by is not None and by > now + timedelta(minutes=1)
    is_known_who = not found.is_rota_empty(Lane(lane), now)
    return Looking(opens_at <= now, by if is_still_ahead else None, opens_at, is_known_who)
