"""Many rows by one statement: as the model would have saved them, in the clinic, and nothing encrypted."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, transaction
from django.utils import timezone

from clinics import many_rows
from clinics.models import Clinic, Membership, Message
from patients.models import LeftNote, Patient
from tests.clinics.factories import make_clinic

FACTS = {"count": 3, "path": "/c/north/", "words": 'a "quoted" \\ % line\nand ü'}


def row(clinic: Clinic, member: Membership, key: str) -> dict[str, object]:
    return {
        "clinic_id": clinic.pk,
        "to": Message.To.STAFF,
        "recipient_id": member.pk,
        "channel": "email",
        "kind": "digest",
        "dedupe_key": key,
        "facts": FACTS,
    }


def test_rows_are_as_the_model_would_have_saved_them(in_a: Clinic, alice: Membership) -> None:
    many_rows.insert(Message, [row(in_a, alice, key) for key in ("1", "2")])
    Message(**row(in_a, alice, "3")).save(force_insert=True)
    made: list[dict[str, Any]] = [dict(one) for one in Message.objects.order_by("dedupe_key").values()]
    for one in made:
        moments = one.pop("created_at"), one.pop("next_try_at")
        assert all(timezone.now() - at < timedelta(minutes=1) for at in moments)
    ids = {one.pop("id") for one in made}
    keys = [one.pop("dedupe_key") for one in made]
    assert (len(ids), keys) == (3, ["1", "2", "3"])
    assert made[0] == made[1] == made[2]


def test_what_is_there_already_is_left_as_it_is(in_a: Clinic, alice: Membership) -> None:
    many_rows.insert(Message, [row(in_a, alice, "1")])
    Message.objects.update(state="sent", ended_at=timezone.now())
    many_rows.insert(Message, [row(in_a, alice, "1"), row(in_a, alice, "2")], ignore_conflicts=True)
    assert list(Message.objects.order_by("dedupe_key").values_list("state", flat=True)) == ["sent", "queued"]


def test_another_clinics_row_is_refused(in_a: Clinic, alice: Membership) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        many_rows.insert(Message, [row(make_clinic("south"), alice, "1")])


def test_rows_are_changed_by_id_and_no_others(in_a: Clinic, alice: Membership) -> None:
    many_rows.insert(Message, [row(in_a, alice, key) for key in ("1", "2", "3")])
    chosen, at = list(Message.objects.exclude(dedupe_key="2")), timezone.now() + timedelta(days=1)
    changes = [{"id": one.pk, "clinic_id": in_a.pk, "attempts": 7, "next_try_at": at} for one in chosen]
    many_rows.update(Message, changes, ["attempts", "next_try_at"])
    found = Message.objects.order_by("dedupe_key").values_list("attempts", "next_try_at")
    assert [(attempts, moment == at) for attempts, moment in found] == [(7, True), (0, False), (7, True)]


def test_encrypted_columns_are_refused(in_a: Clinic) -> None:
    with pytest.raises(FieldError, match="encrypted"):
        many_rows.insert(Patient, [{"clinic_id": in_a.pk, "name": "in plain"}])


def test_rows_are_found_among_ids(in_a: Clinic, pat: Patient) -> None:
    assert Patient.objects.filter(pk__in=many_rows.among([pat.pk])).count() == 1
    assert Patient.objects.filter(pk__in=many_rows.among([])).count() == 0
    assert LeftNote.objects.filter(patient__in=many_rows.among({pat.pk})).count() == 0


def test_nothing_is_no_statement(in_a: Clinic, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        many_rows.insert(Message, [])
        many_rows.update(Message, [], ["attempts"])
