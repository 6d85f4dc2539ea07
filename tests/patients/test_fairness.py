"""Age, sex and skin tone, volunteered for one check, and gone with a click."""

import pytest

from clinics import policy, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Membership
from patients import services
from patients.models import Consent, FairnessAnswers, Patient, Purpose
from patients.services import AnswersDraft
from tests.conftest import signed_in
from tests.patients.factories import make_patient

URL = "/c/north/me/fairness/"
SAID = {"age_band": "30_44", "sex": "female", "skin_tone": "7"}


def save(patient: Patient, **answers: str) -> int:
    return signed_in(patient).post(URL, {"decision": "save", **answers}).status_code


def counted(patient: Patient) -> list[AnswersDraft]:
    with tenancy.enter(patient.clinic_id):
        found = services.fairness_answers_to_count(clinic_id=patient.clinic_id, by=System("test"))
        return list(found.values())


def kept(patient: Patient) -> int:
    with tenancy.enter(patient.clinic_id):
        return FairnessAnswers.objects.count()


def test_every_question_is_first_left_unanswered(pat: Patient) -> None:
    shown = signed_in(pat).get(URL).text
    assert shown.count("I would rather not say") == 3
    assert "Nobody at your clinic is shown them" in shown
    assert shown.count("checked") == 1


def test_one_click_agrees_and_saves(pat: Patient) -> None:
    assert save(pat, **SAID) == 302
    assert counted(pat) == [AnswersDraft(**SAID)]
    with tenancy.enter(pat.clinic_id):
        assert Consent.objects.get(purpose=Purpose.FAIRNESS_CHECK).is_granted
        entry = AccessLogEntry.objects.get(action="fairness.answered")
        assert "female" not in entry.canonical
    assert '<option value="female" selected>' in signed_in(pat).get(URL).text


def test_one_answer_is_enough(pat: Patient) -> None:
    save(pat, sex="another")
    assert counted(pat) == [AnswersDraft(sex="another")]


def test_nothing_answered_is_nothing_kept_and_no_agreement(pat: Patient) -> None:
    assert save(pat) == 302
    assert kept(pat) == 0
    with tenancy.enter(pat.clinic_id):
        assert not Consent.objects.filter(purpose=Purpose.FAIRNESS_CHECK).exists()
    save(pat, **SAID)
    save(pat)
    assert kept(pat) == 0


@pytest.mark.parametrize("where", [URL, "/c/north/me/consents/"])
def test_one_click_withdraws_and_deletes(pat: Patient, where: str) -> None:
    save(pat, **SAID)
    signed_in(pat).post(where, {"decision": "withdraw", "purpose": "fairness_check"})
    assert kept(pat) == 0
    assert counted(pat) == []
    assert "Withdraw, and delete" not in signed_in(pat).get(URL).text


def test_an_answer_nobody_offered_is_refused(pat: Patient) -> None:
    assert save(pat, sex="nobody") == 400
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="unknown_answer"):
        services.save_fairness_answers(patient=pat, draft=AnswersDraft(sex="nobody"))
    assert kept(pat) == 0


def test_where_the_clinic_does_not_do_this_nothing_is_asked_or_counted(pat: Patient, ada: Membership) -> None:
    save(pat, **SAID)
    with tenancy.enter(pat.clinic_id):
        policy.choose(clinic=pat.clinic, jurisdiction="illinois", by=ada)
    assert counted(pat) == []
    shown = signed_in(pat).get(URL).text
    assert "does not do this at present" in shown
    assert "Withdraw, and delete" in shown
    assert save(pat, **SAID) == 400


def test_no_page_of_the_staff_shows_them(pat: Patient, alice: Membership, ada: Membership) -> None:
    save(pat, **SAID)
    for member, path in ((alice, f"/c/north/patients/{pat.pk}/"), (ada, "/c/north/settings/program/")):
        shown = signed_in(member).get(path).text
        assert "tone 7" not in shown
        assert "30 to 44" not in shown


def test_they_lie_sealed_and_unanswered_looks_like_answered(pat: Patient) -> None:
    save(pat, sex="female")
    with tenancy.enter(pat.clinic_id):
        stored = FairnessAnswers.objects.values_list("age_band", "sex", "skin_tone").get()
    assert all(str(value).startswith("mv1:") for value in stored)


def test_a_double_takes_no_answers_into_the_record_that_stays(alice: Membership) -> None:
    keep = make_patient(alice.clinic, "Kim Keeper", consents=())
    with tenancy.enter(alice.clinic_id):
        double = services.admit_patient(clinic=alice.clinic, name="Kim Keeper", by=alice)
        services.save_fairness_answers(patient=double, draft=AnswersDraft(**SAID))
        services.merge_patients(keep=keep, double=double, by=alice)
    assert kept(keep) == 0


def test_what_they_said_alone_goes_when_a_guardian_decides(pat: Patient, alice: Membership) -> None:
    save(pat, **SAID)
    with tenancy.enter(pat.clinic_id):
        services.set_decider(patient=pat, decider=Patient.Decider.GUARDIAN, by=alice)
    assert kept(pat) == 0
