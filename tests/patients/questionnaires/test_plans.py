"""Which forms a clinic asks, and how often: its administrators choose."""

import pytest

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients.models import QuestionnairePlan
from tests.conftest import signed_in
from tests.patients.questionnaires.forms import make_ready_for_item_nine, switch_on

HERE = "/c/north/settings/questionnaires/"


def post(ada: Membership, name: str, every: int = 14, late: int = 3, closes: int = 7) -> int:
    body = {
        f"{name}-every_days": every,
        f"{name}-late_after_days": late,
        f"{name}-closes_after_days": closes,
        f"{name}-is_on": "on",
    }
    return signed_in(ada).post(f"{HERE}{name}/", body).status_code


def plans(clinic: Clinic) -> dict[str, bool]:
    with tenancy.enter(clinic.pk):
        return dict(QuestionnairePlan.objects.values_list("questionnaire", "is_on"))


def test_a_form_is_switched_on_with_its_days(clinic_a: Clinic, ada: Membership) -> None:
    assert post(ada, "gad7", every=28) == 302
    assert plans(clinic_a) == {"gad7": True}
    with tenancy.enter(clinic_a.pk):
        assert QuestionnairePlan.objects.get().every_days == 28
        assert AccessLogEntry.objects.filter(action="settings.questionnaire").count() == 1


def test_phq9_needs_somebody_who_hears_item_nine(clinic_a: Clinic, ada: Membership) -> None:
    assert post(ada, "phq9") == 400
    assert plans(clinic_a) == {}
    shown = signed_in(ada).get(HERE).text
    assert "a clinical lead" in shown
    assert "please use the PHQ-8" in shown
    make_ready_for_item_nine(clinic_a)
    assert post(ada, "phq9") == 302
    assert plans(clinic_a) == {"phq9": True}


def test_phq9_and_phq8_are_not_asked_both(clinic_a: Clinic, ada: Membership) -> None:
    switch_on(clinic_a, "phq9")
    assert post(ada, "phq8") == 400
    assert plans(clinic_a) == {"phq9": True}


@pytest.mark.parametrize(
    "days", [{"every": 6, "closes": 5}, {"every": 367}, {"late": 8}, {"closes": 15}, {"late": 0}]
)
def test_days_that_cannot_be_are_refused(clinic_a: Clinic, ada: Membership, days: dict[str, int]) -> None:
    assert post(ada, "gad7", **days) == 400
    assert plans(clinic_a) == {}


def test_there_is_no_such_form(ada: Membership) -> None:
    assert post(ada, "who5") == 404
