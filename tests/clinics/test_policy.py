import pytest
from django.db import DatabaseError, connection, transaction

from clinics import jurisdictions, policy, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership, PolicyChoice
from patients.models import Purpose
from tests.clinics.factories import make_clinic
from tests.conftest import signed_in

URL = "/c/north/policy/"
PLACES = jurisdictions.jurisdictions()


def choices(clinic: Clinic) -> list[PolicyChoice]:
    with tenancy.enter(clinic.pk):
        return list(PolicyChoice.objects.order_by("number"))


def is_allowed(clinic: Clinic, purpose: str) -> bool:
    with tenancy.enter(clinic.pk):
        return policy.allows(clinic.pk, purpose)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_every_place_speaks_of_every_purpose_with_a_source(place: jurisdictions.Jurisdiction) -> None:
    assert set(place.rules) == set(Purpose.values)
    assert all(rule.source and rule.because for rule in place.rules.values())


def test_a_rule_without_a_source_is_refused() -> None:
    with pytest.raises(ValueError, match="names no source"):
        jurisdictions.Rule("facial_analysis", is_allowed=True, source=" ", because="why not")


def test_a_purpose_without_a_rule_is_not_allowed() -> None:
    assert not any(place.allows("selling_photos") for place in PLACES.values())


def test_a_clinic_that_has_not_chosen_allows_nothing(db: None) -> None:
    clinic = make_clinic("fresh", jurisdiction=None)
    assert not any(is_allowed(clinic, purpose) for purpose in Purpose.values)


def test_illinois_lets_no_program_look_at_faces_and_keeps_questionnaires(db: None) -> None:
    clinic = make_clinic("chicago", jurisdiction="illinois")
    allowed = {purpose for purpose in Purpose.values if is_allowed(clinic, purpose)}
    assert allowed == {"research_export", "emergency_contact", "programme"}


def test_the_administrator_chooses_and_it_is_logged(ada: Membership) -> None:
    body = {"jurisdiction": "illinois", "switched_off": ["research_export"], "base_number": 1}
    answer = signed_in(ada).post(URL, body, follow=True)
    assert "in force from now on" in answer.text
    assert "225 ILCS 155/20" in answer.text
    newest = choices(ada.clinic)[-1]
    assert (newest.number, newest.jurisdiction, newest.switched_off) == (2, "illinois", ["research_export"])
    assert not is_allowed(ada.clinic, "facial_analysis")
    assert not is_allowed(ada.clinic, "research_export")
    with tenancy.enter(ada.clinic_id):
        entry = AccessLogEntry.objects.get(action="policy.chosen", actor=ada.actor_label)
    assert '"jurisdiction":"illinois"' in entry.canonical


def test_the_same_choice_again_makes_no_row(ada: Membership) -> None:
    signed_in(ada).post(URL, {"jurisdiction": "eu", "base_number": 1})
    assert len(choices(ada.clinic)) == 1


def test_a_choice_made_meanwhile_is_not_overwritten(ada: Membership) -> None:
    browser = signed_in(ada)
    browser.post(URL, {"jurisdiction": "generic", "base_number": 1})
    answer = browser.post(URL, {"jurisdiction": "illinois", "base_number": 1})
    assert answer.status_code == 409
    assert "Somebody else changed the policy" in answer.text
    assert [row.jurisdiction for row in choices(ada.clinic)] == ["eu", "generic"]


def test_nothing_can_be_switched_on_beyond_the_law(clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        with pytest.raises(DomainError, match="unknown_purpose"):
            policy.choose(clinic=clinic_a, jurisdiction="eu", switched_off=("other",), by=System("test"))
        with pytest.raises(DomainError, match="unknown_jurisdiction"):
            policy.choose(clinic=clinic_a, jurisdiction="nowhere", by=System("test"))


def test_a_template_that_is_gone_allows_nothing(clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        PolicyChoice.objects.create(clinic=clinic_a, number=9, jurisdiction="atlantis", chosen_by="test")
        assert not policy.allows(clinic_a.pk, "emergency_contact")


@pytest.mark.parametrize(
    "statement", ["UPDATE clinics_policychoice SET number = 9", "DELETE FROM clinics_policychoice"]
)
def test_what_was_in_force_cannot_be_rewritten(clinic_a: Clinic, statement: str) -> None:
    with (
        tenancy.enter(clinic_a.pk),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(statement)
