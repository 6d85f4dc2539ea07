"""Processing restricted: kept, neither read nor scored nor judged, and plain to see."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Membership
from inference.models import Reading
from patients import services
from patients.models import Capture, CheckIn, Patient, PhotoOutcome
from scoring import services as scoring_services
from scoring.models import Alert, PatientStanding, PeriodScore
from tests.clinics.factories import watch_always
from tests.conftest import signed_in
from tests.patients import image_files
from tests.patients.factories import make_check_in
from tests.patients.questionnaires.forms import answer, make_round
from tests.scoring.duty.acts import told
from tests.scoring.factories import add_days_of, add_reading, store_reading

URL = "/c/north/me/data/restriction/"


def pause(pat: Patient) -> None:
    assert signed_in(pat).post(URL, {"decision": "pause"}).status_code == 302


def scores(pat: Patient) -> Sequence[tuple[object, ...]]:
    with tenancy.enter(pat.clinic_id):
        return list(PeriodScore.objects.order_by("kind", "start").values_list("kind", "readings", "score"))


def test_what_waits_is_dropped_unread(pat: Patient) -> None:
    make_check_in(pat, image=image_files.still("JPEG"), mood=4)
    pause(pat)
    with tenancy.enter(pat.clinic_id):
        assert Capture.objects.get().state == Capture.State.DROPPED
        assert Reading.objects.get().reason == "restricted"


def test_a_new_photo_is_not_stored_and_the_answers_are(pat: Patient) -> None:
    pause(pat)
    check_in = make_check_in(pat, image=image_files.still("JPEG"), mood=4)
    with tenancy.enter(pat.clinic_id):
        assert CheckIn.objects.get().photo == PhotoOutcome.RESTRICTED
        assert check_in.mood == 4
        assert not Capture.objects.exists()


def test_a_stale_record_in_hand_does_not_slip_a_photo_in(pat: Patient) -> None:
    """The door looks again once it holds the patient's row."""
    with tenancy.enter(pat.clinic_id):
        services.restrict_processing(patient=Patient.objects.get(pk=pat.pk), by=pat)
    assert not pat.is_restricted
    make_check_in(pat, image=image_files.still("JPEG"), mood=4)
    with tenancy.enter(pat.clinic_id):
        assert not Capture.objects.exists()


def test_no_score_and_no_alert_comes_from_the_face(pat: Patient) -> None:
    add_days_of(pat, "sad", 6)
    pause(pat)
    store_reading(pat, "sad")
    assert scores(pat) == []
    with tenancy.enter(pat.clinic_id):
        assert not Alert.objects.exists()
        assert not PatientStanding.objects.exists()


def test_item_nine_of_an_open_form_still_rings_and_the_patient_is_told_the_truth(
    pat: Patient, alice: Membership
) -> None:
    round_ = make_round(pat)
    pause(pat)
    answer(round_, {"9": 1})
    with tenancy.enter(pat.clinic_id):
        alert = Alert.objects.get(rule="item_9")
        assert alert.state == "open"
        assert told(alice) == [("alert", "not_taken")]
    next_page = f"/c/north/me/questionnaires/{round_.pk}/next/"
    assert "We could not confirm that the clinic has this" in signed_in(pat).get(next_page).text
    with tenancy.enter(pat.clinic_id):
        scoring_services.take(alert_id=alert.pk, by=alice)
    assert "Your clinic has been told." in signed_in(pat).get(next_page).text


def test_a_wish_for_a_call_still_rings(pat: Patient, alice: Membership) -> None:
    watch_always(pat.clinic)
    pause(pat)
    with tenancy.enter(pat.clinic_id):
        scoring_services.ask_for_call(patient=Patient.objects.get(pk=pat.pk))
        assert told(alice) == [("alert", "not_taken")]


def test_low_moods_and_silence_still_raise_their_alerts(pat: Patient) -> None:
    pause(pat)
    for days in (2, 1):
        make_check_in(pat, captured_at=timezone.now() - timedelta(days=days), mood=1)
    with tenancy.enter(pat.clinic_id):
        assert Alert.objects.get().rule == "low_mood"
    with tenancy.enter(pat.clinic_id):
        Patient.objects.update(created_at=timezone.now() - timedelta(days=90))
    scoring_services.judge_clinic(clinic=pat.clinic, at=timezone.now() + timedelta(days=8))
    with tenancy.enter(pat.clinic_id):
        assert Alert.objects.filter(rule="no_check_in").exists()


def test_the_patient_reads_what_is_still_heard(pat: Patient) -> None:
    page = "/c/north/me/data/"
    assert "What you say yourself is looked at as before" in signed_in(pat).get(page).text
    pause(pat)
    assert "What you say still reaches your care team, as before" in signed_in(pat).get(page).text


def test_other_patients_are_judged_as_before(pat: Patient) -> None:
    from tests.patients.factories import make_patient

    quinn = make_patient(pat.clinic, "Quinn Quast")
    add_days_of(quinn, "sad", 6)
    pause(pat)
    store_reading(quinn, "sad")
    with tenancy.enter(pat.clinic_id):
        assert Alert.objects.filter(patient=quinn).exists()


def test_a_new_time_zone_or_matrix_leaves_the_stored_scores_alone(pat: Patient) -> None:
    store_reading(pat, "sad")
    before = scores(pat)
    assert before
    pause(pat)
    add_reading(pat, "happy", timezone.now() - timedelta(hours=1))
    with tenancy.enter(pat.clinic_id):
        scoring_services.recut_periods(clinic_id=pat.clinic_id)
    assert scores(pat) == before


def test_when_it_ends_the_readings_count_again(pat: Patient) -> None:
    add_days_of(pat, "sad", 3)
    pause(pat)
    store_reading(pat, "sad")
    assert scores(pat) == []
    assert signed_in(pat).post(URL, {"decision": "resume"}).status_code == 302
    assert {row[1] for row in scores(pat) if row[0] == "quarter"} == {4} or len(scores(pat)) > 3
    with tenancy.enter(pat.clinic_id):
        assert PatientStanding.objects.get().readings == 4
        assert not Alert.objects.exists()  # the past raises no alert


def test_the_clinician_sees_it_and_no_score(alice: Membership, pat: Patient) -> None:
    add_days_of(pat, "sad", 6)
    store_reading(pat, "sad")
    pause(pat)
    browser = signed_in(alice)
    record = browser.get(f"/c/north/patients/{pat.pk}/").text
    assert "Processing is restricted since" in record
    assert "score__value" not in record.split("Check-ins")[0].split("says-title")[0]
    assert "processing restricted" in browser.get("/c/north/").text


def test_the_check_in_page_asks_for_no_photo(pat: Patient) -> None:
    pause(pat)
    shown = signed_in(pat).get("/c/north/me/check-in/").text
    assert "You paused the analysis" in shown
    assert 'type="file"' not in shown


@pytest.mark.parametrize("decision", ["", "erase"])
def test_an_unknown_decision_changes_nothing(pat: Patient, decision: str) -> None:
    assert signed_in(pat).post(URL, {"decision": decision}).status_code == 400
    with tenancy.enter(pat.clinic_id):
        assert not Patient.objects.get(pk=pat.pk).is_restricted
