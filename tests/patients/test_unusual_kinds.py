"""Every way to see a patient counts as a look: reading, searching, exporting, printing, through the glass."""

from collections.abc import Iterable

import pytest

from clinics import access_log, tenancy
from clinics import services as clinic_services
from clinics.access_log import System
from clinics.models import CareTeam, CareTeamMember, Clinic, Membership
from patients import access, services
from patients.audit import unusual
from patients.audit.unusual import Reason, Unusual
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient

ABOUT_ONE = (
    "patient.read",
    "history.read",
    "check_in.read",
    "reading.read",
    "image.read",
    "alert.read",
    "request.read",
    "patient.exported",
    "patient.printed",
    "break_glass.opened",
)
WAYS = (*ABOUT_ONE, "patients.searched")


def see(clinic: Clinic, who: Membership, way: str, patients: Iterable[Patient]) -> None:
    with tenancy.enter(clinic.pk):
        if way in ABOUT_ONE:
            for patient in patients:
                access_log.record(way, by=who, patient_id=patient.pk)
        else:
            access_log.record(way, by=who, objects=[patient.pk for patient in patients])


def found(clinic: Clinic, *, has_nights: bool = False) -> list[Unusual]:
    with tenancy.enter(clinic.pk):
        rows = unusual.unusual(clinic)
    return [row for row in rows if has_nights or row.reason != Reason.NIGHT]


@pytest.mark.parametrize("way", WAYS)
def test_the_own_record(clinic_a: Clinic, pat: Patient, way: str) -> None:
    assert pat.user is not None
    with tenancy.enter(clinic_a.pk):
        member = clinic_services.add_member(
            clinic=clinic_a, user=pat.user, role="clinician", name="Somebody Else", by=System("test")
        )
    see(clinic_a, member, way, [pat])
    assert [(row.reason, row.patient, row.looks) for row in found(clinic_a)] == [(Reason.OWN_RECORD, pat, 1)]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_surname(clinic_a: Clinic, pat: Patient, way: str) -> None:
    see(clinic_a, make_member(clinic_a, "clinician", "Petra Petersen"), way, [pat])
    assert [row.reason for row in found(clinic_a)] == [Reason.SAME_SURNAME]


@pytest.mark.parametrize("way", WAYS)
def test_another_care_teams_patient(
    clinic_a: Clinic, alice: Membership, bob: Membership, pat: Patient, way: str
) -> None:
    with tenancy.enter(clinic_a.pk):
        pat.care_team = CareTeam.objects.create(clinic=clinic_a, name="Blue")
        pat.save()
        CareTeamMember.objects.create(clinic=clinic_a, care_team=pat.care_team, membership=alice)
    for who in (alice, bob):
        see(clinic_a, who, way, [pat])
    assert [(row.reason, row.member) for row in found(clinic_a)] == [(Reason.NOT_IN_CARE_TEAM, bob)]


@pytest.mark.parametrize("way", WAYS)
def test_very_many(clinic_a: Clinic, alice: Membership, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(unusual, "BULK_PATIENTS", 2)
    see(clinic_a, alice, way, [make_patient(clinic_a, f"Many{number} M") for number in range(3)])
    assert [(row.reason, row.looks) for row in found(clinic_a)] == [(Reason.BULK, 3)]


@pytest.mark.parametrize("way", [*WAYS, "patients.listed"])
def test_at_night(
    clinic_a: Clinic, alice: Membership, pat: Patient, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(unusual, "NIGHT_BEGINS", 0)
    see(clinic_a, alice, way, [pat])
    assert [row.reason for row in found(clinic_a, has_nights=True)] == [Reason.NIGHT]


def test_a_list_of_everybody_is_nobodys_choice(
    clinic_a: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The triage shows a clinician their namesake whether they want or not."""
    monkeypatch.setattr(unusual, "BULK_PATIENTS", 0)
    petra = make_member(clinic_a, "clinician", "Petra Petersen")
    with tenancy.enter(clinic_a.pk):
        access.record_list(petra, [pat], page="triage")
    assert found(clinic_a) == []


def test_the_privacy_desk_is_of_no_care_team(clinic_a: Clinic, ada: Membership, pat: Patient) -> None:
    with tenancy.enter(clinic_a.pk):
        pat.care_team = CareTeam.objects.create(clinic=clinic_a, name="Blue")
        pat.save()
    see(clinic_a, ada, "request.read", [pat])
    assert found(clinic_a) == []


def test_one_page_is_one_look_however_many_entries_it_left(clinic_a: Clinic, pat: Patient) -> None:
    petra = make_member(clinic_a, "clinician", "Petra Petersen")
    browser = signed_in(petra)
    for _ in range(2):
        assert browser.get(f"/c/north/patients/{pat.pk}/").status_code == 200
    assert [(row.reason, row.looks) for row in found(clinic_a)] == [(Reason.SAME_SURNAME, 2)]


def test_a_search_through_its_page_counts(clinic_a: Clinic, pat: Patient) -> None:
    petra = make_member(clinic_a, "clinician", "Petra Petersen")
    assert "Pat Petersen" in signed_in(petra).post("/c/north/patients/find/", {"words": "Petersen"}).text
    assert [row.reason for row in found(clinic_a)] == [Reason.SAME_SURNAME]


def test_an_export_by_its_service_counts(clinic_a: Clinic, pat: Patient) -> None:
    petra = make_member(clinic_a, "privacy_officer", "Petra Petersen")
    with tenancy.enter(clinic_a.pk):
        services.export_patient(patient=pat, by=petra)
    assert [row.reason for row in found(clinic_a)] == [Reason.SAME_SURNAME]


def test_what_was_refused_was_not_seen(clinic_a: Clinic, pat: Patient) -> None:
    petra = make_member(clinic_a, "programme_manager", "Petra Petersen")
    assert signed_in(petra).get(f"/c/north/patients/{pat.pk}/").status_code == 403
    assert found(clinic_a) == []
