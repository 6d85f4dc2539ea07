"""When the timers of an alert are due, by the cover that the clinic declared. Nobody is watched outside it.

Urgent lanes (item 9, call): to be taken within the clinic's minutes of covered time, and as many again for
each further step; the patient spoken to the same day, an hour before cover ends, so that the next ones can
still act; an offer accepted within 30 covered minutes. All else: each by the end of the next working day.

Where no hours are declared, time runs by the clock: a timer that never ends would lose the alert.
"""

from datetime import datetime, time, timedelta

from django.conf import settings

from clinics import cover
from clinics.cover import Lane, Snapshot, hours
from clinics.models import Clinic
from scoring.models import Alert, AlertTimer

ACCEPT_WITHIN = timedelta(minutes=30)
SPEAK_AT_LEAST = timedelta(minutes=60)
BEFORE_CLOSING = timedelta(minutes=60)
LAST_CALL = timedelta(minutes=10)
"""Of who took an alert in the last hour the others hear so long before cover ends."""

DAY = timedelta(days=1)
INTERVENTION_SNOOZE = timedelta(hours=4)


def due_at(alert: Alert, kind: str, start: datetime, read: Snapshot) -> datetime:
    """When a timer of this kind ends that starts at a moment."""
    if settings.DUTY_TIMER_SECONDS:
        return start + timedelta(seconds=settings.DUTY_TIMER_SECONDS)
    if not alert.is_urgent_lane:
        return working_days_on(alert, start, 1, read)
    schedule = read.schedule(Lane(alert.lane))
    if kind == AlertTimer.Kind.TAKE:
        return _covered(schedule, start, take_within(alert, read))
    if kind == AlertTimer.Kind.ACCEPT:
        return _covered(schedule, start, ACCEPT_WITHIN)
    return _same_day(schedule, start)


def take_within(alert: Alert, read: Snapshot) -> timedelta:
    by_lane = {Lane.ITEM_9: read.safety.item_9_minutes, Lane.CALL: read.safety.call_minutes}
    return timedelta(minutes=by_lane[Lane(alert.lane)])


def first_call(alert: Alert, start: datetime, read: Snapshot) -> tuple[bool, datetime]:
    """Whether those who are there are told now, and when the timer of a new alert ends. Outside cover hours
    it waits for the opening, and they are told then."""
    if waits(alert, start, read) is None:
        return True, due_at(alert, AlertTimer.Kind.TAKE, start, read)
    return False, waits(alert, start, read) or start


def waits(alert: Alert, at: datetime, read: Snapshot) -> datetime | None:
    """The opening that an urgent alert waits for; None: its lane is open, or no hours are declared."""
    if settings.DUTY_TIMER_SECONDS or not alert.is_urgent_lane:
        return None
    schedule = read.schedule(Lane(alert.lane))
    return None if hours.is_open(schedule, at) else hours.next_opening(schedule, at)


def working_days_on(alert: Alert, start: datetime, days: int, read: Snapshot) -> datetime:
    """The end of the so many-th working day after this one."""
    schedule = read.schedule(Lane(alert.lane))
    end = start
    for _ in range(days):
        end = hours.end_of_next_working_day(schedule, end) or end + DAY
    return end


def read_cover(alert: Alert, at: datetime) -> Snapshot:
    return cover.read(Clinic.objects.get(pk=alert.clinic_id), at)


def _covered(schedule: hours.Schedule, start: datetime, length: timedelta) -> datetime:
    return hours.deadline(schedule, start, length) or start + length


def _same_day(schedule: hours.Schedule, start: datetime) -> datetime:
    """An hour before today's cover ends, and not before an hour of cover has passed; late in the day as late
    as somebody is still there. Never at a closing: nobody is there then, and the day would be over."""
    hour_on = _covered(schedule, start, SPEAK_AT_LEAST)
    closing = hours.closes_at(schedule, start)
    if closing is None:
        return _while_open(schedule, hour_on)
    local = start.astimezone(schedule.zone)
    midnight = datetime.combine(local.date() + DAY, time.min, tzinfo=schedule.zone)
    due = max(min(closing, midnight) - BEFORE_CLOSING, hour_on)
    if due < closing:
        return due
    return closing - LAST_CALL if closing - LAST_CALL > start else _while_open(schedule, hour_on)


def _while_open(schedule: hours.Schedule, at: datetime) -> datetime:
    """The moment itself; of a closing the last call before it."""
    is_watched = bool(schedule.weekly or schedule.more)
    return at - LAST_CALL if is_watched and not hours.is_open(schedule, at) else at
