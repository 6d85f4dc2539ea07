"""A legal hold stops every erasure, also where the owner's functions are called past the program."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import erasure, services, tasks
from patients.models import Erasure, LegalHold, Patient
from tests.patients.erasing.acts import erase, tables_with, wish_for

BY = System("test")


@pytest.mark.commits
def test_a_legal_hold_stops_it_at_the_request_and_at_the_run(north: Clinic, pat: Patient) -> None:
    wish = wish_for(north, pat)
    with tenancy.enter(north.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        assert LegalHold.objects.get().reason == "Court file 7"
        with pytest.raises(DomainError, match="already_held"):
            services.place_legal_hold(patient=pat, reason="again", by=BY)
        with pytest.raises(DomainError, match="reason_missing"):
            services.place_legal_hold(patient=pat, reason=" ", by=BY)
    tasks.erase_due()
    with tenancy.enter(north.pk):
        wish.refresh_from_db()
        assert (wish.state, wish.waits_for) == (Erasure.State.CONFIRMED, "legal_hold")
        services.cancel_erasure(wish=wish, by=pat)
        with pytest.raises(DomainError, match="legal_hold"):
            services.request_erasure(patient=pat, by=pat)
        services.lift_legal_hold(patient=pat, reason="done", by=BY)
        with pytest.raises(DomainError, match="no_hold"):
            services.lift_legal_hold(patient=pat, reason="done", by=BY)
    erase(north, pat)
    assert tables_with(north, pat) == set(erasure.KEPT)


def erase_rows(wish: Erasure, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_rows(%s, %s)", [wish.pk, table])


@pytest.mark.commits
@pytest.mark.parametrize("table", ["patients_consent", "patients_noticeshown", "scoring_alertevent"])
def test_the_owners_function_erases_nothing_that_is_held(north: Clinic, pat: Patient, table: str) -> None:
    """Called by the runtime role for an erasure that is running: past every check of the program."""
    wish = wish_for(north, pat)
    with tenancy.enter(north.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        Erasure.objects.filter(pk=wish.pk).update(state="running")
        with pytest.raises(ProgrammingError, match="a legal hold is in force"), transaction.atomic():
            erase_rows(wish, table)
        services.lift_legal_hold(patient=pat, reason="done", by=BY)
        erase_rows(wish, table)


@pytest.mark.commits
def test_a_hold_in_force_is_not_deleted_and_the_patient_not_either(north: Clinic, pat: Patient) -> None:
    with tenancy.enter(north.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        with pytest.raises(ProgrammingError, match="stays with its record"), transaction.atomic():
            LegalHold.objects.all().delete()
        services.lift_legal_hold(patient=pat, reason="done", by=BY)
    erase(north, pat)


@pytest.mark.commits
def test_a_hold_is_of_the_person_whichever_record_carries_it(north: Clinic, pat: Patient) -> None:
    with tenancy.enter(north.pk):
        alice = Membership.objects.get(role="clinician")
        double = services.admit_patient(clinic=north, name="P. Petersen", by=alice)
        services.merge_patients(keep=pat, double=double, by=alice)
        for held, other in ((pat, double), (double, pat)):
            services.place_legal_hold(patient=held, reason="Court file 7", by=BY)
            with pytest.raises(DomainError, match="legal_hold"):
                services.request_erasure(patient=other, by=BY)
            with pytest.raises(DomainError, match="already_held"):
                services.place_legal_hold(patient=other, reason="again", by=BY)
            wish = Erasure.objects.create(
                clinic=north,
                patient_id=other.pk,
                extent="everything",
                state="running",
                requested_by="test",
                due_at=timezone.now(),
            )
            with pytest.raises(ProgrammingError, match="a legal hold is in force"), transaction.atomic():
                erase_rows(wish, "patients_consent")
            wish.delete()
            services.lift_legal_hold(patient=other, reason="done", by=BY)
        assert not LegalHold.objects.in_force().exists()


@pytest.mark.commits
def test_what_an_older_dump_brings_back_is_erased_again_though_it_was_held_then(
    north: Clinic, pat: Patient
) -> None:
    """It was certified once: so the hold in the dump had been lifted since."""
    wish = wish_for(north, pat)
    with tenancy.enter(north.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        Erasure.objects.filter(pk=wish.pk).update(state="running")
    done = services.run_erasure(clinic=north, erasure_id=wish.pk, is_replay=True)
    assert done.state == Erasure.State.FINISHED
    assert tables_with(north, pat) == set(erasure.KEPT)
    with tenancy.enter(north.pk):
        assert AccessLogEntry.objects.filter(action="legal_hold.lifted", patient_id=pat.pk).exists()
