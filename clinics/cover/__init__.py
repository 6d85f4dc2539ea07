"""Who is there when: what the other apps ask. All inside the clinic.

Whoever asks about many alerts reads once: `cover.read(clinic, at)` answers the same questions from memory.
Outside cover hours nobody is watching: a deadline is minutes of covered time. Night cover opens the urgent
lanes beside their hours, as far as the person's phone was confirmed by a test alert within the week before.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from clinics.cover import hours, wording
from clinics.cover.hours import Schedule, Span, WeeklyTime
from clinics.cover.looking import Looking, looking, minutes_to_take
from clinics.cover.polling import Poll, next_poll
from clinics.cover.readiness import missing_for_item_nine
from clinics.cover.snapshot import RUNGS, RotaEntry, Snapshot, Step, read, safety_of, week_of, weeks_of
from clinics.models import Clinic, ClinicSettings, Lane, Membership

__all__ = [
    "RUNGS",
    "Lane",
    "Looking",
    "Poll",
    "RotaEntry",
    "Schedule",
    "Snapshot",
    "Span",
    "Step",
    "WeeklyTime",
    "chain",
    "deadline",
    "hours",
    "is_open",
    "looking",
    "minutes_to_take",
    "missing_for_item_nine",
    "next_opening",
    "next_poll",
    "next_working_day_end",
    "pool",
    "public_words",
    "read",
    "rota_is_empty",
    "safety_of",
    "why_gone",
    "words",
]


def is_open(clinic: Clinic, lane: str, at: datetime) -> bool:
    """Whether somebody watches this lane at a moment."""
    return hours.is_open(read(clinic, at).schedule(Lane(lane)), at)


def next_opening(clinic: Clinic, lane: str, at: datetime) -> datetime | None:
    """The moment itself while the lane is open. None: no hours are declared."""
    return hours.next_opening(read(clinic, at).schedule(Lane(lane)), at)


def deadline(clinic: Clinic, lane: str, start: datetime, minutes: float) -> datetime | None:
    """When so many minutes of covered time will have passed. None: no hours are declared."""
    return hours.deadline(read(clinic, start).schedule(Lane(lane)), start, timedelta(minutes=minutes))


def next_working_day_end(clinic: Clinic, lane: str, start: datetime) -> datetime | None:
    """The closing of the next day, after that of `start`, on which the lane opens. None: no hours."""
    return hours.end_of_next_working_day(read(clinic, start).schedule(Lane(lane)), start)


def words(clinic: Clinic, lane: str, at: datetime | None = None) -> str:
    """The declared weekly hours: "Monday to Friday, 08:00 to 18:00"; and, where a holiday or a phone that is
    not at hand makes them untrue now, until when nobody is there. Empty where none are declared."""
    moment = at or timezone.now()
    return wording.as_of(week_of(clinic, Lane(lane), moment), moment)


def public_words(clinic: Clinic, at: datetime | None = None) -> str:
    """What every page says of the cover hours: those of calls and urgent answers, those of all else where
    they differ, and the clinic's own remark. Empty where nothing is declared."""
    moment = at or timezone.now()
    own = ClinicSettings.objects.filter(clinic=clinic).first()
    by_lane = {lane: wording.as_of(week, moment) for lane, week in weeks_of(clinic, moment).items()}
    return wording.for_everybody(by_lane, own.cover_hours if own else "")


def pool(clinic: Clinic, lane: str, at: datetime) -> list[Membership]:
    """Clinicians on shift and not on leave; all who are not on leave where no rota is kept."""
    return read(clinic, at).pool(Lane(lane), at)


def chain(clinic: Clinic, lane: str, at: datetime) -> list[Step]:
    """owner_pool, on_call, lead, deputy, everyone: those rungs that have somebody."""
    return read(clinic, at).chain(Lane(lane), at)


def rota_is_empty(clinic: Clinic, lane: str, at: datetime) -> bool:
    """Nobody is there first and nobody on call: what the administrator learns, and nothing else."""
    return read(clinic, at).is_rota_empty(Lane(lane), at)


def why_gone(membership: Membership, since: datetime, at: datetime) -> str | None:
    """Why an owner is an owner no longer: `role`, `leave` or `shift_over`; None: they still are. A lead who
    took an alert without a shift keeps it."""
    return read(membership.clinic, at).why_gone(membership.pk, since, at)
