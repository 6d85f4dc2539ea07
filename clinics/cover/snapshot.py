"""What a clinic declared about who is there when, read once and asked often."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings

from clinics.cover import hours
from clinics.cover.hours import Schedule, Span, WeeklyTime
from clinics.models import (
    Channel,
    Clinic,
    ClinicSafety,
    CoverTime,
    Holiday,
    Lane,
    Leave,
    MemberAddress,
    Membership,
    Role,
    Shift,
    TrialAlert,
)

PHONE_DAYS = timedelta(days=7)
"""So long a phone counts as answered after a test alert."""

BEFORE, AFTER = timedelta(days=35), timedelta(days=100)
"""Of shifts and leave so much is read around the moment asked for."""


RUNGS = ("owner_pool", "on_call", "lead", "deputy", "everyone")


@dataclass(frozen=True)
class Step:
    """One rung of the escalation: its name, and who is told. Nobody is told twice for being on two rungs."""

    name: str  # of RUNGS
    members: list[Membership]


@dataclass(frozen=True)
class RotaEntry:
    member_id: uuid.UUID
    kind: str
    span: Span


@dataclass
class Snapshot:
    """One clinic's cover as declared when it was read, around one moment."""

    zone: ZoneInfo
    safety: ClinicSafety
    weekly: dict[str, tuple[WeeklyTime, ...]]
    holidays: frozenset[date]
    urgent_holidays: frozenset[date]
    clinicians: list[Membership]
    shifts: list[RotaEntry]
    leaves: dict[uuid.UUID, list[Span]]
    phones: dict[uuid.UUID, list[Span]]
    _schedules: dict[Lane, Schedule] = field(default_factory=dict)

    def schedule(self, lane: Lane) -> Schedule:
        """Hours of a lane, with night cover where the lane is urgent."""
        if lane not in self._schedules:
            more = tuple(span for entry, span in self.nights) if lane.is_urgent else ()
            self._schedules[lane] = replace(self.week(lane), more=more)
        return self._schedules[lane]

    def week(self, lane: Lane) -> Schedule:
        """The declared hours and holidays of a lane. Its nights count while there is a desk or a phone that
        somebody answered of late: hours that were declared by one do not outlive it."""
        closed = self.urgent_holidays if lane.is_urgent else self.holidays
        weekly = self.weekly.get(lane, ())
        needs_phone = lane.is_urgent and not self.safety.has_duty_desk
        by_night = self.phones_at_hand if needs_phone and not all(row.is_by_day for row in weekly) else None
        return Schedule(self.zone, weekly, closed, by_night=by_night)

    @cached_property
    def phones_at_hand(self) -> tuple[Span, ...]:
        """When somebody at work can be rung, where the clinic says that it does so by night."""
        if not self.safety.has_night_cover:
            return ()
        return tuple(
            span
            for member in self.clinicians
            for span in hours.without(self.phones.get(member.pk, []), self.leaves.get(member.pk, []))
        )

    @cached_property
    def nights(self) -> list[tuple[RotaEntry, Span]]:
        """Night shifts as far as they cover: of somebody at work whose phone was confirmed by a test alert
        within the week before."""
        if not self.safety.has_night_cover:
            return []
        here = {member.pk for member in self.clinicians}
        return [
            (entry, span)
            for entry in self.shifts
            if entry.kind == Shift.Kind.NIGHT and entry.member_id in here
            for phone in self.phones.get(entry.member_id, [])
            if (shared := entry.span.shared_with(phone))
            for span in hours.without([shared], self.leaves.get(entry.member_id, []))
        ]

    def is_away(self, member_id: uuid.UUID, at: datetime) -> bool:
        return any(span.holds(at) for span in self.leaves.get(member_id, []))

    def at_work(self, at: datetime) -> list[Membership]:
        """Clinicians who are not on leave."""
        return [member for member in self.clinicians if not self.is_away(member.pk, at)]

    def on_shift(self, at: datetime, kind: str) -> list[Membership]:
        """Those whose shift of this kind runs; at night only those who can be rung."""
        if kind == Shift.Kind.NIGHT:
            ids = {entry.member_id for entry, span in self.nights if span.holds(at)}
        else:
            ids = {row.member_id for row in self.shifts if row.kind == kind and row.span.holds(at)}
        return [member for member in self.at_work(at) if member.pk in ids]

    def pool(self, lane: Lane, at: datetime) -> list[Membership]:
        """Who the alert is for first."""
        night = self.on_shift(at, Shift.Kind.NIGHT) if lane.is_urgent else []
        if not self.safety.keeps_rota:
            by_hours = hours.is_open(self._without_nights(lane), at)
            return self.at_work(at) if by_hours or not night else night
        return _once([*self.on_shift(at, Shift.Kind.DUTY), *night])

    def on_call(self, at: datetime) -> list[Membership]:
        """By the rota; where none is on call by it, those marked as on call."""
        by_rota = self.on_shift(at, Shift.Kind.ON_CALL)
        return by_rota or [member for member in self.at_work(at) if member.is_on_call]

    def chain(self, lane: Lane, at: datetime) -> list[Step]:
        """The rungs that have somebody, in order. The last is never empty while the clinic has a clinician:
        with all on leave it names all of them."""
        here = {member.pk: member for member in self.at_work(at)}
        found = (
            self.pool(lane, at),
            self.on_call(at),
            _one(here, self.safety.lead_id),
            _one(here, self.safety.deputy_id),
            list(here.values()) or self.clinicians,
        )
        return [Step(name, members) for name, members in zip(RUNGS, found, strict=True) if members]

    def is_rota_empty(self, lane: Lane, at: datetime) -> bool:
        """Nobody is there first, and nobody on call."""
        return not self.pool(lane, at) and not self.on_call(at)

    def unstaffed(self, lane: Lane, within: Span) -> list[Span]:
        """Open hours in which the rota has nobody on duty, cut at midnight."""
        there = [
            part
            for row in self.shifts
            if row.kind == Shift.Kind.DUTY
            for part in hours.without([row.span], self.leaves.get(row.member_id, []))
        ]
        watched = self._without_nights(lane)
        asked = [
            part
            for span in hours.spans_from(watched, within.start, days=8)
            if (part := span.shared_with(within))
        ]
        return hours.by_day(self.zone, hours.without(asked, there))

    def why_gone(self, member_id: uuid.UUID, since: datetime, at: datetime) -> str | None:
        """Why somebody who was there at one moment is no longer at a later one: `role` (switched off, or no
        clinician any more), `leave`, `shift_over` (one ended in between, none runs now). None: is there."""
        if all(member.pk != member_id for member in self.clinicians):
            return "role"
        if self.is_away(member_id, at):
            return "leave"
        if not self.safety.keeps_rota:
            return None
        own = [row.span for row in self.shifts if row.member_id == member_id]
        has_ended = any(since < span.end <= at for span in own)
        return "shift_over" if has_ended and not any(span.holds(at) for span in own) else None

    def _without_nights(self, lane: Lane) -> Schedule:
        schedule = self.schedule(lane)
        return Schedule(schedule.zone, schedule.weekly, schedule.holidays)


def read(clinic: Clinic, at: datetime) -> Snapshot:
    """Inside the clinic."""
    zone = clinic.zone
    days = list(Holiday.objects.filter(clinic=clinic).values_list("day", "closes_urgent"))
    clinicians = Membership.objects.filter(clinic=clinic, role=Role.CLINICIAN, is_active=True)
    return Snapshot(
        zone=zone,
        safety=safety_of(clinic),
        weekly=weekly_of(clinic),
        holidays=frozenset(day for day, _ in days),
        urgent_holidays=frozenset(day for day, closes_urgent in days if closes_urgent),
        clinicians=list(clinicians.select_related("user").order_by("created_at", "pk")),
        shifts=_shifts(clinic, at),
        leaves=_leaves(clinic, at),
        phones=_phones(clinic, at),
    )


def weekly_of(clinic: Clinic) -> dict[str, tuple[WeeklyTime, ...]]:
    """The declared hours of each lane that has any."""
    found: dict[str, list[WeeklyTime]] = defaultdict(list)
    for row in CoverTime.objects.filter(clinic=clinic).order_by("weekday", "opens"):
        found[row.lane].append(WeeklyTime(row.weekday, row.opens, row.closes))
    return {lane: tuple(rows) for lane, rows in found.items()}


def week_of(clinic: Clinic, lane: Lane, at: datetime) -> Schedule:
    """The declared hours and holidays of a lane, without the night shifts of the rota."""
    return weeks_of(clinic, at)[lane]


def weeks_of(clinic: Clinic, at: datetime) -> dict[Lane, Schedule]:
    """Of each lane. Every page shows them: phones are read only where hours by night may hang on one."""
    weekly = weekly_of(clinic)
    if not all(row.is_by_day for lane in Lane if lane.is_urgent for row in weekly.get(lane, ())):
        found = read(clinic, at)
        return {lane: found.week(lane) for lane in Lane}
    days = list(Holiday.objects.filter(clinic=clinic).values_list("day", "closes_urgent"))
    closed = frozenset(day for day, _ in days)
    closed_to_all = frozenset(day for day, closes_urgent in days if closes_urgent)
    return {
        lane: Schedule(clinic.zone, weekly.get(lane, ()), closed_to_all if lane.is_urgent else closed)
        for lane in Lane
    }


def safety_of(clinic: Clinic) -> ClinicSafety:
    """The clinic's row; the defaults, unsaved, where there is none."""
    return ClinicSafety.objects.filter(clinic=clinic).select_related(
        "lead", "deputy"
    ).first() or ClinicSafety(clinic=clinic)


def days_as_span(zone: ZoneInfo, first: date, last: date) -> Span:
    """Whole days of the clinic's calendar, both included."""
    until = last + timedelta(days=1)
    return Span(hours.moment(zone, first, time.min), hours.moment(zone, until, time.min))


def _shifts(clinic: Clinic, at: datetime) -> list[RotaEntry]:
    rows = Shift.objects.filter(clinic=clinic, ends_at__gt=at - BEFORE, starts_at__lt=at + AFTER)
    return [
        RotaEntry(row.membership_id, row.kind, Span(row.starts_at, row.ends_at))
        for row in rows.order_by("starts_at")
    ]


def _leaves(clinic: Clinic, at: datetime) -> dict[uuid.UUID, list[Span]]:
    found: dict[uuid.UUID, list[Span]] = defaultdict(list)
    rows = Leave.objects.filter(
        clinic=clinic, last_day__gt=(at - BEFORE).date(), first_day__lt=(at + AFTER).date()
    )
    for row in rows:
        found[row.membership_id].append(days_as_span(clinic.zone, row.first_day, row.last_day))
    return found


def _phones(clinic: Clinic, at: datetime) -> dict[uuid.UUID, list[Span]]:
    """When each person's phone counts: for some days after a test alert that it showed them. The phone of
    then must still be there, and something that rings it: another number proves itself anew."""
    if not settings.SMS_ADAPTER:
        return {}
    added = dict(
        MemberAddress.objects.filter(
            clinic=clinic, channel=Channel.SMS, confirmed_at__isnull=False
        ).values_list("membership_id", "created_at")
    )
    found: dict[uuid.UUID, list[Span]] = defaultdict(list)
    rows = TrialAlert.objects.filter(
        clinic=clinic, channel=TrialAlert.Channel.PHONE, confirmed_at__gt=at - PHONE_DAYS - BEFORE
    )
    for member_id, sent_at, confirmed_at in rows.values_list("membership_id", "sent_at", "confirmed_at"):
        assert confirmed_at is not None  # the filter asks for it
        if member_id in added and added[member_id] <= sent_at:
            found[member_id].append(Span(confirmed_at, confirmed_at + PHONE_DAYS))
    return found


def _one(here: dict[uuid.UUID, Membership], member_id: uuid.UUID | None) -> list[Membership]:
    return [here[member_id]] if member_id in here else []


def _once(members: Iterable[Membership]) -> list[Membership]:
    return list({member.pk: member for member in members}.values())
