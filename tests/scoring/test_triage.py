"""What the triage list, the patient's page and their own history show."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics import keys, tenancy
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership
from patients.models import Patient
from scoring import queries, services
from scoring.queries import Urgency
from tests.clinics.factories import make_clinic, make_member
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, add_reading, store_reading

QUERIES_OF_THE_PAGE = 14


def test_worst_first_and_nobody_calm_for_want_of_data(in_a: Clinic, alice: Membership) -> None:
    calm, over, failed, silent, never, few, says_low, calling = (
        make_patient(in_a, name)
        for name in ("Calm C", "Over O", "Failed F", "Silent S", "Never N", "Few F", "Low L", "Call C")
    )
    for patient in (calm, says_low):
        add_days_of(patient, "happy", 5)
        store_reading(patient, "happy")
    make_check_in(says_low, mood=2)
    add_days_of(over, "sad", 5)
    store_reading(over, "sad")
    services.report_failed_analysis(clinic_id=in_a.pk, patient_id=failed.pk)
    make_check_in(failed, mood=6)
    make_check_in(silent, mood=6, captured_at=timezone.now() - timedelta(days=10))
    store_reading(few, "happy")
    services.ask_for_call(patient=calling)

    page = queries.triage(alice, clinic=in_a)

    assert [row.patient for row in page.rows] == [calling, over, says_low, failed, never, silent, few, calm]
    by_patient = {row.patient: row for row in page.rows}
    assert by_patient[calm].urgency == Urgency.CALM
    assert (by_patient[silent].band, by_patient[silent].days_since) == ("no_check_in", 10)
    assert (by_patient[never].band, by_patient[never].days_since) == ("no_check_in", None)
    assert (by_patient[few].band, by_patient[few].value) == ("not_enough_data", None)
    assert (by_patient[over].band, by_patient[over].readings) == ("intervention", 6)
    assert by_patient[over].silent_days == 14 - 6
    assert (by_patient[says_low].band, by_patient[says_low].mood) == ("below", 2)
    assert [alert.rule for alert in page.alerts] == [
        "call_wanted", "score_line", "low_mood", "analysis_failed",
    ]  # fmt: skip
    assert page.last_seq == 4


def test_an_old_score_is_no_score(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    for days in range(10, 3, -1):
        add_reading(pat, "happy", timezone.now() - timedelta(days=days))
    past = timezone.now() - timedelta(days=4)
    services.judge_readings(clinic_id=in_a.pk, touched={pat.pk: [past]}, at=past + timedelta(minutes=1))
    row = queries.triage(alice, clinic=in_a).rows[0]
    assert (row.band, row.value, row.urgency) == ("not_enough_data", None, Urgency.UNKNOWN)


@pytest.mark.commits
def test_the_page_costs_a_dozen_queries_for_any_number_of_patients(committing: str) -> None:
    """Committed, because the keys of an uncommitted patient are not kept in memory."""
    clinic = make_clinic("north")
    alice = make_member(clinic, "clinician", "Alice Adler")
    for index in range(10):
        patient = make_patient(clinic, f"Pat{index} P")
        with tenancy.enter(clinic.pk):
            services.report_failed_analysis(clinic_id=clinic.pk, patient_id=patient.pk)
    keys.forget()
    with tenancy.enter(clinic.pk), CaptureQueriesContext(connection) as counted:
        page = queries.triage(alice, clinic=clinic)
        assert {row.patient.name for row in page.rows} == {f"Pat{index} P" for index in range(10)}
        assert len({alert.patient.name for alert in page.alerts}) == 10
    assert len(counted) <= QUERIES_OF_THE_PAGE


def test_what_was_shown_is_logged(clinic_a: Clinic, alice: Membership, pat: Patient) -> None:
    with tenancy.enter(clinic_a.pk):
        queries.triage(alice, clinic=clinic_a)
        queries.patient_page(alice, pat.pk, clinic=clinic_a)
        queries.own_history(pat, clinic=clinic_a)
    with tenancy.enter(clinic_a.pk):
        listed = AccessLogEntry.objects.get(action="patients.listed")
        assert str(pat.pk) in listed.canonical
        assert AccessLogEntry.objects.filter(action="patient.read", patient_id=pat.pk).exists()
        assert AccessLogEntry.objects.filter(action="history.read", actor=pat.actor_label).exists()


def test_refusals(
    clinic_b: Clinic, in_a: Clinic, pat: Patient, eve: Membership, alice: Membership, mallory: Membership
) -> None:
    with pytest.raises(PermissionDenied):
        queries.triage(eve, clinic=in_a)
    with pytest.raises(Http404):
        queries.triage(None, clinic=in_a)
    with tenancy.enter(clinic_b.pk), pytest.raises(Http404):
        queries.patient_page(mallory, pat.pk, clinic=clinic_b)
    ClinicSettings.objects.update(record_scope="care_team")
    assert queries.triage(alice, clinic=in_a).rows == []
    with pytest.raises(Http404):
        queries.patient_page(alice, pat.pk, clinic=in_a)


def test_the_patients_page_shows_weeks_with_their_gaps(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    for days in (1, 2, 3, 4, 5, 6, 7, 22):
        add_reading(pat, "sad", timezone.now() - timedelta(days=days))
    services.recut_periods(clinic_id=in_a.pk)
    store_reading(pat, "sad")
    page = queries.patient_page(alice, pat.pk, clinic=in_a)
    assert len(page.points) == 4
    assert (page.points[0].band, page.points[0].value, page.points[0].readings) == (
        "not_enough_data",
        None,
        1,
    )
    assert page.points[1].band == "no_check_in"
    assert sum(point.check_ins for point in page.points) == 9
    assert page.is_current
    assert (page.band, len(page.check_ins), len(page.readings)) == ("intervention", 9, 9)
    assert [alert.line for alert in page.alerts] == ["intervention"]
    assert [told.event.kind for told in queries.told_events(page.alerts[0])] == ["opened"]


def test_a_patient_sees_their_own_weeks_and_check_ins(in_a: Clinic, pat: Patient) -> None:
    make_check_in(pat, mood=4)
    make_check_in(make_patient(in_a, "Otto Other"), mood=9)
    history = queries.own_history(pat, clinic=in_a)
    assert [(point.check_ins, point.mood, point.band) for point in history.points] == [
        (1, 4.0, "not_enough_data")
    ]
    assert [check_in.patient_id for check_in in history.check_ins] == [pat.pk]
    assert history.notes == []
