from django.test import Client

from clinics import tenancy
from clinics.models import AccessLogEntry, CareTeam, Clinic, ClinicSettings, Membership
from patients.models import Patient
from tests.conftest import signed_in

URL = "/c/north/patients/new/"
NEWCOMER = {
    "name": "Nia Novak",
    "email": "nia@people.example",
    "birth_date": "1990-02-03",
    "time_zone": "Europe/Lisbon",
}


def test_a_patient_is_admitted_and_the_way_leads_to_the_invitation(
    alice: Membership, clinic_a: Clinic
) -> None:
    response = signed_in(alice).post(URL, NEWCOMER)
    with tenancy.enter(clinic_a.pk):
        patient = Patient.objects.get()
        assert (patient.name, patient.birth_date, patient.time_zone) == (
            "Nia Novak", "1990-02-03", "Europe/Lisbon",
        )  # fmt: skip
        assert AccessLogEntry.objects.filter(action="patient.admitted", patient_id=patient.pk).exists()
    assert response["Location"] == f"/c/north/patients/{patient.pk}/invite/"


def test_an_administrator_may_admit_and_an_observer_may_not(
    ada: Membership, bob: Membership, audrey: Membership
) -> None:
    assert signed_in(ada).get(URL).status_code == 200
    assert signed_in(ada).post(URL, NEWCOMER).status_code == 302
    assert signed_in(bob).post(URL, NEWCOMER).status_code == 403
    assert signed_in(audrey).get(URL).status_code == 403


def test_strangers_and_patients_find_no_such_page(mallory: Membership, pat: Patient) -> None:
    assert signed_in(mallory).get(URL).status_code == 404
    assert signed_in(pat).get(URL).status_code == 404
    assert Client().get(URL)["Location"].startswith("/accounts/login/")


def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    alice: Membership, clinic_a: Clinic
) -> None:
    response = signed_in(alice).post(URL, {**NEWCOMER, "time_zone": "Mars/Base", "email": "nobody"})
    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"time_zone", "email"}
    assert "Nia Novak" in response.text
    with tenancy.enter(clinic_a.pk):
        assert not Patient.objects.exists()


def test_where_care_teams_divide_the_patients_one_must_be_named(alice: Membership, clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        team = CareTeam.objects.create(clinic=clinic_a, name="day ward")
    assert set(signed_in(alice).post(URL, NEWCOMER).context["form"].errors) == {"care_team"}
    signed_in(alice).post(URL, {**NEWCOMER, "care_team": str(team.pk)})
    with tenancy.enter(clinic_a.pk):
        assert Patient.objects.get().care_team == team
