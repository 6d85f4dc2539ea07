"""Rounds: opened when due, finished once, closed when over, and told of with what changed."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import Clinic, ClinicSafety, Membership, User
from patients import services, tasks
from patients.models import Patient, QuestionnairePlan, QuestionnaireRound
from patients.signals import questionnaire_closed
from tests.conftest import signed_in
from tests.patients.factories import make_patient
from tests.patients.questionnaires.forms import (
    answer,
    finish,
    finished_round,
    heard,
    make_round,
    spread,
    switch_on,
)


def asked(patient: Patient) -> list[str]:
    with tenancy.enter(patient.clinic_id):
        services.open_due_rounds(patient=patient)
        rounds = QuestionnaireRound.objects.open().filter(patient=patient)
        return sorted(rounds.values_list("questionnaire", flat=True))


def age(round_: QuestionnaireRound, days: int) -> None:
    """As if it had been asked so many days before."""
    step = timedelta(days=days)
    with tenancy.enter(round_.clinic_id):
        row = QuestionnaireRound.objects.get(pk=round_.pk)
        row.due_on -= step
        row.opened_at -= step
        row.late_at -= step
        row.closes_at -= step
        row.ended_at = row.ended_at - step if row.ended_at else None
        row.save()


def test_the_sweep_asks_everybody_who_is_followed_once(clinic_a: Clinic, pat: Patient) -> None:
    switch_on(clinic_a, "gad7")
    without_account = make_patient(clinic_a, "Nora None")
    with tenancy.enter(clinic_a.pk):
        Patient.objects.filter(pk=without_account.pk).update(user=None)
    for _twice in range(2):
        tasks.turn_questionnaires()
    with tenancy.enter(clinic_a.pk):
        assert [one.patient_id for one in QuestionnaireRound.objects.all()] == [pat.pk]


def test_the_next_is_asked_when_it_is_due_and_not_before(clinic_a: Clinic, pat: Patient) -> None:
    round_ = make_round(pat, "gad7")
    answer(round_, spread(5, "gad7"))
    finish(round_)
    assert asked(pat) == []
    age(round_, 13)
    assert asked(pat) == []
    age(round_, 1)
    assert asked(pat) == ["gad7"]


def test_what_nobody_finished_is_closed_and_scored_from_what_was_given(pat: Patient) -> None:
    round_ = make_round(pat)
    answer(round_, {"9": 1})  # abandoned after item 9
    age(round_, 8)
    with heard(questionnaire_closed) as said:
        tasks.turn_questionnaires()
    (told,) = said
    assert (told["total"], told["has_unanswered_item_nine"], told["was_started"]) == (None, False, True)
    with tenancy.enter(pat.clinic_id):
        closed = QuestionnaireRound.objects.get(pk=round_.pk)
        assert closed.state == "closed"


def test_one_patients_fault_keeps_nobody_else_from_being_asked(clinic_a: Clinic, pat: Patient) -> None:
    switch_on(clinic_a, "gad7")
    other = make_patient(clinic_a, "Otto Other")
    with tenancy.enter(clinic_a.pk):
        Patient.objects.filter(pk=min(pat.pk, other.pk)).update(time_zone="Nowhere/Land")
    tasks.turn_questionnaires()
    with tenancy.enter(clinic_a.pk):
        assert [one.patient_id for one in QuestionnaireRound.objects.all()] == [max(pat.pk, other.pk)]


def test_a_clock_set_back_loses_no_answer(pat: Patient) -> None:
    round_ = make_round(pat)
    answer(round_, spread(12))
    before = timezone.now() - timedelta(minutes=10)
    with mock.patch("django.utils.timezone.now", return_value=before):
        assert finish(round_).total == 12


@pytest.mark.parametrize(
    ("values", "is_unanswered"), [({"1": 1}, True), ({"1": 1, "9": None}, True), ({}, False)]
)
def test_a_phq9_begun_and_left_without_item_nine_is_told_of(
    pat: Patient, values: dict[str, int | None], is_unanswered: bool
) -> None:
    round_ = make_round(pat)
    if values:
        answer(round_, values)
    age(round_, 8)
    with heard(questionnaire_closed) as said:
        tasks.turn_questionnaires()
    assert [one["has_unanswered_item_nine"] for one in said] == [is_unanswered]


def test_finishing_tells_total_band_and_what_went_before(pat: Patient) -> None:
    finished_round(pat, 16)
    middle = make_round(pat)
    answer(middle, spread(8))
    finish(middle)
    age(middle, 15)
    last = make_round(pat)
    answer(last, spread(14))
    with heard(questionnaire_closed) as said:
        finish(last)
        finish(last)
    (told,) = said
    assert (told["total"], told["band"]) == (14, "moderate")
    assert (told["previous_total"], told["previous_band"], told["baseline"]) == (8, "mild", 16)


def test_nothing_answered_is_nothing_to_send(pat: Patient) -> None:
    round_ = make_round(pat)
    with pytest.raises(DomainError, match="nothing_answered"):
        finish(round_)


@pytest.mark.parametrize(("years", "is_asked"), [(17, False), (18, True)])
def test_the_adult_forms_are_not_offered_under_18(
    clinic_a: Clinic, pat: Patient, years: int, is_asked: bool
) -> None:
    switch_on(clinic_a, "gad7")
    today = timezone.localdate(timezone=pat.zone)
    born = today.replace(year=today.year - years) if (today.month, today.day) != (2, 29) else date(2000, 1, 1)
    with tenancy.enter(clinic_a.pk):
        pat.birth_date = born.isoformat()  # type: ignore[assignment]  # encrypted: no types
        pat.save()
    assert asked(pat) == (["gad7"] if is_asked else [])


def test_nobody_is_asked_in_a_language_without_a_published_form(clinic_a: Clinic, pat: Patient) -> None:
    switch_on(clinic_a, "gad7")
    assert pat.user is not None
    User.objects.filter(pk=pat.user.pk).update(language="de")
    assert asked(pat) == []


def test_phq8_stands_in_while_the_clinic_is_not_ready_for_item_nine(clinic_a: Clinic, pat: Patient) -> None:
    switch_on(clinic_a, "phq9")
    with tenancy.enter(clinic_a.pk):
        ClinicSafety.objects.update(lead=None)
    assert asked(pat) == ["phq8"]


def test_the_two_are_one_series(clinic_a: Clinic, pat: Patient) -> None:
    """A PHQ-8 that was answered is not followed by a PHQ-9 the next day."""
    round_ = make_round(pat, "phq8")
    answer(round_, spread(5, "phq8"))
    finish(round_)
    with tenancy.enter(clinic_a.pk):
        QuestionnairePlan.objects.update(is_on=False)
    switch_on(clinic_a, "phq9")
    assert asked(pat) == []


def test_a_discharge_closes_what_is_open_and_tells_nobody(
    clinic_a: Clinic, pat: Patient, alice: Membership
) -> None:
    round_ = make_round(pat)
    answer(round_, {"1": 1})
    with heard(questionnaire_closed) as said, tenancy.enter(clinic_a.pk):
        services.discharge_patient(patient=pat, by=alice)
    assert said == []
    assert asked(pat) == []


def test_a_paused_patient_is_asked_nothing(clinic_a: Clinic, pat: Patient) -> None:
    switch_on(clinic_a, "gad7")
    with tenancy.enter(clinic_a.pk):
        services.restrict_processing(patient=pat, by=pat)
    assert asked(pat) == []


def test_the_whole_way_through_the_pages(pat: Patient) -> None:
    round_ = make_round(pat)
    browser = signed_in(pat)
    here = f"/c/north/me/questionnaires/{round_.pk}"
    assert "nobody" in browser.get(f"{here}/").text.lower()
    assert "Begin" in browser.get(f"{here}/").text
    for item in [*map(str, range(1, 10)), "difficulty"]:
        page = browser.get(f"{here}/{item}/")
        assert page.status_code == 200
        sent = browser.post(f"{here}/{item}/", {f"item-{item}": "0", "form_key": page.context["form_key"]})
        assert sent.status_code == 302
    assert sent["Location"] == f"{here}/send/"
    assert browser.post(f"{here}/send/").status_code == 302
    shown = browser.get(f"{here}/").text
    assert "Sent on" in shown
    for word in ("minimal", "severe", "total"):
        assert word not in shown.lower()


def test_a_form_is_taken_up_where_it_was_left(pat: Patient) -> None:
    round_ = make_round(pat)
    answer(round_, {"1": 1, "2": 0})
    page = signed_in(pat).get(f"/c/north/me/questionnaires/{round_.pk}/")
    assert page.context["first_open"].item.number == "3"
