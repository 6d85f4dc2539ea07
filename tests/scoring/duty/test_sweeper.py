"""Timers are rows, judged by the sweeper: along the chain, in cover hours, past whoever holds the patient."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics import tenancy, watchdog
from clinics.cover import WeeklyTime, declaring
from clinics.cover.declaring import Duties
from clinics.models import (
    AccessLogEntry,
    CareTeam,
    Clinic,
    ClinicSafety,
    ClinicSettings,
    Lane,
    Leave,
    Membership,
    Message,
    Shift,
)
from patients import access as patients_access
from patients.models import OnCallGrant, Patient
from scoring import services, tasks
from scoring.duty import sweeper
from scoring.models import Alert, AlertEvent, AlertTimer
from tests.clinics.factories import watch, watch_always
from tests.patients.factories import make_patient
from tests.scoring.duty.acts import (
    again,
    answer,
    divide,
    kinds_of,
    make_due,
    rungs,
    spoken,
    sweep,
    timers_of,
    told,
    warn,
)

HOUR = timedelta(hours=1)


def keep_rota(clinic: Clinic, on_duty: Membership, lead: Membership, deputy: Membership) -> None:
    now = timezone.now()
    ClinicSafety.objects.update(keeps_rota=True, lead=lead, deputy=deputy)
    Shift.objects.create(
        clinic=clinic, membership=on_duty, kind="duty", starts_at=now - HOUR, ends_at=now + 8 * HOUR
    )


def test_an_alert_nobody_takes_goes_along_the_chain_again_and_again(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, dan: Membership
) -> None:
    watch_always(in_a)
    keep_rota(in_a, alice, carol, dan)
    alert = answer(pat)
    assert (told(alice), told(carol)) == ([("alert", "not_taken")], [])
    for _ in range(5):
        make_due(alert)
        assert sweep(alert) == 1
    assert rungs(alert) == ["lead", "deputy", "everyone", "everyone", "everyone"]
    assert (len(told(alice)), len(told(carol)), len(told(dan))) == (4, 4, 4)
    assert timers_of(alert) == {"take": 6}
    due = AlertTimer.objects.get().due_at - timezone.now()
    assert timedelta(minutes=59) < due <= timedelta(minutes=60)


def test_who_has_it_and_has_not_spoken_is_reminded_with_the_next(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    ClinicSafety.objects.update(lead=carol)
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    make_due(alert)
    sweep(alert)
    assert (again(alert).state, again(alert).owner) == ("taken", alice)
    assert kinds_of(alert)[-1] == "overdue"
    assert told(alice)[-1] == told(carol)[-1] == ("alert", "not_reached")


def test_outside_cover_hours_nobody_is_told_before_the_opening(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    local = timezone.now().astimezone(in_a.zone)
    in_two_days = (local + timedelta(days=2)).weekday()
    watch(in_a, WeeklyTime(in_two_days, time(9), time(17)))
    alert = answer(pat)
    assert told(alice) == []
    timer = AlertTimer.objects.get()
    opening = timer.due_at.astimezone(in_a.zone)
    assert (opening.weekday(), opening.time(), timer.step) == (in_two_days, time(9), 0)
    sweeper.judge_clinic(in_a, timer.due_at)
    assert kinds_of(alert) == ["opened", "called"]
    assert told(alice) == [("alert", "not_taken")]
    timer.refresh_from_db()
    assert (timer.due_at.astimezone(in_a.zone).time(), timer.step) == (time(10), 1)


def test_a_timer_that_falls_due_while_closed_waits(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    watch_always(in_a)
    alert = answer(pat)
    local = timezone.now().astimezone(in_a.zone)
    watch(in_a, WeeklyTime((local + timedelta(days=2)).weekday(), time(9), time(17)))
    make_due(alert)
    sweep(alert)
    assert kinds_of(alert) == ["opened"]
    assert AlertTimer.objects.get().due_at > timezone.now() + 12 * HOUR


def test_alerts_of_photos_page_nobody_and_are_due_the_next_working_day(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    watch_always(in_a)
    alert = warn(pat, "intervention", rule="happy_fall", lane="face")
    due = AlertTimer.objects.get().due_at.astimezone(in_a.zone)
    tomorrow = timezone.now().astimezone(in_a.zone).date() + timedelta(days=1)
    assert due.date() in {
        tomorrow,
        tomorrow + timedelta(days=1),
    }  # a day that is always open ends at midnight
    make_due(alert)
    sweep(alert)
    assert kinds_of(alert) == ["opened", "passed_on"]
    assert told(alice) == []


def test_without_declared_hours_time_runs_by_the_clock(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    due = AlertTimer.objects.get(alert=alert).due_at - timezone.now()
    assert timedelta(minutes=59) < due <= timedelta(minutes=60)
    assert told(alice) == [("alert", "not_taken")]


def test_a_clock_set_back_keeps_no_timer_waiting(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    """Started while the clock was three hours ahead."""
    watch_always(in_a)
    alert = answer(pat)
    now = timezone.now()
    AlertTimer.objects.update(started_at=now + 3 * HOUR, due_at=now + 4 * HOUR)
    assert sweep(alert) == 0
    timer = AlertTimer.objects.get()
    assert timedelta(minutes=59) < timer.due_at - now <= timedelta(minutes=61)
    assert abs(timer.started_at - now) < timedelta(minutes=1)
    sweep(alert)
    assert AlertTimer.objects.get().due_at == timer.due_at, "mended once"


def test_a_duty_desk_is_quicker(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, ada: Membership
) -> None:
    watch_always(in_a)
    duties = Duties(alice, carol, has_duty_desk=True, item_9_minutes=20, call_minutes=15)
    declaring.set_duties(clinic=in_a, duties=duties, by=ada)
    alert = answer(pat)
    due = AlertTimer.objects.get(alert=alert).due_at - timezone.now()
    assert timedelta(minutes=19) < due <= timedelta(minutes=20)


@pytest.mark.parametrize("why", ["role", "leave", "shift_over", "off"])
def test_an_owner_who_is_gone_owns_nothing(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, dan: Membership, why: str
) -> None:
    watch_always(in_a)
    keep_rota(in_a, alice, carol, dan)
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    today = timezone.now().astimezone(in_a.zone).date()
    if why == "role":
        Membership.objects.filter(pk=alice.pk).update(role="observer")
    elif why == "leave":
        Leave.objects.create(clinic=in_a, membership=alice, first_day=today, last_day=today)
    elif why == "shift_over":
        Shift.objects.update(ends_at=timezone.now())
    else:
        alice.is_active = False
        alice.save()  # at once, by the pipeline: the sweeper need not come by
        assert again(alert).owner is None
    sweep(alert)
    assert (again(alert).state, again(alert).owner, timers_of(alert)) == ("open", None, {"take": 1})
    assert kinds_of(alert)[-1] == "released"


def test_all_on_leave_still_reaches_somebody_and_the_administrator_learns_of_the_rota(
    in_a: Clinic, pat: Patient, alice: Membership, ada: Membership
) -> None:
    watch_always(in_a)
    ClinicSafety.objects.update(keeps_rota=True)
    answer(pat)
    assert told(alice) == [("alert", "not_taken")]
    assert told(ada) == [("rota_empty", "")]
    facts = Message.objects.get(recipient_id=ada.pk).facts
    assert set(facts) == {"lane", "path"}


def test_whom_it_is_passed_on_to_may_read_the_record_until_a_day_after(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    divide(in_a, team_of=alice, lead=carol)
    alert = answer(pat)
    assert told(carol) == []
    make_due(alert)
    sweep(alert)
    assert told(carol) == [("alert", "not_taken")]
    assert patients_access.visible_patients(carol).get() == pat
    assert not patients_access.follows(carol, pat)
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    services.resolve(
        alert_id=alert.pk, note="Done.", by=carol, outcome="spoken", spoken=spoken(carol), next_date=tomorrow
    )
    grant = OnCallGrant.objects.get()
    assert grant.ends_at is not None
    assert timedelta(hours=23) < grant.ends_at - timezone.now() <= timedelta(hours=24)
    assert patients_access.get_patient(carol, pat.pk) == pat
    OnCallGrant.objects.update(ends_at=timezone.now())
    assert not patients_access.visible_patients(carol).exists()


def test_what_on_call_reads_is_logged_as_such(
    clinic_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        answer(pat)
        patients_access.get_patient(carol, pat.pk)
    with tenancy.enter(clinic_a.pk):
        rows = AccessLogEntry.objects.filter(patient_id=pat.pk)
        assert rows.filter(action="patient.lent_on_call").count() == 2
        assert '"purpose":"on_call"' in rows.get(action="patient.read").canonical


def test_each_step_stands_in_the_access_log(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    watch_always(clinic_a)
    with tenancy.enter(clinic_a.pk):
        alert = answer(pat)
        make_due(alert)
    tasks.judge_timers()
    with tenancy.enter(clinic_a.pk):
        actions = set(AccessLogEntry.objects.filter(patient_id=pat.pk).values_list("action", flat=True))
        assert {"alert.opened", "alert.passed_on"} <= actions
        assert kinds_of(alert) == ["opened", "passed_on"]


def test_the_sweeper_beats_for_the_watchdog(db: None) -> None:
    tasks.judge_timers()
    assert watchdog.silent() != watchdog.DUTY


def test_lanes_are_those_of_the_cover(db: None) -> None:
    assert Alert.Lane is Lane


def test_an_owner_who_may_not_follow_the_patient_any_more_owns_nothing(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    wards = [CareTeam.objects.create(clinic=in_a, name=f"Ward {number}") for number in (1, 2)]
    wards[0].members.create(clinic=in_a, membership=alice)
    wards[1].members.create(clinic=in_a, membership=carol)
    Patient.objects.update(care_team=wards[0])
    ClinicSettings.objects.update(record_scope="care_team")
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    sweep(alert)
    assert again(alert).owner == alice
    Patient.objects.update(care_team=wards[1])
    OnCallGrant.objects.all().delete()
    sweep(alert)
    assert again(alert).owner is None
    assert ("alert", "open_again") in told(carol)
    assert AlertEvent.objects.get(kind="released").facts == {"why": "team"}


def test_a_round_asks_no_more_of_many_timers_than_of_few(
    in_a: Clinic, alice: Membership, carol: Membership
) -> None:
    """Ten thousand may be due at once (docs/benchmarks.md)."""
    watch_always(in_a)
    ClinicSafety.objects.update(lead=carol)
    statements = []
    for patients in (2, 3, 7):  # after the first, some timers wait for later
        alerts = [answer(make_patient(in_a, f"P{patients}x{number} Doe")) for number in range(patients)]
        for alert in alerts[::2]:
            services.take(alert_id=alert.pk, by=alice)
        for alert in alerts:
            make_due(alert)
        with CaptureQueriesContext(connection) as seen:
            assert sweep(alerts[0]) == patients
        statements.append(len(seen))
    assert statements[1] == statements[2]
