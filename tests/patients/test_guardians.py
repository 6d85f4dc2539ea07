"""Who decides for a patient, until when, and whom no program looks at."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from inference.models import Reading
from patients import services
from patients.models import Consent, Guardian, Patient, PhotoOutcome, Purpose
from tests.conftest import signed_in
from tests.inference import photos
from tests.patients import check_in_page as page
from tests.patients.factories import make_check_in, make_patient

TODAY = timezone.localdate()
CONSENTS = "/c/north/me/consents/"


def act(by: Membership, patient: Patient, act: str, **data: Any) -> Any:
    body = {"act": act, **{f"{act}-{name}": value for name, value in data.items()}}
    return signed_in(by).post(f"/c/north/patients/{patient.pk}/standing/", body)


def codes(response: Any, act: str) -> list[str]:
    form = response.context["forms"][act]
    return [error.code for errors in form.errors.as_data().values() for error in errors]


def agreed(patient: Patient, purpose: str = Purpose.FACIAL_ANALYSIS) -> bool:
    with tenancy.enter(patient.clinic_id):
        return services.has_consent(patient, purpose)


def guardian_of(patient: Patient) -> Guardian:
    with tenancy.enter(patient.clinic_id):
        return Guardian.objects.select_related("patient").get(patient=patient)


def fifteen_years_ago() -> str:
    return date(TODAY.year - 15, 1, 1).isoformat()


@pytest.fixture
def kim(clinic_a: Clinic) -> Patient:
    """Patient of A, fifteen years old."""
    return make_patient(clinic_a, "Kim Kruse", consents=(), birth_date=fifteen_years_ago())


@pytest.fixture
def parent(kim: Patient, alice: Membership) -> Guardian:
    assert act(alice, kim, "guardian", name="Pia Kruse", relation="parent").status_code == 302
    return guardian_of(kim)


def decide(alice: Membership, guardian: Guardian, decision: str = "grant") -> Any:
    return act(
        alice, guardian.patient, "guardian_decision",
        guardian=guardian.pk, purpose="facial_analysis", decision=decision,
    )  # fmt: skip


def test_a_minors_own_yes_is_not_enough_and_the_page_says_so(kim: Patient) -> None:
    answer = signed_in(kim).post(CONSENTS, {"purpose": "facial_analysis", "decision": "grant"}, follow=True)
    assert "A guardian decides about this together with you" in answer.text
    assert not agreed(kim)


def test_a_parent_decides_in_front_of_a_clinician_and_the_ledger_says_who(
    kim: Patient, parent: Guardian, alice: Membership
) -> None:
    assert decide(alice, parent).status_code == 302
    assert agreed(kim)
    with tenancy.enter(kim.clinic_id):
        row = Consent.objects.get(patient=kim)
    assert (row.guardian_id, row.recorded_by) == (parent.pk, alice.actor_label)
    assert page.post(kim, image=photos.selfie()).status_code == 302
    assert page.photos_kept(kim) == 1


def test_a_minors_own_no_stands_against_a_parents_yes(
    kim: Patient, parent: Guardian, alice: Membership
) -> None:
    decide(alice, parent)
    signed_in(kim).post(CONSENTS, {"purpose": "facial_analysis", "decision": "withdraw"})
    assert not agreed(kim)
    assert codes(decide(alice, parent), "guardian_decision") == ["patient_declined"]


def test_a_parents_no_withdraws_and_drops_the_photo_that_waits(
    kim: Patient, parent: Guardian, alice: Membership
) -> None:
    decide(alice, parent)
    make_check_in(kim, image=photos.selfie())
    decide(alice, parent, "withdraw")
    assert page.photos_kept(kim) == 0


def test_a_parents_say_ends_the_day_before_eighteen(kim: Patient, parent: Guardian) -> None:
    assert parent.decides_until == date(TODAY.year + 3, 1, 1) - timedelta(days=1)


@pytest.mark.parametrize("over", [{"decides_until": TODAY - timedelta(days=1)}, {"ended_at": timezone.now()}])
def test_when_their_say_is_over_so_is_what_they_agreed_to(
    kim: Patient, parent: Guardian, alice: Membership, over: dict[str, object]
) -> None:
    decide(alice, parent)
    with tenancy.enter(kim.clinic_id):
        Guardian.objects.update(**over)
    assert not agreed(kim)
    page.post(kim, image=photos.selfie(), mood="5")
    assert page.kept(kim)[0].photo == PhotoOutcome.CONSENT_MISSING
    assert codes(decide(alice, parent), "guardian_decision") == ["say_is_over"]


def test_ending_a_guardian_drops_what_waits_on_their_yes(
    kim: Patient, parent: Guardian, alice: Membership
) -> None:
    decide(alice, parent)
    make_check_in(kim, image=photos.selfie())
    assert act(alice, kim, "guardian_end", guardian=parent.pk).status_code == 302
    assert page.photos_kept(kim) == 0


def test_nobody_decides_for_an_adult_who_can(pat: Patient, alice: Membership) -> None:
    act(alice, pat, "guardian", name="Gus Guard", relation="court")
    assert codes(decide(alice, guardian_of(pat)), "guardian_decision") == ["patient_decides"]
    assert codes(act(alice, pat, "guardian", name="A Parent", relation="parent"), "guardian") == [
        "birth_date_missing"
    ]


def test_without_capacity_a_guardian_decides_and_a_regained_one_is_asked_anew(
    pat: Patient, alice: Membership
) -> None:
    act(alice, pat, "decider", decider="guardian")
    assert not agreed(pat)  # their earlier yes does not count while another decides
    act(alice, pat, "guardian", name="Gus Guard", relation="court")
    decide(alice, guardian_of(pat))
    assert agreed(pat)
    act(alice, pat, "decider", decider="patient")
    assert not agreed(pat)
    assert not guardian_of(pat).is_deciding


def test_a_guardian_has_no_account_and_names_stay_sealed(kim: Patient, parent: Guardian) -> None:
    assert not hasattr(parent, "user")
    with tenancy.enter(kim.clinic_id), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM patients_guardian")
        assert "Pia" not in cursor.fetchone()[0]


@pytest.mark.parametrize("status", ["detained", "court_ordered"])
def test_of_who_is_held_by_law_no_program_looks_at_the_face(
    pat: Patient, alice: Membership, status: str
) -> None:
    make_check_in(pat, image=photos.selfie())
    assert act(alice, pat, "legal_status", legal_status=status).status_code == 302
    assert page.photos_kept(pat) == 0
    with tenancy.enter(pat.clinic_id):
        assert Reading.objects.get(patient=pat).reason == "face_off"
        assert AccessLogEntry.objects.filter(action="patient.legal_status_set", patient_id=pat.pk).exists()
    shown = signed_in(pat).get(page.URL).text
    assert 'type="file"' not in shown
    assert "No program looks at photos of you at present" in shown
    page.post(pat, image=photos.selfie(), mood="2")
    assert (page.kept(pat)[1].photo, page.kept(pat)[1].mood) == (PhotoOutcome.FACE_OFF, 2)


def test_a_stranger_and_an_observer_change_no_standing(
    pat: Patient, bob: Membership, mallory: Membership
) -> None:
    assert act(bob, pat, "legal_status", legal_status="detained").status_code == 403
    assert act(mallory, pat, "legal_status", legal_status="detained").status_code == 404


def test_a_guardian_of_another_patient_is_not_found(
    kim: Patient, parent: Guardian, pat: Patient, alice: Membership
) -> None:
    assert act(alice, pat, "guardian_end", guardian=parent.pk).status_code == 404
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="unknown_status"):
        services.set_legal_status(patient=pat, legal_status="free", by=alice)
