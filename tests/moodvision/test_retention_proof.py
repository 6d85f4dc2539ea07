"""The proof of retention counts for itself: whatever part of a removal is broken, it says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from clinics import staff, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, Membership, RetentionRun, StaffInvitation
from moodvision.retention_kinds import KINDS
from patients import retention, services
from patients.models import (
    Capture,
    Consent,
    Patient,
    Purpose,
    QuestionnaireAnswer,
    QuestionnaireRound,
)
from scoring import services as scoring_services
from scoring.models import PeriodScore
from tests.clinics.factories import make_member
from tests.inference import photos
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in
from tests.scoring.factories import make_closed_alert, make_lifted_silence, store_reading

BY_NAME = {kind.name: kind for kind in KINDS}
TRIED_ELSEWHERE = {
    "drafts": "tests/patients/test_own_drafts.py",
    "fairness": "tests/inference/test_watch_retention.py",
    "messages": "tests/moodvision/test_retention_of_messages.py",
    "rota": "tests/moodvision/test_retention_of_rota.py",
}
TRIED = [kind for kind in KINDS if kind.name not in TRIED_ELSEWHERE]


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def nothing(clinic: Clinic, cutoff: datetime) -> int:
    return 0


@pytest.fixture
def olga(clinic_a: Clinic) -> Membership:
    """Privacy officer of A, who keeps everything as briefly as one may."""
    member = make_member(clinic_a, "privacy_officer", "Olga Ott")
    with tenancy.enter(clinic_a.pk):
        days = {"images": 7, "readings": 100, "answers": 100, "alerts": 365, "invitations": 7}
        retention.save_periods(clinic=clinic_a, days=days, by=member)
    return member


@pytest.fixture
def planted() -> Iterator[None]:
    """Puts the kinds back that a test replaced."""
    yield
    for kind in KINDS:
        retention.register(kind)


def night(clinic: Clinic) -> dict[str, RetentionRun]:
    return {run.kind: run for run in retention.enforce(clinic=clinic)}


def furnish(patient: Patient, alice: Membership) -> None:
    """What is due of every kind, and its young counterpart."""
    make_check_in(patient, captured_at=ago(150), mood=2)
    make_check_in(patient, mood=3)
    store_reading(patient, "sad", ago(300))
    store_reading(patient, "sad")
    for days in (400, 10):
        make_closed_alert(patient, alice, ago(days))
    for days in (400, 10):
        make_lifted_silence(patient, alice, ago(days))
    _keep_photo(patient, sent_at=ago(8))
    for days in (150, 10):
        _ended_round(patient, ago(days))
    with tenancy.enter(patient.clinic_id):
        staff.invite_member(
            name="Old",
            email="old@north.example",
            role="observer",
            by=make_member(patient.clinic, "administrator", "Ada Old"),
        )
        StaffInvitation.objects.update(expires_at=ago(8))


def _ended_round(patient: Patient, at: datetime) -> None:
    with tenancy.enter(patient.clinic_id):
        round_ = QuestionnaireRound.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            questionnaire="gad7",
            language="en",
            text_sha256="0" * 64,
            opened_by="system:test",
            due_on=at.date(),
            late_at=at,
            closes_at=at,
            state="finished",
            ended_at=at,
        )
        answer = {"answered_at": at, "door": "page", "saved_by": "x", "idempotency_key": "k"}
        QuestionnaireAnswer(
            clinic_id=patient.clinic_id,
            patient=patient,
            round=round_,
            item="1",
            value="2",
            number=1,
            **answer,
        ).save(force_insert=True)


def _keep_photo(patient: Patient, sent_at: datetime) -> Capture:
    """As the worker leaves it, and then as old as it is said to be."""
    with tenancy.enter(patient.clinic_id):
        services.grant_consent(patient=patient, purpose=Purpose.IMAGE_RETENTION, by=patient)
    capture = make_check_in(patient, image=photos.selfie()).capture
    with tenancy.enter(patient.clinic_id):
        services.finish_capture(capture=capture, clean_image=photos.selfie())
        Capture.objects.filter(pk=capture.pk).update(waiting_since=sent_at)
    return capture


def test_a_whole_night_leaves_nothing_over(pat: Patient, alice: Membership, olga: Membership) -> None:
    furnish(pat, alice)
    runs = night(pat.clinic)
    assert {kind: run.left_over for kind, run in runs.items()} == dict.fromkeys(BY_NAME, 0)
    assert all(runs[kind.name].removed for kind in TRIED)
    with tenancy.enter(pat.clinic_id):
        assert PeriodScore.objects.count() == 3, "the young ones"


@pytest.mark.parametrize(
    ("kind", "step"), [(kind.name, number) for kind in TRIED for number in range(len(kind.steps))]
)
def test_a_step_that_removes_nothing_is_found_out(
    pat: Patient, alice: Membership, olga: Membership, planted: None, kind: str, step: int
) -> None:
    furnish(pat, alice)
    steps = list(BY_NAME[kind].steps)
    steps[step] = nothing
    retention.register(replace(BY_NAME[kind], steps=tuple(steps)))
    assert night(pat.clinic)[kind].left_over
    assert "something older was still there" in Client().get("/c/north/privacy/").text
    with tenancy.enter(pat.clinic_id):
        assert AccessLogEntry.objects.filter(action="retention.proved", outcome="failed").exists()


@pytest.mark.parametrize("kind", ["readings", "answers", "alerts"])
def test_a_removal_that_takes_the_wrong_line_is_found_out(
    pat: Patient, alice: Membership, olga: Membership, planted: None, kind: str
) -> None:
    furnish(pat, alice)
    steps = tuple(_a_year_late(step) for step in BY_NAME[kind].steps)
    retention.register(replace(BY_NAME[kind], steps=steps))
    assert night(pat.clinic)[kind].left_over


def _a_year_late(step: retention.Step) -> retention.Step:
    return lambda clinic, cutoff: step(clinic, cutoff - timedelta(days=365))


def test_a_removal_that_spares_everybody_is_found_out(
    pat: Patient, alice: Membership, olga: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of the spared is no part of the proof."""
    furnish(pat, alice)
    monkeypatch.setattr(retention, "_sparers", [lambda clinic: [pat.pk]])
    left = {kind for kind, run in night(pat.clinic).items() if run.left_over}
    assert left == {"readings", "answers", "alerts"}


def test_a_kind_that_cannot_be_removed_does_not_stop_the_others(
    pat: Patient, alice: Membership, olga: Membership, planted: None
) -> None:
    def refuse(clinic: Clinic, cutoff: datetime) -> NoReturn:
        raise IntegrityError

    furnish(pat, alice)
    retention.register(replace(BY_NAME["readings"], steps=(refuse,)))
    runs = night(pat.clinic)
    assert runs["readings"].removed == 0
    assert runs["readings"].left_over
    assert runs["answers"].removed


def test_a_photo_goes_by_the_days_in_force_since_it_was_sent(pat: Patient, olga: Membership) -> None:
    """Also one that a longer period of earlier days would have kept."""
    capture = _keep_photo(pat, sent_at=ago(8))
    with tenancy.enter(pat.clinic_id):
        Capture.objects.update(keep_until=timezone.now() + timedelta(days=5))
    assert night(pat.clinic)["images"].is_obeyed
    assert not _is_kept(capture)


@pytest.mark.parametrize("is_held", [False, True])
def test_a_photo_goes_with_the_consent_whichever_ends_first(
    pat: Patient, alice: Membership, olga: Membership, is_held: bool
) -> None:
    capture = _keep_photo(pat, sent_at=ago(1))
    night(pat.clinic)
    assert _is_kept(capture)
    with tenancy.enter(pat.clinic_id):
        if is_held:
            services.place_legal_hold(patient=pat, reason="A court asked for it.", by=System("test"))
        services.withdraw_consent(patient=pat, purpose=Purpose.IMAGE_RETENTION, by=pat)
    assert _is_kept(capture) == is_held
    assert night(pat.clinic)["images"].is_obeyed
    assert _is_kept(capture) == is_held
    if is_held:
        with tenancy.enter(pat.clinic_id):
            services.lift_legal_hold(patient=pat, reason="done", by=System("test"))
        night(pat.clinic)
        assert not _is_kept(capture)


def test_a_photo_goes_when_a_consent_ended_without_anybody_withdrawing_it(
    pat: Patient, olga: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = _keep_photo(pat, sent_at=ago(1))
    monkeypatch.setattr(Consent, "is_of_text_in_force", False)
    night(pat.clinic)
    assert not _is_kept(capture)


def test_an_open_alert_keeps_no_photo(pat: Patient, olga: Membership) -> None:
    capture = _keep_photo(pat, sent_at=ago(8))
    with tenancy.enter(pat.clinic_id):
        scoring_services.ask_for_call(patient=pat)
    assert night(pat.clinic)["images"].is_obeyed
    assert not _is_kept(capture)


def _is_kept(capture: Capture) -> bool:
    with tenancy.enter(capture.clinic_id):
        return Capture.objects.filter(pk=capture.pk, image__isnull=False).exists()


def test_an_empty_check_in_is_left_over_too(pat: Patient, olga: Membership) -> None:
    reading = make_reading(pat, captured_at=ago(150), model_name="test", model_version="1")
    runs = night(pat.clinic)
    assert runs["answers"].is_obeyed
    with tenancy.enter(pat.clinic_id):
        assert not type(reading.check_in).objects.filter(pk=reading.check_in_id).exists()
