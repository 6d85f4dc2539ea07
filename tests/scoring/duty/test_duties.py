"""Taking, trying, reaching, handing on, setting aside: each act, then each refusal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import CareTeam, Clinic, ClinicSettings, Membership, Message
from patients.models import Patient
from scoring import services
from scoring.models import Alert, AlertEvent, AlertWords
from tests.clinics.factories import make_member, watch_always
from tests.scoring.duty.acts import (
    NOTE,
    again,
    answer,
    kinds_of,
    make_due,
    refused,
    sweep,
    timers_of,
    told,
    warn,
)


@pytest.fixture
def carol(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Carol Conrad")


@pytest.fixture(autouse=True)
def _watched(clinic_a: Clinic) -> None:
    watch_always(clinic_a)


def test_taking_starts_the_contact_timer(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    assert timers_of(alert) == {"take": 1}
    services.take(alert_id=alert.pk, by=alice)
    assert timers_of(alert) == {"contact": 1}
    assert again(alert).owner == alice


def test_what_waits_to_be_sent_stops_when_somebody_takes_it(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    alert = answer(pat)
    assert told(carol) == [("alert", "not_taken")]
    services.take(alert_id=alert.pk, by=alice)
    assert set(Message.objects.values_list("state", flat=True)) == {"stopped"}


def test_not_reached_keeps_the_timer_and_reached_stops_it(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    services.note_attempt(
        alert_id=alert.pk, was_reached=False, way="phone", whom="", text="No answer.", by=alice
    )
    assert (again(alert).state, timers_of(alert)) == ("not_reached", {"contact": 1})
    services.note_attempt(
        alert_id=alert.pk, was_reached=True, way="phone", whom="the patient", text="", by=alice
    )
    assert (again(alert).state, timers_of(alert)) == ("reached", {})
    assert again(alert).reached_at is not None
    words = AlertWords.objects.order_by("event__seq")
    assert [(row.text, row.whom) for row in words] == [("No answer.", None), (None, "the patient")]
    assert AlertEvent.objects.get(kind="missed").facts == {"way": "phone"}


def test_reached_says_who_was_spoken_to(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    with refused("whom_missing"):
        services.note_attempt(alert_id=alert.pk, was_reached=True, way="phone", whom=" ", text="", by=alice)


def test_nobody_tries_for_an_alert_that_nobody_has(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    with refused("not_now"):
        services.note_attempt(alert_id=alert.pk, was_reached=False, way="phone", whom="", text="", by=alice)


def test_an_offer_counts_once_accepted(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    services.offer(alert_id=alert.pk, to=carol, by=alice)
    assert (again(alert).owner, again(alert).offered_to) == (alice, carol)
    assert timers_of(alert) == {"contact": 1, "accept": 0}
    assert ("alert", "handed_to_you") in told(carol)
    assert services.answer_offer(alert_id=alert.pk, accepts=True, by=carol).has_changed
    assert (again(alert).owner, again(alert).offered_to) == (carol, None)
    assert timers_of(alert) == {"contact": 1}
    assert not services.answer_offer(alert_id=alert.pk, accepts=True, by=carol).has_changed


def test_a_declined_offer_and_one_nobody_answers_leave_the_owner(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    services.offer(alert_id=alert.pk, to=carol, by=alice)
    services.answer_offer(alert_id=alert.pk, accepts=False, by=carol)
    assert ("alert", "not_accepted") in told(alice)
    services.offer(alert_id=alert.pk, to=carol, by=alice)
    make_due(alert, "accept")
    assert sweep(alert) == 1
    assert (again(alert).owner, again(alert).offered_to, timers_of(alert)) == (alice, None, {"contact": 1})
    assert kinds_of(alert)[-1] == "lapsed"


def test_an_offer_is_for_its_receiver_alone(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership, bob: Membership
) -> None:
    alert = answer(pat)
    with refused("not_yours"):
        services.offer(alert_id=alert.pk, to=carol, by=alice)
    services.take(alert_id=alert.pk, by=alice)
    for nobody in (alice, bob):
        with refused("cannot_receive"):
            services.offer(alert_id=alert.pk, to=nobody, by=alice)
    services.offer(alert_id=alert.pk, to=carol, by=alice)
    assert not services.answer_offer(alert_id=alert.pk, accepts=True, by=alice).has_changed


def test_who_may_not_follow_the_patient_is_not_offered_the_alert(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    team = CareTeam.objects.create(clinic=in_a, name="Ward 1")
    team.members.create(clinic=in_a, membership=alice)
    Patient.objects.update(care_team=team)
    ClinicSettings.objects.update(record_scope="care_team")
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    with refused("cannot_receive"):
        services.offer(alert_id=alert.pk, to=carol, by=alice)


def test_who_gives_it_back_leaves_it_open_and_others_told(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    with refused("not_yours"):
        services.give_back(alert_id=alert.pk, by=carol)
    services.give_back(alert_id=alert.pk, by=alice)
    assert (again(alert).state, again(alert).owner, timers_of(alert)) == ("open", None, {"take": 1})
    assert ("alert", "open_again") in told(carol)


def test_a_warning_waits_three_times_for_working_days(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = warn(pat)
    for time in range(3):
        services.snooze(alert_id=alert.pk, days=2, reason="On holiday until then.", by=alice)
        assert (again(alert).owner, timers_of(alert)) == (alice, {"snooze": 1})
        assert again(alert).snoozes == time + 1
        make_due(alert)
        sweep(alert)
        assert (again(alert).snoozed_until, timers_of(alert)) == (None, {"contact": 1})
    assert ("alert", "snooze_over") in told(alice)
    with refused("snoozed_enough"):
        services.snooze(alert_id=alert.pk, days=1, reason="Once more.", by=alice)


def test_an_intervention_waits_once_for_four_hours(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = warn(pat, "intervention")
    services.snooze(alert_id=alert.pk, days=5, reason="In a session until noon.", by=alice)
    until = again(alert).snoozed_until
    assert until is not None
    assert abs(until - timezone.now() - timedelta(hours=4)) < timedelta(minutes=1)
    make_due(alert)
    sweep(alert)
    with refused("snoozed_enough"):
        services.snooze(alert_id=alert.pk, days=1, reason="Once more.", by=alice)


def test_the_urgent_lanes_never_wait(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    for alert in (answer(pat), services.ask_for_call(patient=pat)):
        with refused("never_snoozed"):
            services.snooze(alert_id=alert.pk, days=1, reason="Later.", by=alice)


def test_waiting_needs_a_reason_an_owner_and_days_in_range(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    alert = warn(pat)
    with refused("reason_missing"):
        services.snooze(alert_id=alert.pk, days=1, reason=" ", by=alice)
    for days in (0, 6):
        with refused("days_out_of_range"):
            services.snooze(alert_id=alert.pk, days=days, reason="Later.", by=alice)
    services.take(alert_id=alert.pk, by=carol)
    with refused("not_yours"):
        services.snooze(alert_id=alert.pk, days=1, reason="Later.", by=alice)


def test_what_gets_worse_wakes_and_returns_to_open(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = warn(pat)
    services.snooze(alert_id=alert.pk, days=1, reason="Later.", by=alice)
    warn(pat)
    assert again(alert).snoozed_until is not None
    warn(pat, "intervention")
    stored = again(alert)
    assert (stored.state, stored.owner, stored.snoozed_until, stored.severity) == (
        "open",
        None,
        None,
        "intervention",
    )
    assert timers_of(alert) == {"take": 1}
    assert kinds_of(alert) == ["opened", "snoozed", "repeated", "escalated"]


def test_a_named_receiver_lets_the_record_be_closed(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = warn(pat)
    with refused("receiver_missing"):
        services.hand_over(alert_id=alert.pk, receiver="", by=alice)
    with refused("alert_open"):
        services.settle_alerts(patient_id=pat.pk, state="discharged", by=alice)
    services.hand_over(alert_id=alert.pk, receiver="Dr Ostrom, South Clinic", by=alice)
    assert again(alert).state == "open"
    services.settle_alerts(patient_id=pat.pk, state="discharged", by=alice)
    stored = again(alert)
    assert (stored.state, stored.outcome, stored.receiver) == (
        "resolved",
        "handed_over",
        "Dr Ostrom, South Clinic",
    )
    assert timers_of(alert) == {}


def test_only_clinicians_act(in_a: Clinic, pat: Patient, alice: Membership, bob: Membership) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    acts = (
        lambda: services.give_back(alert_id=alert.pk, by=bob),
        lambda: services.offer(alert_id=alert.pk, to=alice, by=bob),
        lambda: services.answer_offer(alert_id=alert.pk, accepts=True, by=bob),
        lambda: services.snooze(alert_id=alert.pk, days=1, reason="x", by=bob),
        lambda: services.hand_over(alert_id=alert.pk, receiver="x", by=bob),
        lambda: services.propose_unreached(
            alert_id=alert.pk, note=NOTE, next_date=None, took_steps=True, by=bob
        ),
        lambda: services.confirm_unreached(alert_id=alert.pk, note=NOTE, by=bob),
        lambda: services.note_attempt(
            alert_id=alert.pk, was_reached=False, way="phone", whom="", text="", by=bob
        ),
    )
    for act in acts:
        with refused("may_not_treat"):
            act()
    assert Alert.objects.get().owner == alice


def test_who_accepted_the_last_answer_has_not_accepted_the_next(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    alert = answer(pat)
    services.hand_over(alert_id=alert.pk, receiver="Dr Ostrom, South Clinic", by=alice)
    answer(pat, 3)
    with refused("alert_open"):
        services.settle_alerts(patient_id=pat.pk, state="transferred", by=alice)
