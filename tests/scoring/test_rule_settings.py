"""What a service refuses of a rule's settings, whichever door it comes through."""

from typing import Any

import pytest

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from scoring import services
from scoring.alert_rules import BY_CODE
from scoring.models import RuleSetting
from scoring.services.rule_settings import RuleDraft, check_draft, choices_in_force
from tests.clinics.factories import make_member


@pytest.fixture
def ada(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "administrator", "Ada Admin")


def draft(code: str, *, is_on: bool = True, **values: Any) -> RuleDraft:
    rule = BY_CODE[code]
    return RuleDraft(code, is_on, rule.severity, {**rule.defaults.values, **values})


def test_a_patients_wish_for_a_call_is_never_off() -> None:
    with pytest.raises(services.RuleRefused) as refusal:
        check_draft(draft("call_wanted", is_on=False))
    assert refusal.value.errors == {"is_on": "never_off"}


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"days": 0}, {"days": "out_of_range"}),
        ({"days": float("nan")}, {"days": "out_of_range"}),
        ({"days": True}, {"days": "not_a_number"}),
        ({"days": "3"}, {"days": "not_a_number"}),
        ({"days": 2.5}, {"days": "not_whole"}),
        ({"weeks": 2}, {"weeks": "unknown_parameter"}),
    ],
)
def test_numbers_that_a_rule_does_not_take(values: dict[str, Any], errors: dict[str, str]) -> None:
    with pytest.raises(services.RuleRefused) as refusal:
        check_draft(draft("low_mood", **values))
    assert refusal.value.errors == errors


def test_a_rule_that_nobody_knows() -> None:
    with pytest.raises(DomainError, match="unknown_rule"):
        check_draft(RuleDraft("item_9", True, "urgent", {}))


def test_a_clinician_may_not(alice: Membership) -> None:
    with tenancy.enter(alice.clinic_id), pytest.raises(DomainError, match="may_not_administer"):
        services.save_rule(draft=draft("low_mood", days=5), by=alice, base_version=0)
    with tenancy.enter(alice.clinic_id), pytest.raises(DomainError, match="may_not_administer"):
        services.save_budget(per_day=3, by=alice)


def test_versions_are_appended_and_the_newest_counts(ada: Membership) -> None:
    with tenancy.enter(ada.clinic_id):
        services.save_rule(draft=draft("low_mood", days=5), by=ada, base_version=0)
        services.save_rule(draft=draft("low_mood", days=6), by=ada, base_version=1)
        assert choices_in_force()["low_mood"].number("days") == 6
        assert list(RuleSetting.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_another_clinic_keeps_its_own(ada: Membership, clinic_b: Clinic) -> None:
    with tenancy.enter(ada.clinic_id):
        services.save_rule(draft=draft("low_mood", days=5), by=ada, base_version=0)
    with tenancy.enter(clinic_b.pk):
        assert choices_in_force() == {}
