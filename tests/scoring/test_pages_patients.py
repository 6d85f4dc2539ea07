from clinics import tenancy
from clinics.models import Clinic, Membership
from inference.models import Reason
from patients import services as patients_services
from patients.models import Patient
from tests.conftest import signed_in
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in
from tests.scoring.pages import raise_alert, words_of


def test_the_page_shows_what_the_patient_says_beside_what_the_face_shows(
    alice: Membership, pat: Patient
) -> None:
    raise_alert(pat)
    make_check_in(pat, mood=2, note="Slept two hours.")
    response = signed_in(alice).get(f"/c/north/patients/{pat.pk}/")
    words = words_of(response)
    assert "Pat Petersen" in words
    assert f"Record #{pat.record_number}" in words
    assert words.index("What the patient says") < words.index("What the face shows")
    assert "Slept two hours." in words
    assert "Over intervention line" in words
    assert "80 % interval" in words
    assert "sad 94 %" in words
    assert "Warning line 3" in words
    assert "Intervention line 6" in words
    assert "The same facts as a table" in words
    assert 'data-score-chart="weeks"' in response.text


def test_it_says_how_the_score_was_made_and_what_it_cannot_decide(alice: Membership, pat: Patient) -> None:
    raise_alert(pat)
    words = words_of(signed_in(alice).get(f"/c/north/patients/{pat.pk}/"))
    assert "supports a clinician's judgement. It does not diagnose" in words
    assert "default, scaled sum; warning line 3.0, intervention line 6.0" in words
    assert "mixture posterior" in words
    assert "7 scored check-ins" in words
    assert "Model test 1" in words


def test_a_photo_that_was_not_scored_says_why(alice: Membership, pat: Patient) -> None:
    check_in = make_check_in(pat, mood=5)
    make_reading(
        pat, check_in=check_in, is_scored=False, reason=Reason.BLURRED,
        angry=None, disgust=None, fear=None, happy=None, sad=None, surprise=None, neutral=None,
    )  # fmt: skip
    words = words_of(signed_in(alice).get(f"/c/north/patients/{pat.pk}/"))
    assert "Not scored blurred" in words
    assert "Not enough data" in words
    assert "Below the lines" not in words


def test_nothing_known_does_not_look_calm(alice: Membership, pat: Patient) -> None:
    words = words_of(signed_in(alice).get(f"/c/north/patients/{pat.pk}/"))
    assert "That does not mean they are well." in words
    assert "Below the lines" not in words


def test_consents_and_the_way_to_the_invitation(alice: Membership, pat: Patient, clinic_a: Clinic) -> None:
    words = words_of(signed_in(alice).get(f"/c/north/patients/{pat.pk}/"))
    assert "Analysis of photos: yes" in words
    assert "Keeping photos: not asked or not agreed" in words
    with tenancy.enter(clinic_a.pk):
        nia = patients_services.admit_patient(clinic=clinic_a, name="Nia Novak", by=alice)
    assert f"/c/north/patients/{nia.pk}/invite/" in signed_in(alice).get(f"/c/north/patients/{nia.pk}/").text


def test_strangers_find_no_patient(mallory: Membership, eve: Membership, pat: Patient) -> None:
    url = f"/c/north/patients/{pat.pk}/"
    assert signed_in(mallory).get(url).status_code == 404
    assert signed_in(mallory).get(f"/c/south/patients/{pat.pk}/").status_code == 404
    assert signed_in(eve).get(url).status_code == 403
