from collections.abc import Iterable
from datetime import time, timedelta

from allauth.usersessions.models import UserSession
from django.utils import timezone

from clinics import policy, second_factor, services, tenancy
from clinics.access_log import System
from clinics.cover import declaring, trials
from clinics.cover.declaring import Duties
from clinics.cover.hours import WeeklyTime
from clinics.models import Clinic, ClinicSafety, ClinicSettings, CoverTime, Lane, Membership, TrialAlert, User

PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_user(email: str) -> User:
    return services.create_account(email=email, password=PASSWORD)


def make_session(user: User, session_key: str = "k" * 32) -> UserSession:
    """One that is open in another browser; its content only where the key is one of a real session."""
    return UserSession.objects.create(user=user, session_key=session_key, ip="192.0.2.1", user_agent="")


def make_clinic(
    slug: str, time_zone: str = "Europe/Berlin", *, jurisdiction: str | None = "eu", is_live: bool = True
) -> Clinic:
    """Live, as clinics are most of their days; without cover hours until a test declares them."""
    admin = make_user(f"first@{slug}.example")
    clinic = services.create_clinic(
        slug=slug,
        name=f"{slug.title()} Clinic",
        time_zone=time_zone,
        admin=admin,
        admin_name="First Admin",
        jurisdiction=jurisdiction,
    )
    if is_live:
        with tenancy.enter(clinic.pk):
            ClinicSafety.objects.update(live_since=timezone.now())
    return clinic


def watch_always(clinic: Clinic) -> None:
    """Each lane is watched day and night."""
    watch(clinic, *(WeeklyTime(day, time(0), time(0)) for day in range(7)))


def watch(clinic: Clinic, *weekly: WeeklyTime, lanes: Iterable[Lane] = Lane) -> None:
    """These hours for the lanes, in place of what they had; by a duty desk where they hold at night, so that
    the hour at which a test runs does not matter."""
    with tenancy.enter(clinic.pk):
        CoverTime.objects.filter(clinic=clinic, lane__in=lanes).delete()
        CoverTime.objects.bulk_create(
            CoverTime(clinic=clinic, lane=lane, weekday=row.weekday, opens=row.opens, closes=row.closes)
            for lane in lanes
            for row in weekly
        )
        if not all(row.is_by_day for row in weekly):
            ClinicSafety.objects.update_or_create(clinic=clinic, defaults={"has_duty_desk": True})


def ready_for_item_nine(clinic: Clinic, lead: Membership, deputy: Membership) -> None:
    """All that is asked before the PHQ-9: watched day and night, so that a test's hour does not matter."""
    with tenancy.enter(clinic.pk):
        admin = Membership.objects.filter(role="administrator").order_by("created_at")[0]
        duties = Duties(lead, deputy, has_duty_desk=False, item_9_minutes=60, call_minutes=60)
        declaring.set_duties(clinic=clinic, duties=duties, by=admin)
    watch_always(clinic)
    with tenancy.enter(clinic.pk):
        trial = trials.send(member=lead, channel=TrialAlert.Channel.SCREEN, by=admin)
        trials.confirm(trial=trial, by=lead)
        ClinicSettings.objects.update(crisis_contacts="Telephone support: 0800 111 0 111")


def switch_off(clinic: Clinic, *purposes: str) -> None:
    """The clinic does without these purposes from now on."""
    with tenancy.enter(clinic.pk):
        policy.choose(clinic=clinic, jurisdiction="eu", switched_off=purposes, by=System("test"))


def make_member(clinic: Clinic, role: str, name: str) -> Membership:
    """With an authenticator app, as every member of a clinic."""
    user = make_user(f"{name.split()[0].lower()}@{clinic.slug}.example")
    second_factor.enrol_totp(user, TOTP_SECRET)
    with tenancy.enter(clinic.pk):
        member = services.add_member(clinic=clinic, user=user, role=role, name=name, by=System("test"))
        member.created_at -= timedelta(days=30)  # a newcomer may not do all a member may
        member.save(update_fields=["created_at"])
        return member
