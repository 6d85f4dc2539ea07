"""Retention: what is older goes, what is not stays, and the run proves it or says that it failed."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership, RetentionPeriod, RetentionRun
from inference.models import Reading, ReadingContest
from inference.services import contest_reading
from moodvision.celery import app
from moodvision.retention_kinds import KINDS
from patients import retention, services
from patients.models import CheckIn, Correction, Patient
from patients.tasks import enforce_retention
from scoring import services as scoring_services
from scoring.models import Alert, AlertEvent, PatientNote, PatientStanding, PeriodScore
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_reading, make_closed_alert, store_reading

SETTINGS = "/c/north/settings/retention/"
SHORT = {"readings": 100, "answers": 100, "alerts": 365}


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def olga(clinic_a: Clinic) -> Membership:
    """Privacy officer of A, who keeps everything as briefly as one may."""
    member = make_member(clinic_a, "privacy_officer", "Olga Ott")
    with tenancy.enter(clinic_a.pk):
        retention.save_periods(clinic=clinic_a, days=SHORT, by=member)
    return member


def night(clinic: Clinic) -> dict[str, RetentionRun]:
    return {run.kind: run for run in retention.enforce(clinic=clinic)}


def test_old_readings_go_with_their_scores_and_contests(pat: Patient, olga: Membership) -> None:
    old = store_reading(pat, "sad", ago(300))
    young = store_reading(pat, "sad")
    with tenancy.enter(pat.clinic_id):
        contest_reading(patient=pat, reading_id=old.pk)
        PeriodScore.objects.filter(patient=pat, start__lt=ago(200)).delete()
    store_reading(pat, "sad", ago(299))
    runs = night(pat.clinic)
    with tenancy.enter(pat.clinic_id):
        assert list(Reading.objects.values_list("pk", flat=True)) == [young.pk]
        assert not ReadingContest.objects.exists()
        assert not PeriodScore.objects.filter(start__lt=ago(250)).exists()
        assert PeriodScore.objects.count() == 3
        assert PatientStanding.objects.exists()
    assert runs["readings"].removed >= 2
    assert runs["readings"].is_obeyed


def test_old_answers_go_with_their_history_and_young_ones_stay(pat: Patient, olga: Membership) -> None:
    old = make_check_in(pat, captured_at=ago(150), mood=2, note="old words")
    make_check_in(pat, mood=3, note="new words")
    with tenancy.enter(pat.clinic_id):
        services.correct_check_in(check_in=old, mood=4, note="other words", by=pat)
    assert night(pat.clinic)["answers"].is_obeyed
    with tenancy.enter(pat.clinic_id):
        assert [row.note for row in CheckIn.objects.all()] == ["new words"]
        assert not Correction.objects.exists()


def test_a_check_in_whose_reading_is_still_kept_loses_its_words_only(pat: Patient, olga: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        retention.save_periods(clinic=pat.clinic, days={"readings": 1000}, by=olga)
    reading = add_reading(pat, "sad", ago(150))
    night(pat.clinic)
    with tenancy.enter(pat.clinic_id):
        check_in = CheckIn.objects.get(pk=reading.check_in_id)
        assert check_in.mood is None
        assert check_in.note is None
        assert check_in.body_hmac == ""


def test_closed_alerts_go_and_open_ones_stay_however_old(
    pat: Patient, alice: Membership, olga: Membership
) -> None:
    quinn = make_patient(pat.clinic, "Quinn Quast")
    old, young = make_closed_alert(pat, alice, ago(400)), make_closed_alert(pat, alice, ago(300))
    with tenancy.enter(pat.clinic_id):
        still_open = scoring_services.ask_for_call(patient=quinn)
        Alert.objects.filter(pk=still_open.pk).update(opened_at=ago(4000))
    assert night(pat.clinic)["alerts"].removed == 1
    with tenancy.enter(pat.clinic_id):
        assert set(Alert.objects.all()) == {young, still_open}
        assert not AlertEvent.objects.filter(alert=old.pk).exists()
        assert PatientNote.objects.get().alert_id == young.pk


def test_nothing_is_taken_of_whose_alert_is_open(pat: Patient, alice: Membership, olga: Membership) -> None:
    """Who looks at last must find what led to it, also in a double of theirs."""
    make_check_in(pat, captured_at=ago(150), mood=2, note="old words")
    store_reading(pat, "sad", ago(300))
    make_closed_alert(pat, alice, ago(400))
    with tenancy.enter(pat.clinic_id):
        double = services.admit_patient(clinic=pat.clinic, name="P. Petersen", by=alice)
        services.merge_patients(keep=pat, double=double, by=alice)
        alert = scoring_services.ask_for_call(patient=pat)
        assert {row["pk"] for row in retention.spared(pat.clinic)} == {pat.pk, double.pk}
    spared = night(pat.clinic)
    assert {run.kind: (run.removed, run.left_over) for run in spared.values()} == dict.fromkeys(
        spared, (0, 0)
    )
    with tenancy.enter(pat.clinic_id):
        scoring_services.resolve(alert_id=alert.pk, note="Called.", by=alice)
    runs = night(pat.clinic)
    assert all(runs[kind].removed for kind in SHORT)
    assert all(run.is_obeyed for run in runs.values())


def test_another_clinics_rows_stay(pat: Patient, olga: Membership, clinic_b: Clinic) -> None:
    other = make_patient(clinic_b, "Mia Meier")
    make_check_in(other, captured_at=ago(150), mood=2)
    night(pat.clinic)
    with tenancy.enter(clinic_b.pk):
        assert CheckIn.objects.get().mood == 2


def test_the_run_is_kept_with_its_counts_and_logged(pat: Patient, olga: Membership) -> None:
    make_check_in(pat, captured_at=ago(150), mood=2)
    night(pat.clinic)
    with tenancy.enter(pat.clinic_id):
        run = RetentionRun.objects.get(kind="answers")
        assert (run.days, run.left_over) == (100, 0)
        assert run.removed == 2  # the answer, and then the empty check-in
        assert AccessLogEntry.objects.filter(action="retention.removed").count() == len(KINDS)


def test_beat_rings_every_night_and_the_task_visits_every_clinic(clinic_a: Clinic, clinic_b: Clinic) -> None:
    scheduled = app.conf.beat_schedule["patients.tasks.enforce_retention"]
    assert scheduled["task"] == enforce_retention.name
    assert scheduled["task"] in app.tasks
    enforce_retention()
    for clinic in (clinic_a, clinic_b):
        with tenancy.enter(clinic.pk):
            assert RetentionRun.objects.count() == len(KINDS)


def test_the_desk_sets_the_days_and_the_public_page_follows(olga: Membership) -> None:
    body = {
        "images": "7",
        "readings": "400",
        "answers": "500",
        "alerts": "600",
        "invitations": "30",
        "fairness": "200",
        "messages": "300",
        "drafts": "6",
        "rota": "150",
    }
    assert signed_in(olga).post(SETTINGS, body).status_code == 302
    shown = Client().get("/c/north/privacy/").text
    for days in body.values():
        assert f"{days} days" in shown
    with tenancy.enter(olga.clinic_id):
        assert ClinicSettings.objects.get().image_retention_days == 7
        assert AccessLogEntry.objects.filter(action="retention.changed").count() == 12


@pytest.mark.parametrize(("name", "days"), [("images", "31"), ("readings", "99"), ("alerts", "364")])
def test_days_out_of_range_are_refused(olga: Membership, name: str, days: str) -> None:
    body = {"images": "0", "readings": "400", "answers": "500", "alerts": "600", name: days}
    assert signed_in(olga).post(SETTINGS, body).status_code == 400
    with tenancy.enter(olga.clinic_id), pytest.raises(DomainError, match="days_out_of_range"):
        retention.save_periods(clinic=olga.clinic, days={name: int(days)}, by=olga)


def test_a_clinician_sets_nothing(alice: Membership) -> None:
    with tenancy.enter(alice.clinic_id), pytest.raises(DomainError, match="may_not_set_retention"):
        retention.save_periods(clinic=alice.clinic, days={"readings": 200}, by=alice)
    with tenancy.enter(alice.clinic_id):
        assert not RetentionPeriod.objects.exists()


def test_everybody_reads_the_page_and_it_names_nobody(pat: Patient, clinic_b: Clinic) -> None:
    shown = Client().get("/c/north/privacy/")
    assert shown.status_code == 200
    assert "North Clinic" in shown.text
    assert "South" not in shown.text
    assert "Pat Petersen" not in shown.text
    assert Client().get("/c/nowhere/privacy/").status_code == 404


def test_what_is_under_a_legal_hold_stays_and_the_proof_does_not_miss_it(
    pat: Patient, olga: Membership
) -> None:
    add_reading(pat, "sad", ago(200))
    with tenancy.enter(pat.clinic_id):
        services.place_legal_hold(patient=pat, reason="A court asked for it.", by=olga)
    held = night(pat.clinic)
    assert {run.kind: (run.removed, run.left_over) for run in held.values()} == dict.fromkeys(held, (0, 0))
    with tenancy.enter(pat.clinic_id):
        assert Reading.objects.count() == 1
        services.lift_legal_hold(patient=pat, reason="done", by=olga)
    night(pat.clinic)
    with tenancy.enter(pat.clinic_id):
        assert not Reading.objects.exists()
