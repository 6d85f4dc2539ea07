"""Writes of what a clinic declares: hours, holidays, who leads, within how many minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.cover import hours
from clinics.cover.hours import WeeklyTime
from clinics.cover.readiness import is_clinician
from clinics.cover.snapshot import read
from clinics.errors import DomainError
from clinics.models import Clinic, ClinicSafety, ClinicSettings, CoverTime, Holiday, Lane, Membership
from clinics.models.safety import LEAST_AT_A_DESK, LEAST_MINUTES, MOST_MINUTES


@dataclass(frozen=True)
class Duties:
    """Who answers for the clinic, and how fast. Minutes are of covered time."""

    lead: Membership | None
    deputy: Membership | None
    has_duty_desk: bool
    item_9_minutes: int
    call_minutes: int


def check_administers(by: Membership) -> None:
    if not by.administers:
        raise DomainError("may_not_change_settings", _("Only administrators may change this."))


def lock(clinic: Clinic) -> ClinicSafety:
    """The clinic's row, for a change: locked, and made where there is none."""
    ClinicSafety.objects.get_or_create(clinic=clinic)
    return ClinicSafety.objects.select_for_update().get(clinic=clinic)


@transaction.atomic
def set_hours(*, clinic: Clinic, lanes: Iterable[Lane], weekly: Iterable[WeeklyTime], by: Membership) -> None:
    """The weekly hours of some lanes, in place of those they had. Without any, nobody is promised there."""
    check_administers(by)
    rows, chosen = sorted(set(weekly)), sorted(set(lanes))
    if hours.overlaps(rows):
        raise DomainError("hours_overlap", _("Two of these times lie in each other. Nothing was changed."))
    safety = lock(clinic)
    if any(lane.is_urgent for lane in chosen) and not all(row.is_by_day for row in rows):
        _check_nights(clinic, safety, field="lanes")
    CoverTime.objects.filter(clinic=clinic, lane__in=chosen).delete()
    for lane in chosen:
        CoverTime.objects.bulk_create(
            CoverTime(clinic=clinic, lane=lane, weekday=row.weekday, opens=row.opens, closes=row.closes)
            for row in rows
        )
    access_log.record("cover.hours_set", by=by, lanes=" ".join(chosen), times=len(rows))


@transaction.atomic
def set_remark(*, clinic: Clinic, text: str, by: Membership) -> None:
    """What stands beside the declared hours."""
    check_administers(by)
    own = ClinicSettings.objects.select_for_update().get(clinic=clinic)
    if own.cover_hours != text:
        own.cover_hours = text
        own.save(update_fields=["cover_hours"])
        access_log.record("cover.remark_set", by=by)


@transaction.atomic
def add_holiday(*, clinic: Clinic, day: date, name: str, closes_urgent: bool, by: Membership) -> Holiday:
    check_administers(by)
    lock(clinic)
    if Holiday.objects.filter(clinic=clinic, day=day).exists():
        raise DomainError("holiday_is_there", _("This day is a holiday already."), field="day")
    row = Holiday(clinic=clinic, day=day, name=name or None, closes_urgent=closes_urgent)
    row.save(force_insert=True)
    access_log.record("cover.holiday_added", by=by, objects=[row.pk], day=day.isoformat())
    return row


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: Membership) -> None:
    check_administers(by)
    access_log.record("cover.holiday_removed", by=by, objects=[holiday.pk], day=holiday.day.isoformat())
    holiday.delete()


@transaction.atomic
def set_duties(*, clinic: Clinic, duties: Duties, by: Membership) -> None:
    """Lead, deputy, desk and minutes."""
    check_administers(by)
    _check_people(duties)
    _check_minutes(duties)
    own = lock(clinic)
    own.lead, own.deputy = duties.lead, duties.deputy
    own.has_duty_desk = duties.has_duty_desk
    if not all(row.is_by_day for row in _urgent_times(clinic)):
        _check_nights(clinic, own, field="has_duty_desk")
    own.item_9_minutes, own.call_minutes = duties.item_9_minutes, duties.call_minutes
    own.save(update_fields=["lead", "deputy", "has_duty_desk", "item_9_minutes", "call_minutes"])
    access_log.record(
        "cover.duties_set",
        by=by,
        objects=[member.pk for member in (duties.lead, duties.deputy) if member],
        has_duty_desk=duties.has_duty_desk,
        item_9_minutes=duties.item_9_minutes,
        call_minutes=duties.call_minutes,
    )


@transaction.atomic
def set_night_cover(*, clinic: Clinic, is_declared: bool, by: Membership) -> None:
    """Whether night shifts of the rota, by phone, open the urgent lanes outside their hours."""
    check_administers(by)
    own = lock(clinic)
    if own.has_night_cover != is_declared:
        own.has_night_cover = is_declared
        if not all(row.is_by_day for row in _urgent_times(clinic)):
            _check_nights(clinic, own, field="has_night_cover")
        own.save(update_fields=["has_night_cover"])
        access_log.record("cover.night_set", by=by, is_declared=is_declared)


def _check_people(duties: Duties) -> None:
    for field in ("lead", "deputy"):
        member = getattr(duties, field)
        if member is not None and not is_clinician(member):
            raise DomainError("not_a_clinician", _("Only an active clinician can be this."), field=field)
    if duties.lead is not None and duties.lead == duties.deputy:
        raise DomainError("own_deputy", _("Nobody is their own deputy."), field="deputy")


def _check_minutes(duties: Duties) -> None:
    least = LEAST_AT_A_DESK if duties.has_duty_desk else LEAST_MINUTES
    for field in ("item_9_minutes", "call_minutes"):
        if not least <= getattr(duties, field) <= MOST_MINUTES:
            sentence = _("Between %(least)s and %(most)s minutes. Less than 30 only with a duty desk.")
            raise DomainError(
                "minutes_out_of_range", sentence % {"least": least, "most": MOST_MINUTES}, field=field
            )


def _urgent_times(clinic: Clinic) -> list[WeeklyTime]:
    rows = CoverTime.objects.filter(clinic=clinic, lane__in=[lane for lane in Lane if lane.is_urgent])
    return [WeeklyTime(row.weekday, row.opens, row.closes) for row in rows]


def _check_nights(clinic: Clinic, safety: ClinicSafety, *, field: str) -> None:
    """Who is promised somebody at night gets somebody awake, or somebody who is woken: no mail does that."""
    if safety.has_duty_desk or (safety.has_night_cover and _has_phone(clinic)):
        return
    message = _(
        "Before 07:00 and after 21:00 answers to the last question and wishes for a call need a duty desk, "
        "or night cover by a phone that somebody confirmed by a test alert this week. E-mail, push and chat "
        "are no night cover. Nothing was changed."
    )
    raise DomainError("no_night_cover", message, field=field)


def _has_phone(clinic: Clinic) -> bool:
    now = timezone.now()
    return any(span.holds(now) for spans in read(clinic, now).phones.values() for span in spans)
