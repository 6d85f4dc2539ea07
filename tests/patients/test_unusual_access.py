"""Looks that deserve a second one are shown to auditors and privacy officers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clinics import services as clinic_services
from clinics import tenancy
from clinics.access_log import System
from clinics.models import CareTeam, CareTeamMember, Clinic, Membership
from patients import access
from patients import services as patient_services
from patients.audit import unusual
from patients.audit.unusual import Reason, Unusual
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in


def found(clinic: Clinic) -> list[Unusual]:
    """Without those at night: the tests run whenever they run."""
    with tenancy.enter(clinic.pk):
        return [row for row in unusual.unusual(clinic) if row.reason != Reason.NIGHT]


def look(clinic: Clinic, who: Membership, *patients: Patient) -> None:
    with tenancy.enter(clinic.pk):
        for patient in patients:
            access.get_patient(who, patient.pk)


def test_an_ordinary_look_is_not_shown(clinic_a: Clinic, alice: Membership, pat: Patient) -> None:
    look(clinic_a, alice, pat)
    assert found(clinic_a) == []


def test_the_own_record_is_shown(clinic_a: Clinic, pat: Patient) -> None:
    assert pat.user is not None
    with tenancy.enter(clinic_a.pk):
        member = clinic_services.add_member(
            clinic=clinic_a, user=pat.user, role="clinician", name="Pat Petersen", by=System("test")
        )
    look(clinic_a, member, pat, pat)
    (row,) = found(clinic_a)
    assert (row.reason, row.member, row.patient, row.looks) == (Reason.OWN_RECORD, member, pat, 2)


def test_the_same_surname_is_shown(clinic_a: Clinic, pat: Patient) -> None:
    petra = make_member(clinic_a, "clinician", "Petra PETERSEN")
    look(clinic_a, petra, pat)
    assert [row.reason for row in found(clinic_a)] == [Reason.SAME_SURNAME]


def test_another_care_teams_patient_is_shown(
    clinic_a: Clinic, alice: Membership, bob: Membership, pat: Patient
) -> None:
    with tenancy.enter(clinic_a.pk):
        pat.care_team = CareTeam.objects.create(clinic=clinic_a, name="Blue")
        pat.save()
        CareTeamMember.objects.create(clinic=clinic_a, care_team=pat.care_team, membership=alice)
    look(clinic_a, alice, pat)
    look(clinic_a, bob, pat)
    (row,) = found(clinic_a)
    assert (row.reason, row.member) == (Reason.NOT_IN_CARE_TEAM, bob)


def test_very_many_within_an_hour_are_shown(
    clinic_a: Clinic, alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unusual, "BULK_PATIENTS", 3)
    with tenancy.enter(clinic_a.pk):
        patients = [
            patient_services.admit_patient(clinic=clinic_a, name=f"Many {number}", by=System("test"))
            for number in range(4)
        ]
    look(clinic_a, alice, *patients[:3])
    assert found(clinic_a) == []
    look(clinic_a, alice, patients[3])
    (row,) = found(clinic_a)
    assert (row.reason, row.member, row.looks) == (Reason.BULK, alice, 4)


@pytest.mark.parametrize(("hour", "is_night"), [(19, False), (20, True), (3, True), (4, False)])
def test_night_is_by_the_clinics_clock(hour: int, is_night: bool) -> None:
    """Berlin in summer is two hours before UTC."""
    at = datetime(2026, 7, 1, hour, 30, tzinfo=UTC)
    assert unusual.is_night(at, ZoneInfo("Europe/Berlin")) == is_night


def test_looks_at_night_are_shown(
    clinic_a: Clinic, alice: Membership, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unusual, "NIGHT_BEGINS", 0)
    look(clinic_a, alice, pat)
    with tenancy.enter(clinic_a.pk):
        assert [row.reason for row in unusual.unusual(clinic_a)] == [Reason.NIGHT]


def test_the_page_names_the_member_and_no_patient(clinic_a: Clinic, audrey: Membership, pat: Patient) -> None:
    look(clinic_a, make_member(clinic_a, "clinician", "Petra Petersen"), pat)
    text = signed_in(audrey).get("/c/north/access-log/unusual/").text
    assert "a patient of the same surname" in text
    assert f"#{pat.record_number}" in text
    assert "Pat Petersen" not in text
