"""From a stored reading to a standing, a period score and an alert."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from clinics.models import Clinic, Membership
from inference.models import Reading
from inference.signals import readings_stored
from patients.models import Patient
from scoring import services
from scoring.models import Alert, AlertEvent, PatientNote, PatientStanding, PeriodScore, ScoreProfile
from tests.scoring.factories import add_days_of, add_reading, store_reading


def days_ago(days: float) -> timedelta:
    return timedelta(days=days)


def test_the_fifth_reading_is_judged_for_the_first_time_and_crosses(in_a: Clinic, pat: Patient) -> None:
    add_days_of(pat, "sad", 3)
    store_reading(pat, "sad", timezone.now() - timedelta(hours=1))
    assert not PatientStanding.objects.get().is_enough
    assert not Alert.objects.exists()

    store_reading(pat, "happy")

    alert = Alert.objects.get()
    assert (alert.rule, alert.state, alert.seq, alert.readings) == ("score_line", "open", 1, 5)
    assert alert.line in {"warning", "intervention"}
    standing = PatientStanding.objects.get()
    assert (alert.score, alert.low, alert.high) == (standing.score, standing.low, standing.high)
    assert alert.probability in {standing.over_warning, standing.over_intervention}
    assert (alert.window_start, alert.window_end) == (standing.window_start, standing.window_end)
    assert AlertEvent.objects.get().kind == "opened"
    assert PatientNote.objects.get().patient_id == pat.pk
    assert set(PeriodScore.objects.values_list("kind", flat=True)) == {"week", "month", "quarter"}


def test_under_the_floor_nothing_is_judged(in_a: Clinic, pat: Patient) -> None:
    add_days_of(pat, "sad", 3)
    store_reading(pat, "sad")
    standing = PatientStanding.objects.get()
    assert (standing.readings, standing.is_enough, standing.is_over_warning) == (4, False, False)
    assert not Alert.objects.exists()


def test_a_window_whose_newest_reading_is_old_is_not_judged(in_a: Clinic, pat: Patient) -> None:
    for day in range(9, 4, -1):
        add_reading(pat, "sad", timezone.now() - days_ago(day))
    store_reading(pat, "sad", timezone.now() - days_ago(4))
    assert PatientStanding.objects.get().readings == 6
    assert not Alert.objects.exists()


def test_readings_outside_the_window_or_contested_do_not_count(in_a: Clinic, pat: Patient) -> None:
    add_reading(pat, "sad", timezone.now() - days_ago(21))
    contested = add_reading(pat, "sad", timezone.now() - days_ago(1))
    Reading.objects.filter(pk=contested.pk).update(is_contested=True)
    add_days_of(pat, "sad", 2)
    store_reading(pat, "sad")
    assert PatientStanding.objects.get().readings == 3


def test_calm_readings_raise_nothing(in_a: Clinic, pat: Patient) -> None:
    add_days_of(pat, "neutral", 6)
    store_reading(pat, "happy")
    standing = PatientStanding.objects.get()
    assert standing.is_enough
    assert standing.score < 3
    assert not Alert.objects.exists()
    assert not PatientNote.objects.exists()


def test_a_photo_that_was_not_scored_moves_nothing(in_a: Clinic, pat: Patient) -> None:
    unscored = Reading(clinic=in_a, patient=pat, is_scored=False, reason="no_face")
    readings_stored.send(sender=Reading, clinic_id=in_a.pk, readings=[unscored], patient_ids=[pat.pk])
    assert not PatientStanding.objects.exists()


def cross_warning(patient: Patient) -> Alert:
    """Half of the readings sad: over the warning line and below the other."""
    add_days_of(patient, "sad", 3)
    add_days_of(patient, "neutral", 3)
    store_reading(patient, "sad")
    alert = Alert.objects.get()
    assert alert.line == "warning"
    return alert


def test_still_over_updates_the_open_alert_and_raises_no_other(in_a: Clinic, pat: Patient) -> None:
    before = cross_warning(pat)
    store_reading(pat, "neutral")
    after = Alert.objects.get()
    assert (after.seq, after.readings) == (before.seq, 8)
    assert after.score != before.score
    assert AlertEvent.objects.count() == 1


def test_the_higher_line_escalates_the_same_alert_and_opens_it_anew(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    services.take(alert_id=cross_warning(pat).pk, by=alice)
    for _ in range(9):
        store_reading(pat, "fear")
    alert = Alert.objects.get()
    assert (alert.line, alert.state, alert.owner) == ("intervention", "open", None)
    assert list(AlertEvent.objects.order_by("seq").values_list("seq", "kind")) == [
        (1, "opened"),
        (2, "taken"),
        (3, "escalated"),
    ]
    assert list(PatientNote.objects.order_by("created_at").values_list("words", flat=True)) == [
        "harder",
        "much_harder",
    ]


def test_a_line_speaks_again_only_after_the_score_came_well_below(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    services.resolve(alert_id=cross_warning(pat).pk, note="Called, spoke for ten minutes.", by=alice)
    store_reading(pat, "sad")
    assert Alert.objects.count() == 1
    for _ in range(25):
        store_reading(pat, "neutral")
    assert not PatientStanding.objects.get().is_over_warning
    for _ in range(25):
        store_reading(pat, "sad")
    assert Alert.objects.unresolved().count() == 1
    assert Alert.objects.count() == 2


def test_a_dead_photo_raises_an_alert_of_its_own(in_a: Clinic, pat: Patient) -> None:
    cross_warning(pat)
    first = services.report_failed_analysis(clinic_id=in_a.pk, patient_id=pat.pk)
    again = services.report_failed_analysis(clinic_id=in_a.pk, patient_id=pat.pk)
    assert first is not None
    assert again is not None
    assert (first.pk, first.rule, first.line) == (again.pk, "analysis_failed", "")
    assert (first.seq, again.seq) == (2, 3)
    assert Alert.objects.unresolved().count() == 2


def test_contesting_a_reading_rescores_without_an_alert(in_a: Clinic, pat: Patient) -> None:
    add_days_of(pat, "sad", 6)
    moments = list(Reading.objects.values_list("captured_at", flat=True))
    services.rescore_readings(clinic_id=in_a.pk, touched={pat.pk: moments})
    assert PatientStanding.objects.get().is_enough
    Reading.objects.update(is_contested=True)
    services.rescore_readings(clinic_id=in_a.pk, touched={pat.pk: moments})
    assert not PeriodScore.objects.exists()
    assert PatientStanding.objects.get().readings == 0
    assert not Alert.objects.exists()


def test_another_time_zone_recuts_the_periods_from_the_readings(in_a: Clinic, pat: Patient) -> None:
    today = timezone.now().date()
    monday = today - days_ago(today.weekday() + 7)
    monday_in_berlin = datetime.combine(monday, time(0), UTC) - timedelta(minutes=30)
    add_reading(pat, "sad", monday_in_berlin)
    services.rescore_readings(clinic_id=in_a.pk, touched={pat.pk: [monday_in_berlin]})
    assert PeriodScore.objects.get(kind="week").start == monday
    Clinic.objects.filter(pk=in_a.pk).update(time_zone="UTC")
    services.recut_periods(clinic_id=in_a.pk)
    assert PeriodScore.objects.get(kind="week").start == monday - days_ago(7)
    assert PeriodScore.objects.count() == 3


@pytest.mark.parametrize("window", ["rolling", "iso_week"])
def test_the_window_is_the_clinics_choice(in_a: Clinic, pat: Patient, ada: Membership, window: str) -> None:
    services.save_profile(draft=ScoreProfile(window=window, window_days=2), by=ada)
    add_reading(pat, "sad", timezone.now() - days_ago(8))
    store_reading(pat, "sad")
    assert PatientStanding.objects.get().readings == 1


def test_a_window_with_too_few_readings_reaches_back_and_says_from_which_day(
    in_a: Clinic, pat: Patient
) -> None:
    for day in (18, 16, 14, 12):
        add_reading(pat, "sad", timezone.now() - days_ago(day))
    store_reading(pat, "sad")
    standing = PatientStanding.objects.get()
    assert (standing.readings, standing.is_enough) == (5, True)
    assert standing.window_start == Reading.objects.earliest("captured_at").captured_at
    assert Alert.objects.get().readings == 5
