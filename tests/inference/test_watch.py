"""The watch: weeks counted, groups compared, administrators told."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from inference import services, tasks
from inference.engine.watch import PSI_NEEDS
from inference.models import Reading, WatchNotice, WatchWeek
from patients import services as patient_services
from patients.models import Patient
from tests.conftest import signed_in
from tests.inference.watched_weeks import last_week, people, photos_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny_model")]
PAGE = "/c/north/settings/program/"


def watch(clinic: Clinic, weeks: int = 4) -> list[WatchWeek]:
    with tenancy.enter(clinic.pk):
        services.watch(clinic=clinic, weeks=weeks)
        return list(WatchWeek.objects.order_by("-week_start", "model_sha256"))


def of_model(rows: list[WatchWeek]) -> WatchWeek:
    return next(row for row in rows if row.model_sha256)


def notices(clinic: Clinic) -> list[WatchNotice]:
    with tenancy.enter(clinic.pk):
        return list(WatchNotice.objects.order_by("group"))


def unfair_weeks(clinic: Clinic) -> list[Patient]:
    """Ten points and more between two groups of twelve."""
    dark = people(clinic, 12, skin_tone="9")
    photos_of(dark, scored=12, failed=8)
    photos_of(people(clinic, 12, skin_tone="2"), scored=19, failed=1)
    return dark


def test_a_week_is_counted_by_model_and_reason(clinic_a: Clinic, pat: Patient) -> None:
    photos_of([pat], scored=3, failed=1)
    photos_of([pat], failed=2, reason="consent_missing", model_sha256="", model_name="", model_version="")
    rows = watch(clinic_a)
    assert len(rows) == 2
    figures = of_model(rows).figures
    assert (figures["tried"], figures["scored"], figures["not_scored"]) == (4, 3, {"blurred": 1})
    assert figures["confidence"]["mean"] == pytest.approx(0.7)
    assert rows[0].figures["untried"] == {"consent_missing": 2}


def test_counting_again_changes_nothing_but_what_changed(clinic_a: Clinic, pat: Patient) -> None:
    readings = photos_of([pat], scored=4)
    before = of_model(watch(clinic_a))
    assert len(watch(clinic_a)) == 2
    with tenancy.enter(clinic_a.pk):
        Reading.objects.filter(pk=readings[0].pk).update(is_contested=True)
    after = of_model(watch(clinic_a))
    assert after.pk == before.pk
    assert (before.figures["contested"], after.figures["contested"]) == (0, 1)


def test_drift_is_measured_against_the_models_own_reference(clinic_a: Clinic) -> None:
    photos_of(people(clinic_a, 10), scored=PSI_NEEDS // 10)
    assert of_model(watch(clinic_a)).figures["psi"] > 0.25


def test_an_unknown_model_has_no_reference(clinic_a: Clinic) -> None:
    photos_of(people(clinic_a, 10), scored=PSI_NEEDS // 10, model_sha256="f" * 64)
    assert of_model(watch(clinic_a)).figures["psi"] is None


def test_what_was_invented_for_a_demonstration_is_left_out(clinic_a: Clinic, pat: Patient) -> None:
    photos_of([pat], scored=3, is_synthetic=True)
    assert [row.model_sha256 for row in watch(clinic_a)] == [""]


def test_beat_counts_a_week_once_and_a_quiet_week_too(clinic_a: Clinic, pat: Patient) -> None:
    tasks.watch_classifiers()
    photos_of([pat], scored=3)
    tasks.watch_classifiers()
    with tenancy.enter(clinic_a.pk):
        assert WatchWeek.objects.get().model_sha256 == ""
        WatchWeek.objects.all().delete()
    tasks.watch_classifiers()
    with tenancy.enter(clinic_a.pk):
        assert WatchWeek.objects.count() == 2


def test_the_command_counts_as_many_weeks_as_asked(clinic_a: Clinic, pat: Patient) -> None:
    photos_of([pat], scored=2, at=last_week() - timedelta(weeks=9))
    printed = StringIO()
    call_command("watch_classifiers", clinic="north", weeks=4, stdout=printed)
    call_command("watch_classifiers", clinic="north", weeks=10, stdout=printed)
    assert printed.getvalue() == "north: 1 rows\nnorth: 2 rows\n"
    for wrong in ({"clinic": "nowhere"}, {"weeks": 0}):
        with pytest.raises(CommandError):
            call_command("watch_classifiers", **wrong)


def test_a_group_that_gets_no_reading_far_more_often_is_told_to_administrators(
    ada: Membership, alice: Membership
) -> None:
    unfair_weeks(ada.clinic)
    watch(ada.clinic)
    assert [(row.question, row.group, row.measure) for row in notices(ada.clinic)] == [
        ("skin_tone", "dark", "not_scored"),
        ("skin_tone", "light", "not_scored"),
    ]
    browser = signed_in(ada)
    assert (
        "does not do equally well for everybody"
        in browser.get(reverse("clinics:members", args=["north"])).text
    )
    shown = browser.get(PAGE).text
    assert "dark (Monk 7 to 10)" in shown
    assert "yes, by more than 3 points" in shown
    assert (
        "does not do equally well" not in signed_in(alice).get(reverse("scoring:triage", args=["north"])).text
    )
    with tenancy.enter(ada.clinic_id):
        entry = AccessLogEntry.objects.filter(action="watch.notice_raised").first()
        assert entry is not None
        assert entry.patient_id is None


def test_a_contested_rate_is_compared_as_well(ada: Membership) -> None:
    photos_of(people(ada.clinic, 12, sex="female"), scored=10, is_contested=True)
    photos_of(people(ada.clinic, 12, sex="male"), scored=10)
    watch(ada.clinic)
    assert {row.measure for row in notices(ada.clinic)} == {"contested"}


def close_all(browser: Client, clinic: Clinic) -> None:
    for notice in notices(clinic):
        browser.post(reverse("inference:close_watch_notice", args=["north", notice.pk]))


def test_a_notice_is_raised_once_and_rests_when_looked_into(ada: Membership) -> None:
    unfair_weeks(ada.clinic)
    watch(ada.clinic)
    watch(ada.clinic)
    assert len(notices(ada.clinic)) == 2
    browser = signed_in(ada)
    close_all(browser, ada.clinic)
    assert {row.seen_by_id for row in notices(ada.clinic)} == {ada.pk}
    watch(ada.clinic)
    assert len(notices(ada.clinic)) == 2
    assert "does not do equally well" not in browser.get(reverse("clinics:members", args=["north"])).text
    with tenancy.enter(ada.clinic_id):
        assert AccessLogEntry.objects.filter(action="watch.notice_closed").count() == 2
        WatchNotice.objects.update(seen_at=last_week() - timedelta(weeks=12))
    watch(ada.clinic)
    assert len(notices(ada.clinic)) == 4


def test_a_group_of_nine_is_shown_to_nobody(ada: Membership) -> None:
    photos_of(people(ada.clinic, 9, sex="female"), failed=20)
    photos_of(people(ada.clinic, 20, sex="male"), scored=20)
    row = of_model(watch(ada.clinic))
    assert row.groups == {}
    assert notices(ada.clinic) == []
    assert "two groups of at least ten people are needed" in signed_in(ada).get(PAGE).text


def test_withdrawn_answers_are_gone_and_counted_no_more(ada: Membership) -> None:
    dark = unfair_weeks(ada.clinic)
    assert of_model(watch(ada.clinic)).groups
    with tenancy.enter(ada.clinic_id):
        for patient in dark[:3]:
            patient_services.withdraw_fairness_answers(patient=patient)
    assert of_model(watch(ada.clinic)).groups == {}


def test_whose_processing_is_paused_is_in_no_group(ada: Membership) -> None:
    dark = unfair_weeks(ada.clinic)
    with tenancy.enter(ada.clinic_id):
        for patient in dark[:3]:
            patient_services.restrict_processing(patient=patient, by=patient)
    assert of_model(watch(ada.clinic)).groups == {}


def test_moods_of_fewer_than_ten_people_are_not_on_the_page(ada: Membership, pat: Patient) -> None:
    photos_of([pat], scored=5, failed=5, is_contested=False)
    watch(ada.clinic)
    shown = signed_in(ada).get(PAGE).text
    assert "fewer than ten people" in shown
    assert "50 %" in shown
    assert "70 %" not in shown


def test_two_weeks_make_a_chart_with_its_facts_in_the_table(ada: Membership) -> None:
    patients = people(ada.clinic, 10)
    photos_of(patients, scored=9, failed=1)
    photos_of(patients, scored=5, failed=5, at=last_week() - timedelta(days=7))
    watch(ada.clinic)
    shown = signed_in(ada).get(PAGE).text
    assert 'points="0.0,0.0 600.0,128.0"' in shown
    assert "10 %" in shown
    assert "50 %" in shown
