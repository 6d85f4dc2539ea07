"""Writes of the rota: who is on which shift, who is on leave."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.cover import hours
from clinics.cover.declaring import lock
from clinics.cover.snapshot import days_as_span
from clinics.errors import DomainError
from clinics.models import Clinic, Leave, Membership, Permission, Shift

LONGEST_SHIFT = timedelta(hours=26)
"""A day has 25 hours when clocks go back; nobody watches for two."""
MOST_WEEKS = 12
LONGEST_LEAVE_DAYS = 400


def _check_keeps_rota(by: Membership) -> None:
    if not by.may(Permission.KEEP_ROTA):
        raise DomainError("may_not_keep_rota", _("Your role does not keep the rota."))


def _check_clinician(member: Membership) -> None:
    if not member.treats_patients:
        raise DomainError("not_a_clinician", _("Only active clinicians stand on the rota."), field="member")


@transaction.atomic
def keep(*, clinic: Clinic, is_kept: bool, by: Membership) -> None:
    """Whether this clinic keeps a rota. Without one every clinician who is not on leave counts as there."""
    _check_keeps_rota(by)
    own = lock(clinic)
    if own.keeps_rota != is_kept:
        own.keeps_rota = is_kept
        own.save(update_fields=["keeps_rota"])
        access_log.record("rota.kept" if is_kept else "rota.not_kept", by=by)


@transaction.atomic
def add_shift(
    *, member: Membership, kind: str, starts_at: datetime, ends_at: datetime, by: Membership
) -> Shift:
    _check_keeps_rota(by)
    _check_clinician(member)
    if not timedelta() < ends_at - starts_at <= LONGEST_SHIFT:
        raise DomainError("shift_too_long", _("A shift ends after it starts, within a day."), field="ends")
    lock(member.clinic)
    own = Shift.objects.filter(clinic_id=member.clinic_id, membership=member, kind=kind)
    if own.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise DomainError("shift_is_there", _("This person has such a shift at that time already."))
    row = Shift.objects.create(
        clinic_id=member.clinic_id, membership=member, kind=kind, starts_at=starts_at, ends_at=ends_at
    )
    access_log.record("rota.shift_added", by=by, objects=[row.pk, member.pk], kind=kind)
    return row


@transaction.atomic
def remove_shift(*, shift: Shift, by: Membership) -> None:
    _check_keeps_rota(by)
    access_log.record("rota.shift_removed", by=by, objects=[shift.pk, shift.membership_id], kind=shift.kind)
    shift.delete()


@transaction.atomic
def copy_week(*, clinic: Clinic, monday: date, weeks: int, by: Membership) -> int:
    """The shifts of one week into the next ones, at the same times of the clinic's clock: how many were new.

    Shifts that are there stay, those of people who left are not copied.
    """
    _check_keeps_rota(by)
    if not 1 <= weeks <= MOST_WEEKS:
        sentence = _("Into the next 1 to %(most)s weeks.") % {"most": MOST_WEEKS}
        raise DomainError("weeks_out_of_range", sentence, field="weeks")
    lock(clinic)
    span = days_as_span(clinic.zone, monday, monday + timedelta(days=6))
    rows = Shift.objects.filter(clinic=clinic, starts_at__gte=span.start, starts_at__lt=span.end)
    wanted = [
        copied
        for row in rows.select_related("membership")
        if row.membership.treats_patients
        for number in range(1, weeks + 1)
        if (copied := _moved(row, clinic, weeks=number)) is not None
    ]
    added = sum(_add_where_free(row) for row in wanted)
    access_log.record("rota.week_copied", by=by, week=monday.isoformat(), weeks=weeks, added=added)
    return added


@transaction.atomic
def add_leave(*, member: Membership, first_day: date, last_day: date, by: Membership) -> Leave:
    """One's own leave, or anybody's for who keeps the rota."""
    if member.pk != by.pk:
        _check_keeps_rota(by)
    if not timedelta() <= last_day - first_day <= timedelta(days=LONGEST_LEAVE_DAYS):
        raise DomainError("leave_ends_before", _("The last day is not before the first."), field="last_day")
    row = Leave.objects.create(
        clinic_id=member.clinic_id, membership=member, first_day=first_day, last_day=last_day
    )
    access_log.record("rota.leave_added", by=by, objects=[row.pk, member.pk])
    return row


@transaction.atomic
def remove_leave(*, leave: Leave, by: Membership) -> None:
    if leave.membership_id != by.pk:
        _check_keeps_rota(by)
    access_log.record("rota.leave_removed", by=by, objects=[leave.pk, leave.membership_id])
    leave.delete()


def _moved(row: Shift, clinic: Clinic, *, weeks: int) -> Shift | None:
    """The same shift some weeks later, by the clock on the wall. None: on the night when clocks go forward
    nothing of it is left."""
    starts, ends = (
        at.astimezone(clinic.zone) + timedelta(weeks=weeks) for at in (row.starts_at, row.ends_at)
    )
    starts_at = hours.moment(clinic.zone, starts.date(), starts.time())
    ends_at = hours.moment(clinic.zone, ends.date(), ends.time(), fold=1)
    if starts_at >= ends_at:
        return None
    return Shift(
        clinic_id=row.clinic_id,
        membership_id=row.membership_id,
        kind=row.kind,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _add_where_free(row: Shift) -> bool:
    own = Shift.objects.filter(clinic_id=row.clinic_id, membership_id=row.membership_id, kind=row.kind)
    if own.filter(starts_at__lt=row.ends_at, ends_at__gt=row.starts_at).exists():
        return False
    row.save(force_insert=True)
    return True
