"""Each answer is kept and told of as it is given, by any door, whatever else is wrong."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.services import merge_patients
from patients.signals import answer_saved, questionnaire_closed
from tests.conftest import signed_in
from tests.patients.factories import make_patient
from tests.patients.questionnaires.forms import answer, finish, heard, make_round, spread

HERE = "/c/north/me/questionnaires/"
API = "/api/c/north/questionnaires/"


def rows(round_: QuestionnaireRound) -> list[tuple[str, int | None]]:
    with tenancy.enter(round_.clinic_id):
        return [(row.item, row.given) for row in round_.answers.order_by("number")]


def test_an_answer_on_the_page_is_kept_sealed_and_told_of(clinic_a: Clinic, pat: Patient) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        response = signed_in(pat).post(f"{HERE}{round_.pk}/1/", {"item-1": "2", "form_key": "k" * 32})
    assert response.status_code == 302
    assert response["Location"] == f"{HERE}{round_.pk}/2/"
    assert rows(round_) == [("1", 2)]
    (told,) = said
    assert {name: told[name] for name in ("questionnaire", "item", "value", "door", "is_late")} == {
        "questionnaire": "phq9",
        "item": "1",
        "value": 2,
        "door": "page",
        "is_late": False,
    }
    assert (told["clinic_id"], told["patient_id"], told["round_id"]) == (clinic_a.pk, pat.pk, round_.pk)
    with tenancy.enter(clinic_a.pk):
        stored = QuestionnaireAnswer.objects.values_list("value", flat=True).get(pk=told["answer_id"])
        assert str(stored).startswith("mv1:")
        assert AccessLogEntry.objects.filter(action="questionnaire.answered").count() == 1


def test_item_nine_is_told_of_whatever_is_wrong_beside_it(clinic_a: Clinic, pat: Patient) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        response = signed_in(pat).post(
            f"{HERE}{round_.pk}/all/", {"item-1": "7", "item-2": "yes", "item-9": "1", "form_key": "k" * 32}
        )
    assert response.status_code == 400
    assert [(one["item"], one["value"]) for one in said] == [("9", 1)]
    assert rows(round_) == [("9", 1)]
    assert "Please choose one of the answers." in response.text


@pytest.mark.parametrize("value", [4, -1, "x", True, 1.5, [], {}, "", "٣"])
def test_what_is_no_answer_is_refused_alone(pat: Patient, value: object) -> None:
    round_ = make_round(pat)
    body = {"answers": [{"item": "9", "value": value}, {"item": "3", "value": 1}]}
    response = signed_in(pat).post(f"{API}{round_.pk}/answers/", body, content_type="application/json")
    assert response.status_code == 400
    assert [one["item"] for one in response.json()["refused"]] == ["9"]
    assert rows(round_) == [("3", 1)]


@pytest.mark.parametrize("broken", ["text", None, 3, {"value": 1}, {"item": "10", "value": 1}])
def test_what_cannot_be_read_costs_no_other_answer(pat: Patient, broken: object) -> None:
    round_ = make_round(pat)
    body = {"answers": [broken, {"item": "9", "value": 3, "answered_at": "yesterday", "key": 7}]}
    with heard(answer_saved) as said:
        response = signed_in(pat).post(f"{API}{round_.pk}/answers/", body, content_type="application/json")
    assert response.status_code == 400
    assert [(one["item"], one["value"]) for one in said] == [("9", 3)]
    with tenancy.enter(round_.clinic_id):
        assert QuestionnaireAnswer.objects.get().is_clock_doubtful


def test_the_same_key_brings_an_answer_once(pat: Patient) -> None:
    round_ = make_round(pat)
    body = {"answers": [{"item": "9", "value": 2, "key": "a" * 20}]}
    with heard(answer_saved) as said:
        for is_new in (True, False):
            response = signed_in(pat).post(
                f"{API}{round_.pk}/answers/", body, content_type="application/json"
            )
            assert response.status_code == 200
            assert response.json()["saved"][0]["is_new"] is is_new
    assert len(said) == 1


def test_a_key_used_for_another_answer_costs_neither(pat: Patient) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        answer(round_, {"9": 0}, key="k")
        answer(round_, {"9": 3}, key="k")
    assert [one["value"] for one in said] == [0, 3]


def test_a_change_is_a_further_row(pat: Patient) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        answer(round_, {"9": 2})
        answer(round_, {"9": 0})
    assert rows(round_) == [("9", 2), ("9", 0)]
    assert [one["value"] for one in said] == [2, 0]


def test_a_page_sent_again_is_no_new_answer(pat: Patient) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        for key in ("a" * 32, "b" * 32):
            signed_in(pat).post(f"{HERE}{round_.pk}/all/", {"item-9": "2", "form_key": key})
    assert len(said) == 1


def test_two_answers_in_one_field_are_both_kept(pat: Patient) -> None:
    round_ = make_round(pat)
    signed_in(pat).post(f"{HERE}{round_.pk}/all/", {"item-9": ["2", "0"], "form_key": "k" * 32})
    assert rows(round_) == [("9", 2), ("9", 0)]


def test_a_question_left_open_is_told_of_too(pat: Patient) -> None:
    round_ = make_round(pat)
    with heard(answer_saved) as said:
        signed_in(pat).post(f"{HERE}{round_.pk}/9/", {"item-9": "open", "form_key": "k" * 32})
    assert [(one["item"], one["value"]) for one in said] == [("9", None)]
    assert rows(round_) == [("9", None)]


def test_nobody_answers_for_another_patient(clinic_a: Clinic, pat: Patient) -> None:
    round_ = make_round(pat)
    other = make_patient(clinic_a, "Otto Other")
    client = signed_in(other)
    body = {"answers": [{"item": "9", "value": 3}]}
    answers = [
        client.post(f"{API}{round_.pk}/answers/", body, content_type="application/json"),
        client.post(f"{API}{round_.pk}/finish/"),
        client.post(f"{HERE}{round_.pk}/9/", {"item-9": "3"}),
        client.get(f"{HERE}{round_.pk}/"),
    ]
    assert [one.status_code for one in answers] == [404] * 4
    assert rows(round_) == []


def test_an_answer_after_the_end_is_kept_told_of_and_marked_late(pat: Patient) -> None:
    round_ = make_round(pat)
    answer(round_, spread(3) | {"9": 0})
    ended = finish(round_)
    with heard(answer_saved) as said, heard(questionnaire_closed) as closed:
        answer(round_, {"9": 3})
    assert [(one["value"], one["is_late"]) for one in said] == [(3, True)]
    assert closed == []
    with tenancy.enter(round_.clinic_id):
        assert QuestionnaireRound.objects.get(pk=round_.pk).total == ended.total == 3


def test_an_answer_given_offline_in_time_counts_when_it_arrives(pat: Patient) -> None:
    round_ = make_round(pat)
    in_time = timezone.now()
    with tenancy.enter(round_.clinic_id):
        QuestionnaireRound.objects.filter(pk=round_.pk).update(
            opened_at=in_time - timedelta(days=8),
            late_at=in_time - timedelta(days=5),
            closes_at=in_time - timedelta(days=1),
            state="closed",
            ended_at=in_time - timedelta(days=1),
        )
    with heard(questionnaire_closed) as closed:
        answer(round_, spread(12), at=in_time - timedelta(days=2))
    assert [one["total"] for one in closed] == [12]
    with tenancy.enter(round_.clinic_id):
        kept = QuestionnaireRound.objects.get(pk=round_.pk)
        assert (kept.total, kept.band, kept.state) == (12, "moderate", "closed")
        assert QuestionnaireAnswer.objects.filter(is_late=True, is_clock_doubtful=False).count() == 9


def test_a_fault_in_scoring_costs_no_answer(pat: Patient) -> None:
    def fail(**kwargs: object) -> None:
        raise RuntimeError

    round_ = make_round(pat)
    before = timezone.now()
    answer(round_, {"1": 1})
    finish(round_)
    questionnaire_closed.connect(fail, dispatch_uid="fail")
    try:
        with heard(answer_saved) as said:
            answer(round_, spread(20) | {"9": 2}, at=before)
    finally:
        questionnaire_closed.disconnect(dispatch_uid="fail")
    assert ("9", 2) in [(one["item"], one["value"]) for one in said]
    assert ("9", 2) in rows(round_)


@pytest.mark.parametrize("hours", [-24 * 400, 1])
def test_a_wrong_clock_costs_no_answer(pat: Patient, hours: int) -> None:
    round_ = make_round(pat)
    answer(round_, {"9": 1}, at=timezone.now() + timedelta(hours=hours))
    with tenancy.enter(round_.clinic_id):
        kept = QuestionnaireAnswer.objects.get()
        assert kept.is_clock_doubtful
        assert abs(kept.answered_at - timezone.now()) < timedelta(minutes=1)


def test_an_answer_of_a_closed_record_is_kept_and_told_of(
    clinic_a: Clinic, pat: Patient, alice: Membership
) -> None:
    from patients.services import discharge_patient

    round_ = make_round(pat)
    with tenancy.enter(clinic_a.pk):
        discharge_patient(patient=pat, by=alice)
    with heard(answer_saved) as said:
        signed_in(pat).post(f"{HERE}{round_.pk}/9/", {"item-9": "2"})
    assert [(one["value"], one["is_late"]) for one in said] == [(2, True)]


def test_the_database_refuses_to_edit_an_answer(in_a: Clinic, pat: Patient) -> None:
    round_ = make_round(pat)
    answer(round_, {"9": 2})
    for change in ({"item": "1"}, {"answered_at": timezone.now()}, {"is_late": True}, {"saved_by": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            QuestionnaireAnswer.objects.update(**change)


def test_answers_of_a_double_move_sealed_anew(clinic_a: Clinic, alice: Membership) -> None:
    from patients.models import QuestionnaireAnswer as Row

    keep, double = make_patient(clinic_a, "Kim Keep"), make_patient(clinic_a, "Dora Double")
    round_ = make_round(double, "gad7")
    answer(round_, {"7": 2})
    with tenancy.enter(clinic_a.pk):
        keep.user = None
        keep.save()
        merge_patients(keep=keep, double=double, by=alice)
        (row,) = Row.objects.filter(patient=keep)
        assert (row.given, row.round.patient_id, row.round.state) == (2, keep.pk, "closed")


def test_a_round_that_does_not_exist_is_no_page(pat: Patient) -> None:
    assert signed_in(pat).get(f"{HERE}{uuid.uuid4()}/").status_code == 404
