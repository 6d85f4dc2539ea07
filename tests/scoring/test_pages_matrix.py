from typing import Any

import pytest

from clinics import tenancy
from clinics.models import Membership
from inference.emotions import EMOTIONS
from patients.models import Patient
from scoring.forms import MatrixForm
from scoring.models import Alert, PatientStanding, ScoreProfile
from tests.conftest import signed_in
from tests.scoring.pages import raise_alert, words_of

URL = "/c/north/settings/matrix/"
PREVIEW = f"{URL}preview/"


def body(**changed: Any) -> dict[str, Any]:
    """The form of the default matrix as a browser would post it, with changes."""
    return {**MatrixForm.of(ScoreProfile(version=0)).initial, **changed}


def test_a_saved_matrix_is_a_new_version_and_rescores_history(ada: Membership, pat: Patient) -> None:
    raise_alert(pat)
    response = signed_in(ada).post(URL, body(score_sad="5", score_fear="5"), follow=True)
    assert "Version 1 is in force and all history has been rescored." in words_of(response)
    assert "Ada Ahrens" in words_of(response)
    with tenancy.enter(pat.clinic_id):
        profile = ScoreProfile.objects.get()
        assert (profile.version, profile.scores[4], profile.created_by) == (1, 5.0, ada)
        assert PatientStanding.objects.get().profile_version == 1
        assert Alert.objects.count() == 1
    again = signed_in(ada).post(URL, body(score_sad="5", score_fear="5", base_version="1"), follow=True)
    assert "Nothing was changed" in words_of(again)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"weight_fear": "1.01"}, "weight_fear", "out_of_range"),
        ({"weight_fear": "-0.1"}, "weight_fear", "out_of_range"),
        ({"score_sad": "10.5"}, "score_sad", "out_of_range"),
        ({"score_sad": "nan"}, "score_sad", "invalid"),
        ({"score_sad": ""}, "score_sad", "required"),
        ({f"weight_{emotion}": "0" for emotion in EMOTIONS}, "__all__", "all_products_zero"),
        ({"warning_line": "6", "intervention_line": "3"}, "intervention_line", "wrong_order"),
        ({"aggregation": "weighted_mean", "weight_happy": "0"}, "weight_happy", "weight_is_zero"),
        ({"window_floor": "0"}, "window_floor", "out_of_range"),
        ({"window_floor": "9" * 400}, "window_floor", "max_value"),
        ({"window_days": "93"}, "window_days", "max_value"),
        ({"score_sad": "9" * 400}, "score_sad", "invalid"),
        ({"base_version": "three"}, "base_version", "invalid"),
        ({"evidence": "1.2"}, "evidence", "out_of_range"),
        ({"window": "full_moon"}, "window", "invalid_choice"),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_field(
    ada: Membership, changed: dict[str, str], field: str, code: str
) -> None:
    browser = signed_in(ada)
    for url in (URL, PREVIEW):
        response = browser.post(url, body(**changed))
        assert response.status_code == 400
        errors = response.context["form"].errors.as_data()
        assert [error.code for error in errors[field]] == [code]
    with tenancy.enter(ada.clinic_id):
        assert not ScoreProfile.objects.exists()


def test_who_edited_an_older_version_is_told_and_keeps_what_was_typed(ada: Membership) -> None:
    browser = signed_in(ada)
    assert '<input type="hidden" name="base_version" value="0"' in browser.get(URL).text
    browser.post(URL, body(score_sad="5"))
    late = browser.post(URL, body(score_fear="4.75"))
    assert late.status_code == 409
    assert "Somebody saved version 1 while you were typing." in words_of(late)
    assert 'value="4.75"' in late.text
    assert '<input type="hidden" name="base_version" value="1"' in late.text
    with tenancy.enter(ada.clinic_id):
        assert ScoreProfile.objects.get().scores[4] == 5.0
    knowing = browser.post(URL, body(score_fear="4.75", base_version="1"), follow=True)
    assert "Version 2 is in force" in words_of(knowing)


def test_the_preview_scores_two_weeks_and_saves_nothing(ada: Membership) -> None:
    part = signed_in(ada).post(PREVIEW, body(), headers={"HX-Request": "true"})
    words = words_of(part)
    assert "<html" not in part.text
    assert "A calm week" in words
    assert "A hard week" in words
    assert "Below the lines" in words
    assert "Over intervention line" in words
    assert "80 % interval" in words
    with tenancy.enter(ada.clinic_id):
        assert not ScoreProfile.objects.exists()


def test_without_a_script_the_preview_keeps_what_was_typed(ada: Membership) -> None:
    page = signed_in(ada).post(PREVIEW, body(score_sad="7.25"))
    assert 'value="7.25"' in page.text
    assert "A hard week" in words_of(page)


def test_a_higher_floor_leaves_the_example_without_a_score(ada: Membership) -> None:
    words = words_of(signed_in(ada).post(PREVIEW, body(window_floor="8"), headers={"HX-Request": "true"}))
    assert "Not enough data" in words


def test_only_an_administrator_may_look_or_change(
    alice: Membership, bob: Membership, mallory: Membership
) -> None:
    for person, status in ((alice, 403), (bob, 403), (mallory, 404)):
        assert signed_in(person).get(URL).status_code == status
        assert signed_in(person).post(URL, body()).status_code == status
        assert signed_in(person).post(PREVIEW, body()).status_code == status


def test_the_estimator_and_the_second_day_are_chosen_on_the_page(
    ada: Membership, alice: Membership, pat: Patient
) -> None:
    raise_alert(pat)
    browser = signed_in(ada)
    assert 'name="second_day"' in browser.get(URL).content.decode()
    assert browser.post(URL, body(estimator="mean", second_day="on")).status_code == 302
    with tenancy.enter(pat.clinic_id):
        profile = ScoreProfile.objects.get()
        assert (profile.estimator, profile.policy.second_day) == ("mean", True)
    assert browser.post(URL, body(estimator="oracle", base_version="1")).status_code == 400
    page = signed_in(alice).get(f"/c/north/patients/{pat.pk}/")
    assert "plain mean of the readings, as this clinic chose" in words_of(page)
