"""Retention: what is older goes, what is not stays, and the run proves it or says that it failed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
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
from patients.retention import Step
from patients.tasks import enforce_retention
from scoring import services as scoring_services
from scoring.models import Alert, AlertEvent, PatientNote, PatientStanding, PeriodScore
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, add_reading, store_reading

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


@pytest.fixture
def planted() -> Iterator[None]:
    """Puts the kinds back that a test replaced."""
    yield
    for kind in KINDS:
        retention.register(kind)


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
    add_days_of(pat, "sad", 6)
    store_reading(pat, "sad")
    quinn = make_patient(pat.clinic, "Quinn Quast")
    with tenancy.enter(pat.clinic_id):
        alert = Alert.objects.get()
        still_open = scoring_services.ask_for_call(patient=quinn)
        Alert.objects.filter(pk=still_open.pk).update(opened_at=ago(4000))
        scoring_services.resolve(alert_id=alert.pk, note="Called.", by=alice)
    assert night(pat.clinic)["alerts"].removed == 0
    with tenancy.enter(pat.clinic_id):
        Alert.objects.filter(pk=alert.pk).update(resolved_at=ago(400))
    assert night(pat.clinic)["alerts"].removed == 1
    with tenancy.enter(pat.clinic_id):
        assert list(Alert.objects.all()) == [still_open]
        assert not AlertEvent.objects.filter(alert=alert.pk).exists()
        assert not PatientNote.objects.exists()


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


def test_a_step_that_removes_nothing_is_found_out(pat: Patient, olga: Membership, planted: None) -> None:
    make_check_in(pat, captured_at=ago(150), mood=2)
    kind = next(kind for kind in KINDS if kind.name == "answers")
    lazy = replace(kind.steps[0], remove=lambda clinic, cutoff: 0)
    retention.register(replace(kind, steps=(lazy,)))
    assert night(pat.clinic)["answers"].left_over == 1
    assert "something older was still there" in Client().get("/c/north/privacy/").text
    with tenancy.enter(pat.clinic_id):
        assert AccessLogEntry.objects.filter(action="retention.proved", outcome="failed").exists()


def test_a_kind_that_cannot_be_removed_does_not_stop_the_others(
    pat: Patient, olga: Membership, planted: None
) -> None:
    def refuse(clinic: Clinic, cutoff: datetime) -> NoReturn:
        raise IntegrityError

    make_check_in(pat, captured_at=ago(150), mood=2)
    kind = next(kind for kind in KINDS if kind.name == "readings")
    retention.register(replace(kind, steps=(Step(remove=refuse, count_older=lambda clinic, cutoff: 7),)))
    runs = night(pat.clinic)
    assert (runs["readings"].removed, runs["readings"].left_over) == (0, 7)
    assert runs["answers"].removed


def test_beat_rings_every_night_and_the_task_visits_every_clinic(clinic_a: Clinic, clinic_b: Clinic) -> None:
    scheduled = app.conf.beat_schedule["retention"]
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
    }
    assert signed_in(olga).post(SETTINGS, body).status_code == 302
    shown = Client().get("/c/north/privacy/").text
    for days in body.values():
        assert f"{days} days" in shown
    with tenancy.enter(olga.clinic_id):
        assert ClinicSettings.objects.get().image_retention_days == 7
        assert AccessLogEntry.objects.filter(action="retention.changed").count() == 9


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


def test_the_history_of_an_alert_goes_by_retention_alone(pat: Patient, alice: Membership) -> None:
    """Three ways round the append-only history: each is refused by the database."""
    with tenancy.enter(pat.clinic_id):
        alert = scoring_services.ask_for_call(patient=pat)
        scoring_services.resolve(alert_id=alert.pk, note="Called.", by=alice)
        Alert.objects.filter(pk=alert.pk).update(resolved_at=ago(400))
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            AlertEvent.objects.all().delete()
        with pytest.raises(ProgrammingError, match="within a year"), transaction.atomic():
            remove_events(ago(364))
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.erasing', current_setting('app.clinic'), true)")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            AlertEvent.objects.all().delete()
        assert AlertEvent.objects.exists()
        remove_events(ago(366))
        assert not AlertEvent.objects.exists()


def test_it_takes_no_history_of_another_clinic(pat: Patient, alice: Membership, clinic_b: Clinic) -> None:
    with tenancy.enter(pat.clinic_id):
        alert = scoring_services.ask_for_call(patient=pat)
        scoring_services.resolve(alert_id=alert.pk, note="Called.", by=alice)
        Alert.objects.filter(pk=alert.pk).update(resolved_at=ago(400))
    with tenancy.enter(clinic_b.pk):
        remove_events(ago(366))
    with tenancy.enter(pat.clinic_id):
        assert AlertEvent.objects.exists()


def remove_events(older_than: datetime) -> None:
    with connection.cursor() as cursor:
        every = list(Alert.objects.values_list("pk", flat=True))
        cursor.execute("SELECT remove_events_of_closed_alerts(%s, %s)", [older_than, every])


def test_what_is_under_a_legal_hold_stays_and_the_proof_does_not_miss_it(
    pat: Patient, olga: Membership, alice: Membership
) -> None:
    add_reading(pat, "sad", ago(200))
    with tenancy.enter(pat.clinic_id):
        services.place_legal_hold(patient=pat, reason="A court asked for it.", by=alice)
    held = night(pat.clinic)
    assert {run.kind: (run.removed, run.left_over) for run in held.values()} == dict.fromkeys(held, (0, 0))
    with tenancy.enter(pat.clinic_id):
        assert Reading.objects.count() == 1
        services.lift_legal_hold(patient=pat, by=alice)
    night(pat.clinic)
    with tenancy.enter(pat.clinic_id):
        assert not Reading.objects.exists()
