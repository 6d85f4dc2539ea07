"""Who is there in the demonstration: a duty desk watches the urgent lanes day and night, others are read in
office hours."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from clinics import tenancy
from clinics.cover import declaring, hours, rota, safety_of, trials
from clinics.cover.declaring import Duties
from clinics.cover.hours import WeeklyTime
from clinics.models import Clinic, Lane, Membership, Role, Shift, TrialAlert

ROUND_THE_CLOCK = [WeeklyTime(day, time(0), time(0)) for day in range(7)]
OFFICE_HOURS = [WeeklyTime(day, time(8), time(18)) for day in range(5)]
DAYS = 28
LEADERS = {
    "north": ("kim@north.example", "nora@north.example"),
    "south": ("mallory@south.example", "milo@south.example"),
}
ON_DUTY = {"north": "alice@north.example"}
"""The clinic with a rota, and who is on it each day; the deputy is on call there."""


def declare(clinic: Clinic) -> None:
    """Hours, lead and deputy, test alerts that were answered and, where one is kept, a rota."""
    admin = Membership.objects.get(clinic=clinic, role=Role.ADMINISTRATOR)
    urgent, others = [Lane.ITEM_9, Lane.CALL], [Lane.FACE, Lane.ROUTINE]
    lead, deputy = (_member(clinic, email) for email in LEADERS[clinic.slug])
    duties = Duties(lead, deputy, has_duty_desk=True, item_9_minutes=60, call_minutes=60)
    declaring.set_duties(clinic=clinic, duties=duties, by=admin)
    declaring.set_hours(clinic=clinic, lanes=urgent, weekly=ROUND_THE_CLOCK, by=admin)
    declaring.set_hours(clinic=clinic, lanes=others, weekly=OFFICE_HOURS, by=admin)
    for member in (lead, deputy):
        trial = trials.send(member=member, channel=TrialAlert.Channel.SCREEN, by=admin)
        trials.confirm(trial=trial, by=member)
    if clinic.slug in ON_DUTY:
        rota.keep(clinic=clinic, is_kept=True, by=admin)
        _fill(clinic, by=admin)


def prolong(*slugs: str) -> None:
    """The rota of a demonstration made on an older day reaches into the future again."""
    for clinic in Clinic.objects.filter(slug__in=slugs):
        with tenancy.enter(clinic.pk):
            if not safety_of(clinic).keeps_rota:
                continue
            _fill(clinic, by=Membership.objects.get(clinic=clinic, role=Role.ADMINISTRATOR))


def _fill(clinic: Clinic, *, by: Membership) -> None:
    today = timezone.now().astimezone(clinic.zone).date()
    duty = _member(clinic, ON_DUTY[clinic.slug])
    on_call = _member(clinic, LEADERS[clinic.slug][1])
    for day in (today + timedelta(days=number) for number in range(-1, DAYS)):
        for member, kind in ((duty, Shift.Kind.DUTY), (on_call, Shift.Kind.ON_CALL)):
            starts_at, ends_at = _midnight(clinic, day), _midnight(clinic, day + timedelta(days=1))
            if not Shift.objects.filter(membership=member, kind=kind, starts_at=starts_at).exists():
                rota.add_shift(member=member, kind=kind, starts_at=starts_at, ends_at=ends_at, by=by)


def _midnight(clinic: Clinic, day: date) -> datetime:
    return hours.moment(clinic.zone, day, time.min)


def _member(clinic: Clinic, email: str) -> Membership:
    return Membership.objects.get(clinic=clinic, user__email=email)
