"""Two records of one person become one, or the merge is refused."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinics import keys, tenancy
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership
from inference.models import Reading
from inference.services import contest_reading
from patients import services
from patients.models import Capture, CheckIn, Consent, Patient, Purpose
from scoring.models import Alert, PatientStanding, PeriodScore
from tests.inference import photos
from tests.patients.factories import make_check_in, make_patient
from tests.patients.questionnaires.forms import answer, make_round
from tests.patients.test_guardians import act, codes
from tests.scoring.factories import add_days_of, store_reading


@pytest.fixture
def twin(clinic_a: Clinic) -> Patient:
    """The same person, admitted once more, without an account."""
    with tenancy.enter(clinic_a.pk):
        twin = services.admit_patient(
            clinic=clinic_a, name="P. Petersen", phone="0123 456", by=services.WORKER
        )
        services.record_notices(patient=twin, by=twin)
        services.grant_consent(patient=twin, purpose=Purpose.FACIAL_ANALYSIS, by=twin)
        services.grant_consent(patient=twin, purpose=Purpose.IMAGE_RETENTION, by=twin)
    return twin


def merge(alice: Membership, keep: Patient, double: Patient) -> Any:
    return act(alice, keep, "merge", double=double.record_number, is_sure="on")


def test_check_ins_photos_and_readings_move_and_can_be_read(
    pat: Patient, twin: Patient, alice: Membership
) -> None:
    make_check_in(pat, mood=7, note="mine")
    note = make_check_in(twin, mood=2, note="from the double")
    kept = _kept_photo(twin)
    assert merge(alice, pat, twin).status_code == 302
    keys.forget()
    with tenancy.enter(pat.clinic_id):
        rows = CheckIn.objects.filter(patient=pat).order_by("submitted_at")
        assert [row.note for row in rows] == ["mine", "from the double", None]
        assert Capture.objects.get(pk=kept.pk).image == photos.selfie()
        assert not CheckIn.objects.filter(patient=twin).exists()
        found = Patient.objects.get(pk=twin.pk)
        assert (found.state, found.merged_into_id) == ("merged", pat.pk)
        assert Patient.objects.get(pk=pat.pk).phone == "0123 456"
        logged = AccessLogEntry.objects.filter(action__in=["patient.merged", "patient.took_in_double"])
        assert {row.patient_id for row in logged} == {pat.pk, twin.pk}
    assert note.pk


def _kept_photo(patient: Patient) -> Capture:
    """A photo that was read and is kept, as the worker leaves it."""
    capture = make_check_in(patient, image=photos.selfie()).capture
    with tenancy.enter(patient.clinic_id):
        ClinicSettings.objects.update(image_retention_days=7)
        services.finish_capture(capture=capture, clean_image=photos.selfie())
    return capture


def test_what_was_moved_survives_the_double_keys_end(pat: Patient, twin: Patient, alice: Membership) -> None:
    """Nothing of the moved rows may still hang on the double's key."""
    make_check_in(twin, note="from the double")
    kept = _kept_photo(twin)
    merge(alice, pat, twin)
    with tenancy.enter(pat.clinic_id):
        keys.drop(twin.sealed_under())
        keys.forget()
        assert CheckIn.objects.get(note__isnull=False).note == "from the double"
        assert Capture.objects.get(pk=kept.pk).image == photos.selfie()


def test_scores_are_made_anew(pat: Patient, twin: Patient, alice: Membership) -> None:
    add_days_of(twin, "happy", 6)
    store_reading(twin, "happy")
    with tenancy.enter(pat.clinic_id):
        assert PeriodScore.objects.filter(patient=twin).exists()
    merge(alice, pat, twin)
    with tenancy.enter(pat.clinic_id):
        assert Reading.objects.filter(patient=pat).count() == 7
        assert PeriodScore.objects.filter(patient=pat).exists()
        assert not PeriodScore.objects.filter(patient=twin).exists()
        assert not PatientStanding.objects.filter(patient=twin).exists()


def test_the_ledger_stays_and_a_no_of_either_holds(pat: Patient, twin: Patient, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        services.withdraw_consent(patient=twin, purpose=Purpose.FACIAL_ANALYSIS, by=twin)
        before = list(Consent.objects.filter(patient=twin).values_list("pk", flat=True))
    merge(alice, pat, twin)
    with tenancy.enter(pat.clinic_id):
        assert list(Consent.objects.filter(patient=twin).values_list("pk", flat=True)) == before
        assert not services.has_consent(pat, Purpose.FACIAL_ANALYSIS)
        assert not services.has_consent(pat, Purpose.IMAGE_RETENTION)


def test_two_accounts_are_two_people(pat: Patient, alice: Membership, clinic_a: Clinic) -> None:
    other = make_patient(clinic_a, "Pete Petersen")
    assert codes(merge(alice, pat, other), "merge") == ["two_accounts"]


def test_what_is_unsafe_is_refused_and_changes_nothing(
    pat: Patient, twin: Patient, alice: Membership
) -> None:
    make_check_in(twin, note="stays")
    make_check_in(twin, image=photos.selfie())
    assert codes(merge(alice, pat, twin), "merge") == ["photo_waiting"]
    act(alice, twin, "legal_status", legal_status="detained")
    assert codes(merge(alice, pat, twin), "merge") == ["two_standings"]
    assert codes(merge(alice, pat, pat), "merge") == ["same_record"]
    with tenancy.enter(pat.clinic_id):
        assert CheckIn.objects.filter(patient=twin).count() == 2


def test_different_dates_of_birth_are_two_people(clinic_a: Clinic, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        first, second = (
            services.admit_patient(clinic=clinic_a, name="P", birth_date=born, by=alice)
            for born in ("1980-01-01", "1981-01-01")
        )
    assert codes(merge(alice, first, second), "merge") == ["two_birth_dates"]


def test_a_double_of_another_clinic_does_not_exist(
    pat: Patient, alice: Membership, mallory: Membership
) -> None:
    with tenancy.enter(mallory.clinic_id):
        for _ in range(3):
            foreign = services.admit_patient(clinic=mallory.clinic, name="F", by=mallory)
    assert codes(merge(alice, pat, foreign), "merge") == ["no_such_record"]


def test_a_double_is_never_readmitted_nor_left_without_its_record(
    pat: Patient, twin: Patient, alice: Membership
) -> None:
    merge(alice, pat, twin)
    assert codes(act(alice, twin, "readmit", is_sure="on"), "readmit") == ["merged"]
    with (
        tenancy.enter(pat.clinic_id),
        pytest.raises(IntegrityError, match="a_double_names_its_record"),
        transaction.atomic(),
    ):
        Patient.objects.filter(pk=twin.pk).update(merged_into=None)


def test_papers_of_the_double_are_not_lost_from_sight(pat: Patient, twin: Patient, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        services.save_emergency_card(
            patient=twin, phone="", contacts=[], safety_plan="Call the sister.", by=alice
        )
    assert codes(merge(alice, pat, twin), "merge") == ["papers_of_double"]


def test_a_contested_reading_of_the_double_is_not_carried_over(
    pat: Patient, twin: Patient, alice: Membership
) -> None:
    reading = store_reading(twin, "sad")
    with tenancy.enter(pat.clinic_id):
        contest_reading(patient=twin, reading_id=reading.pk)
    assert codes(merge(alice, pat, twin), "merge") == ["contested"]


def test_a_wish_to_be_erased_and_a_pause_are_not_lost_in_a_merge(
    pat: Patient, twin: Patient, alice: Membership
) -> None:
    with tenancy.enter(pat.clinic_id):
        services.restrict_processing(patient=twin, by=twin)
    assert codes(merge(alice, pat, twin), "merge") == ["one_is_paused"]
    with tenancy.enter(pat.clinic_id):
        services.lift_restriction(patient=twin, by=twin)
        services.request_erasure(patient=twin, by=twin)
    assert codes(merge(alice, pat, twin), "merge") == ["erasure_open"]


def test_a_last_question_left_open_in_the_double_is_told_of_the_record_that_stays(
    pat: Patient, alice: Membership, clinic_a: Clinic
) -> None:
    """A half-filled PHQ-9 ends with the merge: never imputed, and never quiet."""
    double = make_patient(clinic_a, "Petra Petersen")
    half = make_round(double)
    answer(half, {"1": 3, "2": 3})
    with tenancy.enter(pat.clinic_id):
        Patient.objects.filter(pk=double.pk).update(user=None)
    assert merge(alice, pat, double).status_code == 302
    with tenancy.enter(pat.clinic_id):
        alert = Alert.objects.unresolved().get(rule="item_9_open")
        assert (alert.patient_id, alert.facts) == (pat.pk, {"round": str(half.pk)})
