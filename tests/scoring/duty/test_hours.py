"""What the hours of a clinic make of the timers: a promise of a day is kept on that day."""

from datetime import timedelta

import pytest

from clinics.models import Clinic, ClinicSafety, Lane, Membership
from patients.models import Patient
from scoring import services
from scoring.duty import digests, sweeper
from scoring.models import AlertTimer
from tests.clinics.factories import make_member, watch, watch_always
from tests.scoring.duty.acts import FRIDAY, OFFICE, answer, clock, kinds_of, told, warn

HOUR = timedelta(hours=1)


@pytest.fixture
def carol(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Carol Conrad")


def test_spoken_to_the_same_day_is_asked_for_on_that_day(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch(in_a, *OFFICE)
    ClinicSafety.objects.update(lead=carol)
    with clock(in_a, FRIDAY, 9) as morning:
        alert = answer(pat)
        services.take(alert_id=alert.pk, by=alice)
    due = AlertTimer.objects.get(alert=alert).due_at.astimezone(in_a.zone)
    assert (due.date(), due.hour) == (FRIDAY.date(), 17)
    for hour in range(15):
        sweeper.judge_clinic(in_a, morning + hour * HOUR)
    assert kinds_of(alert)[2:] == ["overdue"]
    assert ("alert", "not_reached") in told(alice)
    assert ("alert", "not_reached") in told(carol)


@pytest.mark.parametrize(
    ("taken", "due"),
    [
        ((8, 30), (0, 17, 0)),
        ((16, 30), (0, 17, 30)),  # an hour at least
        ((17, 0), (0, 17, 50)),  # at the closing itself nobody is there any more
        ((17, 40), (0, 17, 50)),
        ((17, 50), (3, 8, 50)),  # too late to hand on: an hour of cover
        ((20, 0), (3, 9, 0)),
    ],
)
def test_a_late_one_is_due_while_somebody_is_there(
    in_a: Clinic, pat: Patient, alice: Membership, taken: tuple[int, int], due: tuple[int, int, int]
) -> None:
    watch(in_a, *OFFICE)
    with clock(in_a, FRIDAY, *taken):
        alert = answer(pat)
        services.take(alert_id=alert.pk, by=alice)
    found = AlertTimer.objects.get(alert=alert).due_at.astimezone(in_a.zone)
    assert ((found.date() - FRIDAY.date()).days, found.hour, found.minute) == due


@pytest.mark.parametrize(("hour", "is_day"), [(7, False), (8, True), (17, True), (18, False)])
def test_without_declared_hours_the_digest_goes_out_by_day(
    in_a: Clinic, pat: Patient, alice: Membership, hour: int, is_day: bool
) -> None:
    watch(in_a, *OFFICE, lanes=[Lane.ITEM_9, Lane.CALL])
    with clock(in_a, FRIDAY, hour) as now:
        warn(pat)
        digests.queue_for(in_a, now)
    assert bool(told(alice)) is is_day


def test_hours_that_open_earlier_wake_what_waits_for_an_opening(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    watch(in_a, *OFFICE)
    with clock(in_a, FRIDAY, 19) as evening:
        alert = answer(pat)
    sweeper.judge_clinic(in_a, evening + HOUR)
    assert (kinds_of(alert), told(alice)) == (["opened"], [])
    watch_always(in_a)
    sweeper.judge_clinic(in_a, evening + 2 * HOUR)
    assert (kinds_of(alert), told(alice)) == (["opened", "called"], [("alert", "not_taken")])
    assert AlertTimer.objects.get(alert=alert).due_at == evening + 3 * HOUR


def test_hours_that_open_earlier_bring_the_next_step_nearer(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    watch(in_a, *OFFICE)
    with clock(in_a, FRIDAY, 17, 30) as evening:
        alert = answer(pat)
    timer = AlertTimer.objects.get(alert=alert)
    sweeper.judge_clinic(in_a, evening + HOUR)
    timer.refresh_from_db()
    assert timer.due_at > evening + 48 * HOUR
    watch_always(in_a)
    sweeper.judge_clinic(in_a, evening + 2 * HOUR)
    timer.refresh_from_db()
    assert (timer.due_at, timer.step) == (evening + 3 * HOUR, 1)
