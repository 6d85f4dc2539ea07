"""The matrix of roles, cell by cell: as written down here a second time, in the rows, and at the doors."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils.html import escape

from clinics import roles, tenancy
from clinics.models import Clinic, ClinicSettings, Membership, Permission, Role
from patients import access as patients_access
from patients import erasure_access
from patients.models import Patient
from scoring import access as scoring_access
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient

ORDER = ("clinician", "observer", "administrator", "privacy_officer", "auditor", "programme_manager")
EXPECTED = {
    "read_patients": "yy----",
    "treat_patients": "y-----",
    "manage_records": "y-----",
    "admit_patients": "y-y---",
    "invite_any_patient": "--y---",
    "read_score_matrix": "yyy---",
    "change_settings": "--y---",
    "manage_members": "--y---",
    "unlock_on_call": "y-----",
    "keep_rota": "y-y---",
    "read_access_log": "---yy-",
    "answer_requests": "--yy--",
    "review_break_glass": "---y--",
    "hold_records": "---y--",
    "erase_patients": "--yy--",
    "read_certificates": "--yy--",
}
CELLS = [
    (role, permission, marks[place] == "y")
    for permission, marks in EXPECTED.items()
    for place, role in enumerate(ORDER)
]
DOORS = {
    "read_patients": "/c/north/",
    "treat_patients": "/c/north/break-glass/",
    "admit_patients": "/c/north/patients/new/",
    "invite_any_patient": "/c/north/patients/{of_another_team}/invite/",
    "change_settings": "/c/north/settings/matrix/",
    "manage_members": "/c/north/settings/members/",
    "unlock_on_call": "/c/north/on-call/",
    "keep_rota": "/c/north/rota/",
    "read_access_log": "/c/north/access-log/",
    "answer_requests": "/c/north/requests/",
    "review_break_glass": "/c/north/break-glass/reviews/",
    "hold_records": "/c/north/holds/",
    "read_certificates": "/c/north/erasures/",
}


def manage_a_patient(member: Membership) -> Patient:
    return patients_access.get_patient_to_manage(member, make_patient(member.clinic, "Some Patient").pk)


GATES = {
    "manage_records": manage_a_patient,
    "read_score_matrix": scoring_access.get_profile,
    "erase_patients": erasure_access.get_desk_eraser,
}
"""What opens no page by itself: it decides on the page of a patient, of an alert or of a request."""


def test_the_expectation_names_every_role_and_permission() -> None:
    assert tuple(Role.values) == ORDER
    assert list(EXPECTED) == list(Permission)
    assert set(roles.MEANINGS) == set(Permission)
    assert set(roles.MATRIX) == set(Role)


@pytest.mark.parametrize(("role", "permission", "expected"), CELLS)
def test_each_cell_is_as_expected(role: str, permission: str, expected: bool) -> None:
    member = Membership(role=role)
    assert member.may(Permission(permission)) is expected
    assert not Membership(role=role, is_active=False).may(Permission(permission))


def test_an_unknown_role_may_nothing() -> None:
    assert not any(Membership(role="root").may(permission) for permission in Permission)


def is_expected(role: str, permission: str) -> bool:
    return EXPECTED[permission][ORDER.index(role)] == "y"


def untried() -> set[Permission]:
    return set(Permission) - set(DOORS) - set(GATES)


def test_every_permission_has_a_door() -> None:
    assert untried() == set()
    assert not set(DOORS) & set(GATES)


def test_a_permission_without_a_door_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(DOORS, "treat_patients")
    assert untried() == {"treat_patients"}


@pytest.mark.parametrize("role", ORDER)
def test_the_doors_obey_the_matrix(clinic_a: Clinic, pat: Patient, role: str) -> None:
    """In a clinic of care teams, where this member is in none: whom one follows opens nothing then."""
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope=ClinicSettings.Scope.CARE_TEAM)
    browser = signed_in(make_member(clinic_a, role, "Some One"))
    opened = {
        permission: browser.get(door.format(of_another_team=pat.pk)).status_code
        for permission, door in DOORS.items()
    }
    assert opened == {permission: expected_status(role, permission) for permission in DOORS}


def expected_status(role: str, permission: str) -> int:
    if is_expected(role, permission):
        return 200
    # Who may admit, but invite only those they follow, is not told that there is such a patient.
    hides = permission == "invite_any_patient" and is_expected(role, "admit_patients")
    return 404 if hides else 403


@pytest.mark.parametrize("role", ORDER)
@pytest.mark.parametrize("permission", GATES)
def test_the_gates_without_a_page_obey_the_matrix(in_a: Clinic, role: str, permission: str) -> None:
    member = make_member(in_a, role, "Some One")
    if is_expected(role, permission):
        assert GATES[permission](member)
    else:
        with pytest.raises(PermissionDenied):
            GATES[permission](member)


def test_a_door_that_opens_to_others_is_caught(
    clinic_a: Clinic, monkeypatch: pytest.MonkeyPatch, bob: Membership
) -> None:
    """The gates ask the matrix: a cell that flips opens its door."""
    wider = roles.MATRIX[Role.OBSERVER] | {Permission.CHANGE_SETTINGS}
    assert signed_in(bob).get(DOORS["change_settings"]).status_code == 403
    monkeypatch.setitem(roles.MATRIX, Role.OBSERVER, wider)
    assert signed_in(bob).get(DOORS["change_settings"]).status_code == 200


def test_acting_on_alerts_does_not_open_the_standing_of_a_record(
    alice: Membership, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrower = roles.MATRIX[Role.CLINICIAN] - {Permission.MANAGE_RECORDS}
    pages = [f"/c/north/patients/{pat.pk}/{page}/" for page in ("standing", "emergency-card/edit")]
    browser = signed_in(alice)
    assert [browser.get(page).status_code for page in pages] == [200, 200]
    monkeypatch.setitem(roles.MATRIX, Role.CLINICIAN, narrower)
    assert [browser.get(page).status_code for page in pages] == [403, 200]
    assert pages[0] not in browser.get(f"/c/north/patients/{pat.pk}/").text


def test_members_read_the_matrix_in_the_portal(bob: Membership) -> None:
    page = signed_in(bob).get("/c/north/settings/roles/").text
    assert all(str(role.label) in page for role in Role)
    assert all(escape(str(words)) in page for words in roles.WITHOUT_A_ROLE.values())
    assert page.count("<td>yes</td>") == "".join(EXPECTED.values()).count("y")


def test_the_docs_are_generated_from_the_code() -> None:
    printed = StringIO()
    call_command("roles", stdout=printed)
    written = (settings.BASE_DIR / "docs" / "roles.md").read_text(encoding="utf-8")
    assert printed.getvalue() == written, "run: .venv/bin/python manage.py roles > docs/roles.md"
