"""Who is there changes from step to step: rungs are remembered by name, and who comes on duty hears of it."""

from datetime import datetime, timedelta

from clinics.models import CareTeam, Clinic, ClinicSafety, ClinicSettings, Membership, Message, Shift
from patients import access as patients_access
from patients import services as patient_services
from patients.models import OnCallGrant, Patient
from scoring import services
from scoring.duty import sweeper
from scoring.models import AlertTimer
from scoring.services import receipts
from tests.clinics.factories import watch, watch_always
from tests.scoring.duty.acts import (
    FRIDAY,
    OFFICE,
    again,
    answer,
    clock,
    kinds_of,
    make_due,
    rungs,
    sweep,
    told,
    warn,
)

HOUR = timedelta(hours=1)


def on_duty(member: Membership, start: datetime, hours: float) -> None:
    end = start + hours * HOUR
    Shift.objects.create(clinic=member.clinic, membership=member, kind="duty", starts_at=start, ends_at=end)


def test_the_lead_is_called_once_and_who_comes_on_duty_with_the_next(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, dan: Membership
) -> None:
    """Open from eight, the first shift from half past eight: nobody is in the pool at the first call."""
    watch(in_a, *OFFICE)
    ClinicSafety.objects.update(keeps_rota=True, lead=carol, deputy=dan)
    with clock(in_a, FRIDAY, 8) as opening:
        on_duty(alice, opening + HOUR / 2, 8)
        alert = answer(pat)
        assert (len(told(carol)), told(alice)) == (1, [])
        for hour in (1, 2):
            sweeper.judge_clinic(in_a, opening + hour * HOUR)
    assert rungs(alert) == ["deputy", "everyone"]
    assert (len(told(alice)), len(told(carol)), len(told(dan))) == (2, 2, 2)


def test_the_next_shift_hears_of_what_is_still_open(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, dan: Membership
) -> None:
    watch(in_a, *OFFICE)
    ClinicSafety.objects.update(keeps_rota=True, lead=carol)
    with clock(in_a, FRIDAY, 12) as noon:
        on_duty(alice, noon, 0.5)
        on_duty(dan, noon + HOUR / 2, 4)
        alert = answer(pat)
        assert (len(told(alice)), told(dan)) == (1, [])
        sweeper.judge_clinic(in_a, noon + HOUR)
    assert rungs(alert) == ["lead"]
    assert (len(told(alice)), len(told(carol)), len(told(dan))) == (1, 1, 1)


def test_who_saw_it_before_its_owner_was_gone_does_not_have_it(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    alert = answer(pat)
    receipts.seen(alert, carol)
    called_at = again(alert).called_at
    services.take(alert_id=alert.pk, by=alice)
    services.give_back(alert_id=alert.pk, by=alice)
    assert not receipts.is_confirmed(again(alert))
    assert again(alert).called_at == called_at  # it has waited since then
    receipts.seen(again(alert), carol)
    assert receipts.is_confirmed(again(alert))


def by_wards(clinic: Clinic, pat: Patient, *members: Membership) -> list[CareTeam]:
    """A ward for each member, the patient in the first."""
    wards = [CareTeam.objects.create(clinic=clinic, name=f"Ward {member.pk}") for member in members]
    for ward, member in zip(wards, members, strict=True):
        ward.members.create(clinic=clinic, membership=member)
    Patient.objects.filter(pk=pat.pk).update(care_team=wards[0])
    ClinicSettings.objects.update(record_scope="care_team")
    pat.refresh_from_db()
    return wards


def test_who_takes_it_through_the_broken_glass_keeps_it(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    by_wards(in_a, pat, alice, carol)
    alert = answer(pat)
    patient_services.break_glass(patient=pat, reason="She is calling me right now.", by=carol)
    services.take(alert_id=alert.pk, by=carol)
    sweep(alert)
    assert again(alert).owner == carol
    assert OnCallGrant.objects.get().membership == carol
    assert patients_access.get_patient(carol, pat.pk) == pat


def test_a_new_care_team_is_called(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, ada: Membership
) -> None:
    watch_always(in_a)
    wards = by_wards(in_a, pat, alice, carol)
    alert, low = answer(pat), warn(pat)
    receipts.seen(alert, alice)
    assert told(carol) == []
    Patient.objects.filter(pk=pat.pk).update(care_team=wards[1])
    services.tell_new_team(patient_id=pat.pk)
    assert told(carol) == [("alert", "not_taken")]
    assert not receipts.is_confirmed(again(alert))
    assert (kinds_of(alert), kinds_of(low)) == (["opened", "called"], ["opened"])
    assert set(Message.objects.filter(recipient_id=alice.pk).values_list("state", flat=True)) == {"stopped"}


def test_an_offer_and_a_snooze_may_be_over_at_the_same_moment(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    alert = warn(pat)
    services.snooze(alert_id=alert.pk, days=1, reason="Sees me on Friday.", by=alice)
    services.offer(alert_id=alert.pk, to=carol, by=alice)
    make_due(alert)
    assert sweep(alert) == 2
    stored = again(alert)
    assert (stored.offered_to, stored.snoozed_until, stored.owner) == (None, None, alice)
    assert list(AlertTimer.objects.filter(alert=alert).values_list("kind", flat=True)) == ["contact"]
    assert set(kinds_of(alert)[-2:]) == {"lapsed", "woke"}
