"""Queueing: one row for each channel, once for each key, nothing but what its kind may say."""

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from clinics import messages, tenancy
from clinics.messages import ForbiddenFactError
from clinics.models import Clinic, Membership, Message
from patients.models import Patient
from tests.clinics.messages.acts import facts, queue


def test_a_message_to_a_member_is_one_row_by_mail(alice: Membership) -> None:
    rows = queue(alice)
    assert [(row.channel, row.state, row.is_urgent) for row in rows] == [("email", "queued", False)]


@pytest.mark.parametrize(("lane", "is_urgent"), [("item_9", True), ("call", True), ("face", False)])
def test_the_urgent_lanes_go_first(alice: Membership, lane: str, is_urgent: bool) -> None:
    assert queue(alice, facts=facts(lane=lane))[0].is_urgent is is_urgent


def test_the_same_key_is_queued_once_for_each_person(alice: Membership, bob: Membership) -> None:
    first = queue(alice)
    assert queue(alice) == first
    assert queue(bob) != first
    with tenancy.enter(alice.clinic_id):
        assert Message.objects.count() == 2


def test_a_rolled_back_act_sends_nothing(alice: Membership) -> None:
    with tenancy.enter(alice.clinic_id):
        with transaction.atomic():
            queue(alice)
            transaction.set_rollback(True)
        assert not Message.objects.exists()


def test_who_has_left_gets_none(alice: Membership) -> None:
    with tenancy.enter(alice.clinic_id):
        Membership.objects.filter(pk=alice.pk).update(is_active=False)
    assert queue(alice) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "Pat Petersen"},
        {"number": True},
        {"number": -1},
        {"since": "yesterday"},
        {"since": "2026-11-29T09:00:00"},
        {"state": "severe"},
        {"lane": "high risk"},
        {"path": "https://elsewhere.example/"},
        {"path": "//elsewhere.example/"},
        {"path": "/c/north/?q=Pat Petersen"},
        {"name": "Pat Petersen"},
        {"note": "I cannot sleep"},
    ],
)
def test_nothing_but_the_facts_of_its_kind(alice: Membership, wrong: dict[str, Any]) -> None:
    with pytest.raises(ForbiddenFactError) as refusal:
        queue(alice, facts=facts(**wrong))
    assert "Pat" not in str(refusal.value)
    assert "sleep" not in str(refusal.value)


def test_a_missing_fact_is_refused(alice: Membership) -> None:
    with pytest.raises(ForbiddenFactError):
        queue(alice, facts={"number": 1})


def test_thousands_are_queued_in_a_few_queries(
    alice: Membership, bob: Membership, django_assert_max_num_queries: Any
) -> None:
    drafts = [
        messages.Draft(to=person, kind=messages.Kind.ALERT, dedupe_key=f"alert:{number}", facts=facts())
        for number in range(500)
        for person in (alice, bob)
    ]
    with tenancy.enter(alice.clinic_id), django_assert_max_num_queries(8):
        assert messages.queue_many(clinic_id=alice.clinic_id, drafts=drafts) == 1000
    with tenancy.enter(alice.clinic_id):
        assert messages.queue_many(clinic_id=alice.clinic_id, drafts=drafts) == 1000
        assert Message.objects.count() == 1000


def test_stopping_for_a_patient_ends_what_waits_to_and_about_them(
    alice: Membership, pat: Patient, clinic_a: Clinic
) -> None:
    about = queue(alice, "about", about=pat.pk)[0]
    other = queue(alice, "other", about=uuid.uuid4())[0]
    with tenancy.enter(clinic_a.pk):
        assert messages.stop_for(pat.pk, why="death") == 1
        assert [Message.objects.get(pk=row.pk).state for row in (about, other)] == ["stopped", "queued"]
        assert Message.objects.get(pk=about.pk).why == "death"


def test_stopping_can_leave_members_what_waits_for_them(alice: Membership, pat: Patient) -> None:
    queue(alice, about=pat.pk)
    with tenancy.enter(alice.clinic_id):
        assert messages.stop_for(pat.pk, and_to_staff=False) == 0


def test_what_waits_under_a_key_is_stopped_with_it(alice: Membership) -> None:
    queue(alice, "alert:1:take:1")
    queue(alice, "alert:1:take:2")
    kept = queue(alice, "alert:2:take:1")[0]
    with tenancy.enter(alice.clinic_id):
        assert messages.stop(clinic_id=alice.clinic_id, dedupe_prefix="alert:1:") == 2
        assert list(Message.objects.waiting()) == [kept]


def test_received_is_what_somebody_opened(alice: Membership) -> None:
    row = queue(alice, "alert:1:take:1")[0]
    with tenancy.enter(alice.clinic_id):
        Message.objects.filter(pk=row.pk).update(state="sent", ended_at=timezone.now())
        assert not messages.was_received(alice.clinic_id, "alert:1:")
        assert messages.confirm_receipt(row)
        assert not messages.confirm_receipt(row)
        assert messages.was_received(alice.clinic_id, "alert:1:")
        assert not messages.was_received(alice.clinic_id, "alert:2:")
