"""The second net alone: raw rows, the runtime role, no gate in front."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinics import tenancy
from clinics.models import CareTeam, CareTeamMember, Clinic, Membership
from patients.models import Patient


def test_rows_of_the_entered_clinic_are_seen_and_no_others(
    clinic_a: Clinic, clinic_b: Clinic, alice: Membership, mallory: Membership
) -> None:
    with tenancy.enter(clinic_a.pk):
        assert set(Membership.objects.values_list("clinic_id", flat=True)) == {clinic_a.pk}
    with tenancy.enter(clinic_b.pk):
        assert set(Membership.objects.values_list("clinic_id", flat=True)) == {clinic_b.pk}


def test_outside_every_clinic_there_are_no_rows(pat: Patient) -> None:
    assert Patient.objects.count() == 0
    assert Membership.objects.count() == 0


def test_leaving_an_inner_clinic_puts_the_outer_one_back(clinic_a: Clinic, clinic_b: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        with tenancy.enter(clinic_b.pk):
            assert tenancy.current().clinic_id == clinic_b.pk
        assert set(Membership.objects.values_list("clinic_id", flat=True)) == {clinic_a.pk}


def test_an_error_inside_puts_the_outer_clinic_back(clinic_a: Clinic, clinic_b: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        with pytest.raises(DatabaseError), tenancy.enter(clinic_b.pk):
            connection.cursor().execute("SELECT 1/0")
        assert set(Membership.objects.values_list("clinic_id", flat=True)) == {clinic_a.pk}


def test_a_row_cannot_be_written_into_another_clinic(clinic_a: Clinic, clinic_b: Clinic) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), tenancy.enter(clinic_a.pk):
        CareTeam.objects.create(clinic=clinic_b, name="stray")


def test_a_reference_cannot_point_into_another_clinic(clinic_a: Clinic, mallory: Membership) -> None:
    with tenancy.enter(clinic_a.pk), connection.cursor() as cursor:
        team = CareTeam.objects.create(clinic=clinic_a, name="day ward")
        CareTeamMember.objects.create(clinic=clinic_a, care_team=team, membership_id=mallory.pk)
        with pytest.raises(IntegrityError, match="in_clinic"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_a_person_finds_their_own_clinics_before_one_is_chosen(
    alice: Membership, mallory: Membership, clinic_a: Clinic
) -> None:
    with tenancy.as_person(alice.user_id):
        assert list(Membership.objects.values_list("pk", flat=True)) == [alice.pk]
    with tenancy.as_person(uuid.uuid4()):
        assert not Membership.objects.exists()


def test_inside_a_clinic_being_a_person_shows_nothing_more(
    alice: Membership, clinic_b: Clinic, clinic_a: Clinic
) -> None:
    with tenancy.as_person(alice.user_id), tenancy.enter(clinic_b.pk):
        assert not Membership.objects.filter(user_id=alice.user_id).exists()
