"""The last question of the PHQ-9: heard at once, never lost, resolved only with who spoke to whom."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinics.models import Clinic, Membership
from patients import services as patient_services
from patients.models import Patient
from scoring import services
from scoring.models import Alert, AlertEvent, AlertSeen
from scoring.services import item_nine, receipts
from tests.clinics.factories import make_member, watch_always
from tests.scoring.duty.acts import (
    FRIDAY,
    NOTE,
    again,
    answer,
    clock,
    kinds_of,
    refused,
    saved,
    spoken,
    timers_of,
    told,
)


@pytest.fixture
def carol(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Carol Conrad")


@pytest.fixture(autouse=True)
def _watched(clinic_a: Clinic) -> None:
    watch_always(clinic_a)


def tomorrow() -> date:
    return (timezone.now() + timedelta(days=1)).date()


@pytest.mark.parametrize("value", [1, 2, 3])
def test_every_answer_above_0_is_the_same_alert(
    in_a: Clinic, pat: Patient, alice: Membership, value: int
) -> None:
    alert = answer(pat, value)
    assert (alert.rule, alert.lane, alert.severity, alert.state) == ("item_9", "item_9", "urgent", "open")
    assert told(alice) == [("alert", "not_taken")]
    assert str(value) not in {str(fact) for fact in alert.facts.values()}


def test_a_further_answer_returns_it_to_open_and_rings_again(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    assert answer(pat, 1).pk == alert.pk
    assert (again(alert).state, again(alert).owner, timers_of(alert)) == ("open", None, {"take": 1})
    assert ("alert", "answered_again") in told(alice)
    assert kinds_of(alert) == ["opened", "taken", "repeated"]


def test_the_same_answer_is_heard_once(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    answer_id = uuid.uuid4()
    alert = answer(pat, answer_id=answer_id)
    services.take(alert_id=alert.pk, by=alice)
    answer(pat, answer_id=answer_id)
    assert (again(alert).state, kinds_of(alert)) == ("taken", ["opened", "taken"])


def test_a_later_0_is_shown_and_not_obeyed(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    answer(pat, 0)
    assert (again(alert).state, kinds_of(alert), timers_of(alert)) == (
        "open",
        ["opened", "changed"],
        {"take": 1},
    )


def test_a_0_alone_raises_nothing(in_a: Clinic, pat: Patient) -> None:
    assert saved(pat, 0) is None
    assert not Alert.objects.exists()


def test_a_last_question_left_open_is_its_own_warning(in_a: Clinic, pat: Patient) -> None:
    alert = item_nine.left_open(patient_id=pat.pk, round_id=uuid.uuid4())
    assert alert is not None
    assert (alert.rule, alert.lane, alert.severity) == ("item_9_open", "routine", "warning")


def test_an_answer_after_the_discharge_is_heard(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    patient_services.discharge_patient(patient=pat, by=alice)
    assert answer(pat).state == "open"


def test_nothing_is_raised_of_the_dead(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    answer(pat)
    patient_services.record_death(patient=pat, by=alice)
    assert Alert.objects.get().outcome == "died"
    assert saved(pat, 3) is None


def test_withdrawn_consent_closes_no_alert_and_is_none(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    patient_services.withdraw_consent(patient=pat, purpose="facial_analysis", by=pat)
    assert again(alert).state == "open"
    assert Alert.objects.count() == 1


def test_it_is_resolved_with_who_spoke_to_whom_and_the_next_date(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    alert = answer(pat)
    services.resolve(
        alert_id=alert.pk,
        note=NOTE,
        by=alice,
        outcome="spoken",
        spoken=spoken(alice),
        next_date=tomorrow(),
    )
    stored = again(alert)
    assert (stored.state, stored.spoken_by, stored.spoken_with) == ("resolved", alice, "the patient")
    assert timers_of(alert) == {}


def test_without_these_it_is_not_resolved(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    early, late = timezone.now() - timedelta(hours=2), timezone.now() + timedelta(hours=1)
    refusals = {
        "not_spoken": {},
        "unknown_outcome": {"outcome": "not_reached"},
        "next_date_missing": {"outcome": "spoken", "spoken": spoken(alice)},
        "in_the_past": {
            "outcome": "spoken",
            "spoken": spoken(alice),
            "next_date": early.date() - timedelta(days=2),
        },
        "before_the_call": {"outcome": "spoken", "spoken": spoken(alice, at=early), "next_date": tomorrow()},
        "in_the_future": {"outcome": "spoken", "spoken": spoken(alice, at=late), "next_date": tomorrow()},
        "whom_missing": {"outcome": "spoken", "spoken": spoken(alice, whom=""), "next_date": tomorrow()},
    }
    for code, given in refusals.items():
        with refused(code):
            services.resolve(alert_id=alert.pk, note=NOTE, by=alice, **given)  # type: ignore[arg-type]
    with refused("not_spoken"):
        services.resolve(alert_id=alert.pk, note=NOTE, by=alice, outcome="no_contact")
    assert again(alert).state == "open"


def test_what_was_said_before_the_newest_answer_does_not_answer_it(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    """Nobody speaks to a patient four minutes before they are asked to; people write minutes."""
    with clock(in_a, FRIDAY, 14, 0):
        first = answer(pat).called_seq
    with clock(in_a, FRIDAY, 14, 4) as now:
        alert = again(answer(pat, 3))
    own = {"alert_id": alert.pk, "note": NOTE, "by": alice, "outcome": "spoken"}
    with clock(in_a, FRIDAY, 14, 5):
        before = own | {"spoken": spoken(alice, at=now - timedelta(minutes=4)), "next_date": FRIDAY.date()}
        after = own | {"spoken": spoken(alice, at=now), "next_date": FRIDAY.date()}
        with refused("before_the_call"):
            services.resolve(**before)  # type: ignore[arg-type]
        with refused("called_again"):
            services.resolve(**after, called_seq=first)  # type: ignore[arg-type]
        assert services.resolve(**after, called_seq=alert.called_seq).has_changed  # type: ignore[arg-type]


def test_not_reached_needs_attempts_steps_and_a_second_clinician(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    alert = answer(pat)
    given = {"alert_id": alert.pk, "note": "No answer, police asked.", "next_date": tomorrow(), "by": alice}
    services.take(alert_id=alert.pk, by=alice)
    with refused("no_attempt"):
        services.propose_unreached(**given, took_steps=True)  # type: ignore[arg-type]
    services.note_attempt(alert_id=alert.pk, was_reached=False, way="phone", whom="", text="", by=alice)
    with refused("not_proposed"):
        services.confirm_unreached(alert_id=alert.pk, note=NOTE, by=carol)
    with refused("steps_missing"):
        services.propose_unreached(**given, took_steps=False)  # type: ignore[arg-type]
    services.propose_unreached(**given, took_steps=True)  # type: ignore[arg-type]
    assert (again(alert).state, timers_of(alert)) == ("not_reached", {"contact": 1})
    with refused("second_needed"):
        services.confirm_unreached(alert_id=alert.pk, note=NOTE, by=alice)
    services.confirm_unreached(alert_id=alert.pk, note="I agree.", by=carol)
    stored = again(alert)
    assert (stored.outcome, stored.unreached_by, stored.resolved_by) == ("not_reached", alice, carol)
    assert stored.note == "No answer, police asked.\n\nI agree."


def test_an_answer_ends_a_proposal(in_a: Clinic, pat: Patient, alice: Membership, carol: Membership) -> None:
    alert = answer(pat)
    services.take(alert_id=alert.pk, by=alice)
    services.note_attempt(alert_id=alert.pk, was_reached=False, way="phone", whom="", text="", by=alice)
    services.propose_unreached(
        alert_id=alert.pk,
        note=NOTE,
        next_date=tomorrow(),
        took_steps=True,
        by=alice,
    )
    answer(pat, 3)
    with refused("not_proposed"):
        services.confirm_unreached(alert_id=alert.pk, note=NOTE, by=carol)


def test_the_database_itself_asks_who_spoke(in_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = answer(pat)
    row = Alert.objects.filter(pk=alert.pk)
    given = {"state": "resolved", "resolved_by": alice, "resolved_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(**given, outcome="spoken")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(snoozed_until=timezone.now())


def test_told_is_said_only_after_a_receipt(
    in_a: Clinic, pat: Patient, alice: Membership, bob: Membership
) -> None:
    alert = answer(pat)
    assert not receipts.is_confirmed(alert)
    receipts.seen(alert, bob)  # an observer can do nothing about it
    assert not receipts.is_confirmed(alert)
    receipts.seen(alert, alice)
    receipts.seen(alert, alice)
    assert receipts.is_confirmed(alert)
    answer(pat, 1)
    assert not receipts.is_confirmed(again(alert))
    services.take(alert_id=alert.pk, by=alice)
    assert receipts.is_confirmed(again(alert))
    assert AlertSeen.objects.count() == 2


def test_the_door_and_the_answer_stand_in_the_history(in_a: Clinic, pat: Patient) -> None:
    answer_id = uuid.uuid4()
    answer(pat, answer_id=answer_id)
    assert AlertEvent.objects.get().facts["answer"] == str(answer_id)
    assert AlertEvent.objects.get().facts["door"] == "page"
