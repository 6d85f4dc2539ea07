from django.test import Client

from clinics import services, tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership
from patients.models import Patient
from tests.clinics.factories import make_member, make_user
from tests.conftest import signed_in


def test_a_patient_is_sent_to_their_portal(pat: Patient) -> None:
    assert signed_in(pat).get("/")["Location"] == "/c/north/me/check-in/"


def test_an_administrator_is_sent_to_their_clinic(ada: Membership) -> None:
    assert signed_in(ada).get("/")["Location"] == "/c/north/settings/matrix/"


def test_a_clinician_is_sent_to_triage(alice: Membership) -> None:
    assert signed_in(alice).get("/")["Location"] == "/c/north/"


def test_a_privacy_officer_is_sent_to_the_desk(clinic_a: Clinic) -> None:
    olga = make_member(clinic_a, "privacy_officer", "Olga Ott")
    assert signed_in(olga).get("/")["Location"] == "/c/north/requests/"


def test_whoever_has_two_places_chooses(pat: Patient, clinic_b: Clinic) -> None:
    assert pat.user is not None
    with tenancy.enter(clinic_b.pk):
        services.add_member(
            clinic=clinic_b, user=pat.user, role="administrator", name="Pat", by=System("test")
        )
    response = signed_in(pat).get("/")
    assert {place.clinic for place in response.context["places"]} == {"North Clinic", "South Clinic"}


def test_whoever_belongs_nowhere_is_told_so(db: None) -> None:
    browser = Client()
    browser.force_login(make_user("lost@people.example"))
    assert "no page for this account yet" in browser.get("/").text


def test_any_other_role_begins_with_what_it_may(audrey: Membership) -> None:
    assert signed_in(audrey).get("/")["Location"] == "/c/north/settings/roles/"


def test_nobody_is_sent_to_the_sign_in_page(db: None) -> None:
    assert Client().get("/")["Location"].startswith("/accounts/login/")


def test_the_site_says_that_it_lives(db: None) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
