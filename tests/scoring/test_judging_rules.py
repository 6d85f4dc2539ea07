"""Rules over stored rows: who is told of, once, and what silences what."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, ClinicSafety, Membership
from clinics.signals import clinic_went_live
from patients.models import CheckIn, LeftNote, Patient, QuestionnaireRound
from patients.services.lifecycle import close_record
from scoring import queries, services
from scoring.alert_rules import BY_CODE
from scoring.models import Alert, AlertEvent, RuleMemory
from scoring.queries import Urgency
from scoring.services import judging
from scoring.tasks import judge_rules
from tests.clinics.factories import make_member
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, store_reading


def alerts_of(patient: Patient) -> dict[str, Alert]:
    with tenancy.enter(patient.clinic_id):
        return {row.rule: row for row in Alert.objects.filter(patient=patient)}


def judge(patient: Patient, *, days: float = 0) -> int:
    """As the clock would, so many days from now."""
    with tenancy.enter(patient.clinic_id):
        return services.judge_patients([patient.pk], at=timezone.now() + timedelta(days=days))


def change(by: Membership, rule: str, *, is_on: bool = True, version: int = 0, **values: float | str) -> None:
    known = BY_CODE[rule]
    draft = services.RuleDraft(rule, is_on, known.severity, {**known.defaults.values, **values})
    with tenancy.enter(by.clinic_id):
        services.save_rule(draft=draft, by=by, base_version=version)


@pytest.fixture
def ada(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "administrator", "Ada Admin")


def test_two_low_moods_are_told_at_once(pat: Patient) -> None:
    make_check_in(pat, mood=2)
    assert "low_mood" not in alerts_of(pat)
    make_check_in(pat, mood=1)
    alert = alerts_of(pat)["low_mood"]
    assert (alert.lane, alert.severity, alert.facts["mood"], alert.state) == ("routine", "warning", 1, "open")


def test_the_same_is_told_once_and_more_is_added_to_it(pat: Patient) -> None:
    make_check_in(pat, mood=2)
    make_check_in(pat, mood=2)
    assert judge(pat) == judge(pat) == 0
    make_check_in(pat, mood=0)
    with tenancy.enter(pat.clinic_id):
        alert = Alert.objects.get(patient=pat, rule="low_mood")
        told = AlertEvent.objects.filter(alert=alert).order_by("seq")
        assert list(told.values_list("kind", flat=True)) == ["opened", "repeated"]


def test_what_is_resolved_is_not_told_again(pat: Patient, alice: Membership) -> None:
    make_check_in(pat, mood=2)
    make_check_in(pat, mood=2)
    with tenancy.enter(pat.clinic_id):
        services.resolve(alert_id=alerts_of(pat)["low_mood"].pk, note="We spoke.", by=alice)
    assert judge(pat) == 0


def test_silence_is_told_and_told_again_a_week_later(pat: Patient) -> None:
    make_check_in(pat, mood=6)
    assert judge(pat, days=6) == 0
    assert judge(pat, days=7.1) == 1
    assert judge(pat, days=8) == 0
    assert judge(pat, days=14.1) == 1
    assert alerts_of(pat)["no_check_in"].facts == {"days": 14, "ever": 1}


def test_a_check_in_ends_the_silence(pat: Patient) -> None:
    assert judge(pat, days=8) == 1
    make_check_in(pat, mood=6)
    with tenancy.enter(pat.clinic_id):
        assert not RuleMemory.objects.get(patient=pat, rule="no_check_in").is_firing
    assert alerts_of(pat)["no_check_in"].state == "open"  # it never resolves itself


def test_a_closed_record_is_left_alone(pat: Patient, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        close_record(patient=pat, state=Patient.State.DISCHARGED, by=alice)
    assert judge(pat, days=30) == 0


def test_a_rule_that_is_off_says_nothing(pat: Patient, ada: Membership) -> None:
    change(ada, "low_mood", is_on=False)
    make_check_in(pat, mood=0)
    make_check_in(pat, mood=0)
    assert alerts_of(pat) == {}


def test_a_clinic_chooses_its_numbers_and_severity(pat: Patient, ada: Membership) -> None:
    change(ada, "low_mood", times=1)
    make_check_in(pat, mood=2)
    assert "low_mood" in alerts_of(pat)


def test_the_clinics_own_words_stand_with_the_alert(pat: Patient, ada: Membership) -> None:
    values = {**BY_CODE["low_mood"].defaults.values, "times": 1}
    draft = services.RuleDraft("low_mood", True, "intervention", {**values, "times": 1}, "Ring before noon.")
    with tenancy.enter(pat.clinic_id):
        services.save_rule(draft=draft, by=ada, base_version=0)
    make_check_in(pat, mood=2)
    with tenancy.enter(pat.clinic_id):
        alert = Alert.objects.get(patient=pat, rule="low_mood")
        assert (alert.severity, alert.text) == ("intervention", "Ring before noon.")


def test_sad_most_of_the_time(pat: Patient, ada: Membership) -> None:
    change(ada, "sustained_emotion")
    with tenancy.enter(pat.clinic_id):
        add_days_of(pat, "sad", 6)
    store_reading(pat, "sad")
    alert = alerts_of(pat)["sustained_emotion"]
    assert alert.lane == "face"
    assert alert.facts["emotion"] == "sad"
    assert int(alert.facts["percent"]) >= 60


def test_sad_three_times_in_five(pat: Patient, ada: Membership) -> None:
    change(ada, "emotion_count")
    for emotion in ("sad", "happy", "sad"):
        store_reading(pat, emotion)
    assert "emotion_count" not in alerts_of(pat)
    store_reading(pat, "sad")
    assert alerts_of(pat)["emotion_count"].facts == {"emotion": "sad", "times": 3, "check_ins": 4}


def test_a_silent_face_crosses_no_line_and_raises_no_face_rule(
    pat: Patient, alice: Membership, ada: Membership
) -> None:
    change(ada, "sustained_emotion")
    with tenancy.enter(pat.clinic_id):
        services.silence_face(patient=pat, reason="palsy", by=alice)
        add_days_of(pat, "sad", 9)
    store_reading(pat, "sad")
    make_check_in(pat, mood=1)
    make_check_in(pat, mood=1)
    assert set(alerts_of(pat)) == {"low_mood"}


def test_a_face_that_speaks_again_is_heard(pat: Patient, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        silence = services.silence_face(patient=pat, reason="mania", by=alice)
        add_days_of(pat, "sad", 9)
    store_reading(pat, "sad")
    with tenancy.enter(pat.clinic_id):
        services.lift_silence(silence_id=silence.pk, patient=pat, by=alice)
    store_reading(pat, "sad")
    assert "score_line" in alerts_of(pat)


def test_the_score_line_may_be_off(pat: Patient, ada: Membership) -> None:
    change(ada, "score_line", is_on=False)
    with tenancy.enter(pat.clinic_id):
        add_days_of(pat, "sad", 9)
    store_reading(pat, "sad")
    assert "score_line" not in alerts_of(pat)


def test_the_task_judges_each_clinic_for_itself(committing: str, clinic_a: Clinic, clinic_b: Clinic) -> None:
    here, there = make_patient(clinic_a, "Pia"), make_patient(clinic_b, "Tom")
    later = timezone.now() + timedelta(days=8)
    with mock.patch("scoring.services.judging.timezone.now", return_value=later):
        judge_rules()
        judge_rules()
    for patient in (here, there):
        assert set(alerts_of(patient)) == {"no_check_in"}


def test_a_defect_in_a_rule_refuses_no_check_in(pat: Patient, caplog: pytest.LogCaptureFixture) -> None:
    with mock.patch.object(judging, "find", side_effect=ZeroDivisionError("mood 2 of Pat")):
        make_check_in(pat, mood=2)
    with tenancy.enter(pat.clinic_id):
        assert CheckIn.objects.filter(patient=pat).count() == 1
    assert "Pat" not in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_silence_of_who_paused_the_analysis_is_judged(pat: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        Patient.objects.filter(pk=pat.pk).update(restricted_at=timezone.now())
    judge(pat, days=30)
    assert set(alerts_of(pat)) == {"no_check_in"}


def test_what_is_left_of_an_erased_record_raises_nothing(pat: Patient) -> None:
    """Nobody may open it, so nobody could resolve its alerts."""
    with tenancy.enter(pat.clinic_id):
        Patient.objects.filter(pk=pat.pk).update(kept_until=timezone.localdate() + timedelta(days=900))
    assert judge(pat, days=30) == 0
    with tenancy.enter(pat.clinic_id):
        judging.judge_patients([pat.pk])
        assert services.report_failed_analysis(clinic_id=pat.clinic_id, patient_id=pat.pk) is None
        assert not Alert.objects.exists()


def test_an_alert_of_a_rule_is_in_the_log(pat: Patient) -> None:
    judge(pat, days=8)
    with tenancy.enter(pat.clinic_id):
        entry = AccessLogEntry.objects.get(action="alert.opened", patient_id=pat.pk)
        assert entry.actor == "system:rules"


def end_round(
    patient: Patient, name: str, total: int, band: str, *, days_ago: float = 0
) -> QuestionnaireRound:
    """A questionnaire that ended with this total, and nobody was told."""
    at = timezone.now() - timedelta(days=days_ago)
    with tenancy.enter(patient.clinic_id):
        return QuestionnaireRound.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            questionnaire=name,
            language="en",
            text_sha256="0" * 64,
            opened_by="system:test",
            opened_at=at,
            due_on=at.date(),
            late_at=at,
            closes_at=at,
            state=QuestionnaireRound.State.FINISHED,
            ended_at=at,
            total=total,
            band=band,
        )


def test_a_band_is_told_on_entry_and_worsening_beside_it(pat: Patient) -> None:
    end_round(pat, "gad7", 6, "mild", days_ago=14)
    assert judge(pat) == 0
    end_round(pat, "gad7", 16, "severe", days_ago=0.01)
    assert judge(pat) == 2
    found = alerts_of(pat)
    assert found["band:gad7"].facts["total"] == 16
    assert (found["worsening:gad7"].facts["before"], found["worsening:gad7"].facts["total"]) == (6, 16)


def test_staying_in_a_band_is_no_news(pat: Patient) -> None:
    end_round(pat, "phq9", 17, "moderately_severe", days_ago=14.5)
    end_round(pat, "phq9", 18, "moderately_severe", days_ago=0.01)
    assert judge(pat) == 0


def test_each_form_has_an_alert_of_its_own(pat: Patient) -> None:
    end_round(pat, "phq9", 21, "severe", days_ago=0.02)
    end_round(pat, "gad7", 16, "severe", days_ago=0.01)
    assert judge(pat) == 2
    assert set(alerts_of(pat)) == {"band:phq9", "band:gad7"}


def test_a_severe_questionnaire_stands_high_in_triage(pat: Patient, alice: Membership) -> None:
    end_round(pat, "phq9", 22, "severe")
    with tenancy.enter(pat.clinic_id):
        row = queries.triage(alice, clinic=pat.clinic).rows[0]
    assert row.urgency == Urgency.OVER_INTERVENTION


def test_what_shadow_recorded_is_told_when_the_clinic_goes_live(pat: Patient, ada: Membership) -> None:
    change(ada, "emotion_count")
    with tenancy.enter(pat.clinic_id):
        ClinicSafety.objects.update(live_since=None, live_by=None)
    with tenancy.enter(pat.clinic_id):
        add_days_of(pat, "sad", 8)
    store_reading(pat, "sad")
    assert {alert.state for alert in alerts_of(pat).values()} == {"shadow"}
    with tenancy.enter(pat.clinic_id):
        ClinicSafety.objects.update(live_since=timezone.now(), live_by=ada)
        clinic_went_live.send(sender=Clinic, clinic_id=pat.clinic_id)
    store_reading(pat, "sad")
    with tenancy.enter(pat.clinic_id):
        told = Alert.objects.unresolved().filter(patient=pat)
        assert set(told.values_list("rule", flat=True)) == {"score_line", "emotion_count"}


def test_a_note_that_nobody_read_for_a_day(pat: Patient, alice: Membership) -> None:
    make_check_in(pat, mood=6, note="Please look at this.")
    assert judge(pat, days=0.9) == 0
    assert judge(pat, days=1.1) == 1
    alert = alerts_of(pat)["unread_note"]
    assert (alert.severity, alert.facts) == ("notice", {"hours": 26})
    assert judge(pat, days=2) == 0


def test_a_note_that_was_read_waits_no_more(pat: Patient, alice: Membership) -> None:
    make_check_in(pat, mood=6, note="Please look at this.")
    with tenancy.enter(pat.clinic_id):
        LeftNote.objects.update(read_at=timezone.now(), read_by=alice)
    assert judge(pat, days=1.1) == 0


def test_a_later_note_is_told_although_an_older_one_was_left_unread(pat: Patient, alice: Membership) -> None:
    """The alert was resolved without anybody pressing "I have read it"."""
    make_check_in(pat, mood=6, note="Please look at this.")
    assert judge(pat, days=1.1) == 1
    with tenancy.enter(pat.clinic_id):
        services.resolve(alert_id=alerts_of(pat)["unread_note"].pk, note="Looked.", by=alice)
        LeftNote.objects.update(left_at=timezone.now() - timedelta(days=3))
    make_check_in(pat, mood=6, note="And at this.")
    assert judge(pat) == 0
    assert judge(pat, days=1.1) == 1
