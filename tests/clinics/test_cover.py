"""Who is there when, as the other apps ask it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from clinics import cover, going_live, staff, tenancy, watchdog
from clinics.cover import Lane, declaring, gaps, rota, trials
from clinics.cover.declaring import Duties
from clinics.cover.hours import WeeklyTime
from clinics.errors import DomainError
from clinics.models import (
    Channel,
    Clinic,
    ClinicSafety,
    ClinicSettings,
    CoverTime,
    Heartbeat,
    MemberAddress,
    Membership,
    Shift,
    TrialAlert,
)
from tests.clinics.factories import make_clinic, make_member, ready_for_item_nine, watch

OFFICE = tuple(WeeklyTime(day, time(8), time(18)) for day in range(5))
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)  # ten o'clock in Berlin
SATURDAY = datetime(2026, 12, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def nora(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Nora Neumann")


@pytest.fixture
def kim(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Kim Kaya")


@pytest.fixture
def office(in_a: Clinic, alice: Membership, nora: Membership, kim: Membership, ada: Membership) -> Clinic:
    """Clinic A: watched in office hours; Kim leads, Nora is her deputy."""
    watch(in_a, *OFFICE)
    duties = Duties(kim, nora, has_duty_desk=False, item_9_minutes=60, call_minutes=60)
    declaring.set_duties(clinic=in_a, duties=duties, by=ada)
    return in_a


def shift(
    member: Membership, by: Membership, starts_at: datetime, *, kind: str = "duty", hours: int = 8
) -> Shift:
    ends_at = starts_at + timedelta(hours=hours)
    return rota.add_shift(member=member, kind=kind, starts_at=starts_at, ends_at=ends_at, by=by)


def rungs(clinic: Clinic, at: datetime = MONDAY) -> dict[str, set[str]]:
    return {
        step.name: {str(member.name).split()[0] for member in step.members}
        for step in cover.chain(clinic, Lane.ITEM_9, at)
    }


def phone(member: Membership, at: datetime) -> None:
    """A test alert by phone, confirmed at a moment, to a number that had been proved before."""
    MemberAddress.objects.get_or_create(
        clinic_id=member.clinic_id,
        membership=member,
        channel=Channel.SMS,
        defaults={
            "address": "+491701234567",
            "fingerprint": "f",
            "created_at": at - 30 * DAY,
            "confirmed_at": at,
        },
    )
    TrialAlert.objects.create(
        clinic_id=member.clinic_id,
        membership=member,
        channel=TrialAlert.Channel.PHONE,
        sent_at=at,
        confirmed_at=at,
    )


def test_hours_of_a_lane_answer_for_that_lane(office: Clinic) -> None:
    watch(office, lanes=[Lane.FACE])
    assert cover.is_open(office, "item_9", MONDAY)
    assert not cover.is_open(office, Lane.FACE, MONDAY)
    assert cover.next_opening(office, "item_9", SATURDAY) == MONDAY + 7 * DAY - timedelta(hours=2)
    assert cover.deadline(office, "item_9", SATURDAY, 60) == MONDAY + 7 * DAY - timedelta(hours=1)
    assert cover.deadline(office, Lane.FACE, MONDAY, 60) is None
    assert cover.next_working_day_end(office, Lane.ROUTINE, MONDAY) == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert cover.words(office, "item_9") == "Monday to Friday, 08:00 to 18:00"
    assert cover.words(office, Lane.FACE) == ""


def test_a_holiday_may_leave_the_urgent_lanes_open(office: Clinic, ada: Membership) -> None:
    for day, closes_urgent in ((date(2026, 11, 30), False), (date(2026, 12, 1), True)):
        declaring.add_holiday(clinic=office, day=day, name="", closes_urgent=closes_urgent, by=ada)
    assert [cover.is_open(office, lane, MONDAY) for lane in ("item_9", "routine")] == [True, False]
    assert not cover.is_open(office, "item_9", MONDAY + DAY)


def test_without_a_rota_all_who_are_not_on_leave_are_there(
    office: Clinic, alice: Membership, ada: Membership
) -> None:
    assert rungs(office)["owner_pool"] == {"Alice", "Nora", "Kim"}
    rota.add_leave(member=alice, first_day=date(2026, 11, 30), last_day=date(2026, 11, 30), by=alice)
    assert rungs(office)["owner_pool"] == {"Nora", "Kim"}
    assert cover.why_gone(alice, MONDAY - DAY, MONDAY) == "leave"


def test_with_a_rota_those_on_shift_are_there_then_who_is_on_call_then_the_lead(
    office: Clinic, alice: Membership, nora: Membership, kim: Membership, ada: Membership
) -> None:
    rota.keep(clinic=office, is_kept=True, by=ada)
    shift(alice, ada, MONDAY)
    shift(nora, ada, MONDAY, kind="on_call")
    assert list(rungs(office)) == ["owner_pool", "on_call", "lead", "deputy", "everyone"]
    assert rungs(office) == {
        "owner_pool": {"Alice"},
        "on_call": {"Nora"},
        "lead": {"Kim"},
        "deputy": {"Nora"},
        "everyone": {"Alice", "Nora", "Kim"},
    }


def test_a_shift_that_ended_says_so_and_one_that_follows_does_not(
    office: Clinic, alice: Membership, kim: Membership, ada: Membership
) -> None:
    rota.keep(clinic=office, is_kept=True, by=ada)
    shift(alice, ada, MONDAY)
    over = MONDAY + timedelta(hours=8)
    assert cover.why_gone(alice, MONDAY, over - timedelta(seconds=1)) is None
    assert cover.why_gone(alice, MONDAY, over) == "shift_over"
    assert cover.why_gone(kim, MONDAY, over) is None  # she took it without a shift, as the lead
    shift(alice, ada, over)
    assert cover.why_gone(alice, MONDAY, over) is None


def test_an_empty_rota_is_seen_and_the_lead_is_told(office: Clinic, ada: Membership) -> None:
    assert not cover.rota_is_empty(office, "item_9", MONDAY)
    rota.keep(clinic=office, is_kept=True, by=ada)
    assert cover.rota_is_empty(office, "item_9", MONDAY)
    assert list(rungs(office)) == ["lead", "deputy", "everyone"]


def test_with_all_on_leave_the_last_rung_names_all(
    office: Clinic, alice: Membership, nora: Membership, kim: Membership, ada: Membership
) -> None:
    for member in (alice, nora, kim):
        rota.add_leave(member=member, first_day=date(2026, 11, 1), last_day=date(2026, 12, 24), by=ada)
    assert cover.rota_is_empty(office, "item_9", MONDAY)
    assert rungs(office) == {"everyone": {"Alice", "Nora", "Kim"}}


def test_who_is_switched_off_or_changes_their_role_is_gone(
    office: Clinic, alice: Membership, nora: Membership, ada: Membership
) -> None:
    staff.set_active(member_id=alice.pk, is_active=False, by=ada)
    staff.change_role(member_id=nora.pk, role="observer", by=ada)
    assert rungs(office)["owner_pool"] == {"Kim"}
    assert "deputy" not in rungs(office)
    assert [cover.why_gone(member, MONDAY, MONDAY + DAY) for member in (alice, nora)] == ["role", "role"]


def test_night_cover_needs_a_shift_and_a_phone_confirmed_within_the_week(
    office: Clinic, alice: Membership, ada: Membership
) -> None:
    ClinicSafety.objects.update(has_night_cover=True, keeps_rota=True)
    night = datetime(2026, 12, 4, 21, tzinfo=UTC)
    shift(alice, ada, night, kind="night", hours=9)
    assert not cover.is_open(office, "item_9", night)  # no test alert yet
    phone(alice, night - timedelta(days=8))
    assert not cover.is_open(office, "item_9", night)  # an old one
    phone(alice, night - timedelta(days=6))
    assert cover.is_open(office, "item_9", night)
    assert not cover.is_open(office, "routine", night)
    assert cover.deadline(office, "item_9", night, 60) == night + timedelta(hours=1)
    assert {member.pk for member in cover.pool(office, "item_9", night)} == {alice.pk}
    assert cover.pool(office, "routine", night) == []


def test_night_cover_ends_with_its_phone(
    office: Clinic, alice: Membership, ada: Membership, settings: Settings
) -> None:
    ClinicSafety.objects.update(has_night_cover=True)
    night = datetime(2026, 12, 4, 21, tzinfo=UTC)
    shift(alice, ada, night, kind="night", hours=9)
    phone(alice, night - DAY)
    assert cover.is_open(office, "item_9", night)
    settings.SMS_ADAPTER = ""
    assert not cover.is_open(office, "item_9", night), "nothing here rings it"
    settings.SMS_ADAPTER = "clinics.messages.channels.sms.FileAdapter"
    MemberAddress.objects.update(created_at=night)
    assert not cover.is_open(office, "item_9", night), "another number proves itself anew"
    MemberAddress.objects.all().delete()
    assert not cover.is_open(office, "item_9", night)


def test_night_cover_ends_with_leave_or_when_the_confirmation_grows_old(
    office: Clinic, alice: Membership, ada: Membership
) -> None:
    ClinicSafety.objects.update(has_night_cover=True)
    night = datetime(2026, 12, 4, 21, tzinfo=UTC)
    shift(alice, ada, night, kind="night", hours=9)
    phone(alice, night - timedelta(days=7) + timedelta(hours=2))
    assert cover.is_open(office, "item_9", night + timedelta(hours=1))
    assert not cover.is_open(office, "item_9", night + timedelta(hours=2))
    rota.add_leave(member=alice, first_day=date(2026, 12, 4), last_day=date(2026, 12, 4), by=alice)
    assert not cover.is_open(office, "item_9", night + timedelta(hours=1))


def test_hours_by_night_do_not_outlive_the_phone_they_were_declared_by(
    office: Clinic, alice: Membership, nora: Membership, ada: Membership
) -> None:
    """What patients read, what timers wait for and what administrators are told say so at once."""
    declaring.set_night_cover(clinic=office, is_declared=True, by=ada)
    phone(alice, timezone.now())
    always = [WeeklyTime(day, time(0), time(0)) for day in range(7)]
    declaring.set_hours(clinic=office, lanes=list(Lane), weekly=always, by=ada)
    night = cover.hours.moment(office.zone, timezone.now().date() + 2 * DAY, time(23))
    a_week_later = night + 7 * DAY
    assert cover.is_open(office, "item_9", night)
    assert cover.words(office, "item_9", night) == "day and night"
    assert gaps.NO_NIGHT not in gaps.gaps(office, night)
    assert not cover.is_open(office, "item_9", a_week_later)
    opens_at = cover.hours.moment(office.zone, a_week_later.astimezone(office.zone).date() + DAY, time(7))
    assert cover.next_opening(office, "item_9", a_week_later) == opens_at
    assert "closed now until" in cover.words(office, "item_9", a_week_later)
    assert gaps.NO_NIGHT in gaps.gaps(office, a_week_later)
    assert cover.is_open(office, "routine", a_week_later), "no phone is asked for what can wait"
    ClinicSafety.objects.update(has_duty_desk=True)
    assert cover.is_open(office, "item_9", a_week_later)


def test_without_night_cover_declared_a_night_shift_opens_nothing(
    office: Clinic, alice: Membership, ada: Membership
) -> None:
    night = datetime(2026, 12, 4, 21, tzinfo=UTC)
    shift(alice, ada, night, kind="night", hours=9)
    phone(alice, night)
    assert not cover.is_open(office, "item_9", night)


def test_what_is_missing_before_the_last_question_is_asked(
    in_a: Clinic, alice: Membership, nora: Membership, ada: Membership
) -> None:
    assert cover.missing_for_item_nine(in_a) == [
        "lead", "deputy", "cover_hours", "crisis_contacts", "test_alert"
    ]  # fmt: skip
    ready_for_item_nine(in_a, alice, nora)
    assert cover.missing_for_item_nine(in_a) == []
    staff.set_active(member_id=alice.pk, is_active=False, by=ada)
    assert cover.missing_for_item_nine(in_a) == ["lead", "test_alert"]


def test_a_test_alert_counts_only_when_its_person_confirms_it_within_a_day(
    in_a: Clinic, alice: Membership, nora: Membership, bob: Membership
) -> None:
    trial = trials.send(member=alice, channel="screen", by=nora)
    with pytest.raises(DomainError, match="not_yours"):
        trials.confirm(trial=trial, by=nora)
    trials.confirm(trial=trial, by=alice)
    old = trials.send(member=nora, channel="screen", by=nora)
    old.sent_at = timezone.now() - timedelta(hours=25)
    with pytest.raises(DomainError, match="too_late"):
        trials.confirm(trial=old, by=nora)
    with pytest.raises(DomainError, match="not_a_clinician"):
        trials.send(member=bob, channel="screen", by=nora)


@pytest.mark.parametrize(("minutes", "has_desk", "code"), [(15, False, "minutes"), (14, True, "minutes")])
def test_fewer_minutes_need_a_desk(
    office: Clinic,
    kim: Membership,
    nora: Membership,
    ada: Membership,
    minutes: int,
    has_desk: bool,
    code: str,
) -> None:
    duties = Duties(kim, nora, has_duty_desk=has_desk, item_9_minutes=minutes, call_minutes=60)
    with pytest.raises(DomainError, match="minutes_out_of_range"):
        declaring.set_duties(clinic=office, duties=duties, by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicSafety.objects.update(item_9_minutes=minutes, has_duty_desk=has_desk)
    desk = Duties(kim, nora, has_duty_desk=True, item_9_minutes=15, call_minutes=30)
    declaring.set_duties(clinic=office, duties=desk, by=ada)
    assert [cover.minutes_to_take(office, lane) for lane in Lane] == [15, 30, None, None]


def test_lead_and_deputy_are_two_clinicians(office: Clinic, kim: Membership, ada: Membership) -> None:
    rest = {"has_duty_desk": False, "item_9_minutes": 60, "call_minutes": 60}
    for lead, deputy, code in ((kim, kim, "own_deputy"), (ada, kim, "not_a_clinician")):
        with pytest.raises(DomainError, match=code):
            declaring.set_duties(clinic=office, duties=Duties(lead, deputy, **rest), by=ada)  # type: ignore[arg-type]


def test_copying_a_week_keeps_the_time_on_the_wall_when_clocks_change(
    office: Clinic, alice: Membership, ada: Membership
) -> None:
    shift(alice, ada, datetime(2026, 3, 23, 7, tzinfo=UTC))  # Monday, 08:00 in winter
    monday = date(2026, 3, 23)
    assert rota.copy_week(clinic=office, monday=monday, weeks=2, by=ada) == 2
    assert rota.copy_week(clinic=office, monday=monday, weeks=2, by=ada) == 0
    starts = Shift.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert [at.astimezone(office.zone).hour for at in starts] == [8, 8, 8]
    assert starts[1] == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_only_a_live_or_a_demo_clinic_is_live(db: None) -> None:
    clinic = make_clinic("new", is_live=False)
    with tenancy.enter(clinic.pk):
        assert not going_live.is_live(clinic)
        ClinicSettings.objects.update(is_demo=True)
        assert going_live.is_live(clinic)
        ClinicSettings.objects.update(is_demo=False)
        ClinicSafety.objects.update(live_since=timezone.now())
        assert going_live.is_live(clinic)


@pytest.mark.django_db
def test_a_process_that_does_not_beat_for_three_minutes_is_silent() -> None:
    assert watchdog.silent() == "duty"
    watchdog.beat("duty")
    assert watchdog.silent() == "messages"
    watchdog.beat("messages")
    assert watchdog.silent() == ""
    for minutes in (-4, 4):  # an old beat, or one of a clock that has been set back since
        Heartbeat.objects.filter(name="duty").update(beaten_at=timezone.now() + timedelta(minutes=minutes))
        assert watchdog.silent() == "duty"
    watchdog.beat("duty")
    assert watchdog.silent() == ""


def test_administrators_learn_what_is_missing_in_the_cover(
    office: Clinic, alice: Membership, nora: Membership, ada: Membership
) -> None:
    assert gaps.gaps(office, MONDAY) == []
    rota.keep(clinic=office, is_kept=True, by=ada)
    assert gaps.gaps(office, MONDAY) == [gaps.EMPTY]
    assert gaps.gaps(office, SATURDAY) == []  # closed: nobody is promised
    shift(alice, ada, MONDAY)
    staff.set_active(member_id=nora.pk, is_active=False, by=ada)
    assert gaps.gaps(office, MONDAY) == [gaps.NO_DEPUTY]
    ClinicSafety.objects.update(live_since=None)  # in shadow item 9 is live all the same
    assert gaps.gaps(office, MONDAY) == [gaps.NO_DEPUTY]
    CoverTime.objects.filter(lane__in=["item_9", "call"]).delete()
    assert gaps.gaps(office, MONDAY) == []


def test_a_night_shift_without_a_confirmed_phone_is_told_a_day_before(
    office: Clinic, alice: Membership, ada: Membership
) -> None:
    night = datetime(2026, 12, 5, 21, tzinfo=UTC)
    shift(alice, ada, night, kind="night")
    assert gaps.gaps(office, SATURDAY) == []
    ClinicSafety.objects.update(has_night_cover=True)
    assert gaps.gaps(office, SATURDAY) == [gaps.NO_PHONE]
    assert gaps.gaps(office, SATURDAY - 2 * DAY) == []
    phone(alice, SATURDAY)
    assert gaps.gaps(office, SATURDAY) == []
