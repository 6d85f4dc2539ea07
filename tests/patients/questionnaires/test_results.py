"""What clinicians read of questionnaires, ask for, and write down for a patient."""

import pytest

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import results
from patients.models import Patient, QuestionnaireRound
from patients.signals import answer_saved
from tests.conftest import signed_in
from tests.patients.questionnaires.forms import (
    answer,
    finish,
    finished_round,
    heard,
    make_round,
    spread,
    switch_on,
)


def page(member: Membership, patient: Patient, rest: str = "") -> str:
    response = signed_in(member).get(f"/c/north/patients/{patient.pk}/questionnaires/{rest}")
    assert response.status_code == 200
    return response.text


def test_totals_bands_and_changes_stand_in_the_table(pat: Patient, alice: Membership) -> None:
    finished_round(pat, 16)
    second = make_round(pat)
    answer(second, spread(8) | {"9": 0})
    finish(second)
    shown = page(alice, pat)
    assert "16 of 27" in shown
    assert "moderately severe" in shown
    assert "-8 since the last" in shown
    assert "response (at most half of 16)" in shown
    assert "<svg" in shown
    zeros = shown.count("<div>0 ") + shown.count("<strong>0</strong>")
    assert zeros == shown.count("had answered 0 shortly before") > 1
    with tenancy.enter(pat.clinic_id):
        assert AccessLogEntry.objects.filter(action="questionnaire.read").count() == 1


def test_without_item_nine_there_is_no_total_and_the_rest_is_said(pat: Patient, alice: Membership) -> None:
    round_ = make_round(pat)
    answer(round_, {str(item): 2 for item in range(1, 9)})
    finish(round_)
    shown = page(alice, pat)
    assert "no total" in shown
    assert "The first eight make 16 of 24" in shown


def test_every_answer_is_shown_as_it_was_given(pat: Patient, alice: Membership) -> None:
    round_ = make_round(pat)
    answer(round_, {"9": 2})
    answer(round_, spread(3) | {"9": 0})
    finish(round_)
    answer(round_, {"9": 1})
    shown = page(alice, pat, f"{round_.pk}/")
    assert "came late" in shown
    with tenancy.enter(pat.clinic_id):
        assert [one.given for one in results.last_answers(pat.pk, "phq9", "9")] == [1, 0, 2]


def test_a_clinician_asks_now_and_once(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    switch_on(clinic_a, "gad7")
    here = f"/c/north/patients/{pat.pk}/questionnaires/ask/"
    for _twice in range(2):
        assert signed_in(alice).post(here, {"questionnaire": "gad7"}).status_code == 302
    with tenancy.enter(clinic_a.pk):
        (round_,) = QuestionnaireRound.objects.all()
        assert round_.opened_by == alice.actor_label
    answer(round_, spread(4, "gad7"))
    finish(round_)
    assert signed_in(alice).post(here, {"questionnaire": "gad7"}).status_code == 400


@pytest.mark.parametrize("form", ["phq9", "phq4", "none"])
def test_what_the_clinic_does_not_use_cannot_be_asked(
    clinic_a: Clinic, pat: Patient, alice: Membership, form: str
) -> None:
    switch_on(clinic_a, "gad7")
    response = signed_in(alice).post(
        f"/c/north/patients/{pat.pk}/questionnaires/ask/", {"questionnaire": form}
    )
    assert response.status_code == 400


def test_what_a_patient_said_by_telephone_is_written_down_and_told_of(
    pat: Patient, alice: Membership
) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        response = signed_in(alice).post(
            f"/c/north/patients/{pat.pk}/questionnaires/{round_.pk}/enter/",
            {"item-9": "1", "item-2": "9", "form_key": "k" * 32},
        )
    assert response.status_code == 400
    assert [(one["item"], one["value"], one["door"]) for one in said] == [("9", 1, "staff")]


def test_another_patients_round_is_no_page(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    from tests.patients.factories import make_patient

    round_ = make_round(pat)
    other = make_patient(clinic_a, "Otto Other")
    here = f"/c/north/patients/{other.pk}/questionnaires/{round_.pk}/"
    assert signed_in(alice).get(here).status_code == 404
    assert signed_in(alice).post(f"{here}enter/", {"item-9": "1"}).status_code == 404
