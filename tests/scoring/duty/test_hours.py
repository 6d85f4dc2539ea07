"""What the hours of a clinic make of the timers: a promise of a day is kept on that day."""

from datetime import timedelta

import pytest

from clinics.models import Clinic, ClinicSafety, Membership
from patients.models import Patient
from scoring import services
from scoring.duty import sweeper
from scoring.models import AlertTimer
from tests.clinics.factories import make_member, watch
from tests.scoring.duty.acts import FRIDAY, OFFICE, answer, clock, kinds_of, told

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
