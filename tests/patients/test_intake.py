"""The intake through its page: written, reviewed, read, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic, Membership
from patients.models import Intake, Patient
from scoring import services as scoring_services
from tests.clinics.factories import make_member
from tests.conftest import signed_in


@pytest.fixture
def nora(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Nora Neumann")


def in_days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def post(by: Membership, patient: Patient, nora: Membership, **changed: str) -> Any:
    body = {
        "reason": "Recurrent depression",
        "responsible": str(nora.pk),
        "deputy": str(by.pk),
        "numbers": "0170 111\n030 222",
        "safe_contact": "Not after 20:00; the sister may pick up",
        "usual_location": "At home in Pankow",
        "language": "German",
        "review_on": in_days(90),
        **changed,
    }
    return signed_in(by).post(f"/c/north/patients/{patient.pk}/intake/", body)


def versions(patient: Patient) -> list[tuple[int, str]]:
    with tenancy.enter(patient.clinic_id):
        return [(row.number, str(row.numbers)) for row in Intake.objects.order_by("number")]


def test_a_clinician_writes_it_everybody_who_follows_reads_it(
    alice: Membership, nora: Membership, bob: Membership, pat: Patient
) -> None:
    page = f"/c/north/patients/{pat.pk}/intake/"
    assert "Nobody has written the intake yet" in signed_in(bob).get(page).text
    assert post(alice, pat, nora).status_code == 302
    shown = signed_in(bob).get(page).text
    assert "0170 111" in shown
    assert "Nora Neumann" in shown
    assert "Save the intake" not in shown
    assert 'href="/c/north/patients/' in signed_in(alice).get(f"/c/north/patients/{pat.pk}/").text


def test_a_change_is_a_further_version(alice: Membership, nora: Membership, pat: Patient) -> None:
    post(alice, pat, nora, numbers="0170 111")
    post(alice, pat, nora, numbers="0170 999")
    assert versions(pat) == [(1, "0170 111"), (2, "0170 999")]
    assert "0170 111" not in signed_in(alice).get(f"/c/north/patients/{pat.pk}/intake/").text


def test_one_whose_review_is_late_says_so(alice: Membership, nora: Membership, pat: Patient) -> None:
    post(alice, pat, nora)
    with tenancy.enter(pat.clinic_id):
        Intake.objects.update(review_on=timezone.now().date() - timedelta(days=1))
    assert "This was to be reviewed by" in signed_in(alice).get(f"/c/north/patients/{pat.pk}/intake/").text


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": ""},
        {"numbers": ""},
        {"review_on": ""},
        {"review_on": in_days(0)},
        {"review_on": in_days(400)},
        {"responsible": "nobody"},
    ],
    ids=str,
)
def test_what_is_missing_or_no_intake_is_refused(
    alice: Membership, nora: Membership, pat: Patient, changed: dict[str, str]
) -> None:
    assert post(alice, pat, nora, **changed).status_code == 400
    assert versions(pat) == []


def test_responsible_and_deputy_are_two_clinicians(
    alice: Membership, nora: Membership, bob: Membership, mallory: Membership, pat: Patient
) -> None:
    for deputy in (nora, bob, mallory):
        assert post(alice, pat, nora, deputy=str(deputy.pk)).status_code == 400
    assert versions(pat) == []


def test_observers_do_not_write_and_strangers_do_not_read(
    bob: Membership, nora: Membership, mallory: Membership, ada: Membership, pat: Patient
) -> None:
    assert post(bob, pat, nora).status_code == 403
    assert post(mallory, pat, nora).status_code == 404
    assert signed_in(ada).get(f"/c/north/patients/{pat.pk}/intake/").status_code == 403


def test_the_page_of_an_alert_says_how_the_patient_is_reached(
    alice: Membership, nora: Membership, pat: Patient
) -> None:
    with tenancy.enter(pat.clinic_id):
        alert = scoring_services.ask_for_call(patient=pat)
    page = f"/c/north/alerts/{alert.pk}/"
    assert "no safe times are known" in signed_in(alice).get(page).text
    post(alice, pat, nora)
    assert "Not after 20:00; the sister may pick up" in signed_in(alice).get(page).text
