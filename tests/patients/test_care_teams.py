"""An administrator makes care teams, says who is in them, and makes them the limit of what members see."""

import pytest

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, CareTeam, Clinic, ClinicSettings, Membership
from patients import access, care_teams, services
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient

URL = "/c/north/settings/teams/"


@pytest.fixture
def blue(in_a: Clinic, ada: Membership, alice: Membership) -> CareTeam:
    """A team with alice in it."""
    team = care_teams.make_team(clinic=in_a, name="Blue", by=ada)
    care_teams.add_member(team=team, member=alice, by=ada)
    return team


@pytest.fixture
def carl(in_a: Clinic) -> Membership:
    return make_member(in_a, "clinician", "Carl Conrad")


def divide(clinic: Clinic, by: Membership) -> None:
    care_teams.set_scope(clinic=clinic, scope="care_team", by=by)


def actions(clinic: Clinic) -> list[str]:
    with tenancy.enter(clinic.pk):
        return list(AccessLogEntry.objects.order_by("number").values_list("action", flat=True))


def test_an_administrator_divides_the_clinic_by_teams_on_one_page(
    clinic_a: Clinic, ada: Membership, alice: Membership, pat: Patient
) -> None:
    carl = make_member(clinic_a, "clinician", "Carl Conrad")
    browser = signed_in(ada)
    browser.post(URL, {"act": "make", "make-name": "Blue"})
    with tenancy.enter(clinic_a.pk):
        team = CareTeam.objects.get()
    browser.post(URL, {"act": "join", "join-team": str(team.pk), "join-member": str(alice.pk)})
    browser.post(URL, {"act": "rename", "rename-team": str(team.pk), "rename-name": "Day ward"})
    browser.post(URL, {"act": "place", "place-record_number": pat.record_number, "place-team": str(team.pk)})
    shown = browser.post(URL, {"act": "scope", "scope-record_scope": "care_team"}, follow=True).text
    assert "Saved" in shown
    assert "Day ward" in shown
    assert "Alice" in shown
    page = f"/c/north/patients/{pat.pk}/"
    assert signed_in(alice).get(page).status_code == 200
    assert signed_in(carl).get(page).status_code == 404
    assert set(actions(clinic_a)) >= {
        "permission.team_made",
        "permission.team_renamed",
        "permission.team_joined",
        "permission.patient_moved",
        "settings.record_scope",
    }


def test_who_is_taken_out_of_a_team_loses_sight_of_its_patients(
    in_a: Clinic, ada: Membership, alice: Membership, blue: CareTeam, carl: Membership, pat: Patient
) -> None:
    care_teams.add_member(team=blue, member=carl, by=ada)
    care_teams.move_patient(patient=pat, team=blue, by=ada)
    divide(in_a, ada)
    assert access.follows(carl, pat)
    care_teams.remove_member(team=blue, member=carl, by=ada)
    assert not access.follows(carl, pat)
    assert access.follows(alice, pat)


def test_the_clinic_is_not_divided_while_a_patient_is_in_no_team(
    clinic_a: Clinic, ada: Membership, blue: CareTeam, pat: Patient
) -> None:
    answer = signed_in(ada).post(URL, {"act": "scope", "scope-record_scope": "care_team"})
    assert answer.status_code == 400
    assert "1 patient is in no team" in answer.text
    signed_in(ada).post(URL, {"act": "teamless", "teamless-team": str(blue.pk)})
    assert signed_in(ada).post(URL, {"act": "scope", "scope-record_scope": "care_team"}).status_code == 302
    with tenancy.enter(clinic_a.pk):
        assert ClinicSettings.objects.get().record_scope == "care_team"


def test_nor_while_a_team_with_patients_has_no_clinician(
    in_a: Clinic, ada: Membership, alice: Membership, bob: Membership, blue: CareTeam, pat: Patient
) -> None:
    care_teams.move_patient(patient=pat, team=blue, by=ada)
    care_teams.remove_member(team=blue, member=alice, by=ada)
    care_teams.add_member(team=blue, member=bob, by=ada)  # an observer treats nobody
    with pytest.raises(DomainError, match="team_without_clinician"):
        divide(in_a, ada)


def test_the_last_clinician_stays_while_the_team_has_patients(
    in_a: Clinic, ada: Membership, alice: Membership, blue: CareTeam, carl: Membership, pat: Patient
) -> None:
    care_teams.move_patient(patient=pat, team=blue, by=ada)
    divide(in_a, ada)
    sent = {"act": "leave", "leave-team": str(blue.pk), "leave-member": str(alice.pk)}
    answer = signed_in(ada).post(URL, sent)
    assert answer.status_code == 400
    assert "needs a clinician" in answer.text
    assert blue.members.count() == 1
    care_teams.add_member(team=blue, member=carl, by=ada)
    care_teams.remove_member(team=blue, member=alice, by=ada)
    assert [row.membership_id for row in blue.members.all()] == [carl.pk]


def test_a_divided_clinic_moves_nobody_into_a_team_without_a_clinician(
    in_a: Clinic, ada: Membership, blue: CareTeam, pat: Patient
) -> None:
    care_teams.move_patient(patient=pat, team=blue, by=ada)
    empty = care_teams.make_team(clinic=in_a, name="Empty", by=ada)
    divide(in_a, ada)
    with pytest.raises(DomainError, match="team_without_clinician"):
        care_teams.move_patient(patient=pat, team=empty, by=ada)


def test_a_clinician_hands_a_patient_over_and_loses_sight_of_them(
    clinic_a: Clinic, ada: Membership, alice: Membership, pat: Patient
) -> None:
    carl = make_member(clinic_a, "clinician", "Carl Conrad")
    with tenancy.enter(clinic_a.pk):
        teams = [care_teams.make_team(clinic=clinic_a, name=name, by=ada) for name in ("Blue", "Red")]
        for team, member in zip(teams, (alice, carl), strict=True):
            care_teams.add_member(team=team, member=member, by=ada)
        care_teams.move_patient(patient=pat, team=teams[0], by=ada)
        divide(clinic_a, ada)
    page = f"/c/north/patients/{pat.pk}/standing/"
    browser = signed_in(alice)
    assert "you lose sight of them at once" in browser.get(page).text
    moved = browser.post(page, {"act": "care_team", "care_team-team": str(teams[1].pk)})
    assert moved["Location"] == "/c/north/"
    assert browser.get(page).status_code == 404
    assert signed_in(carl).get(page).status_code == 200


def test_the_broken_glass_moves_nobody(
    clinic_a: Clinic, ada: Membership, alice: Membership, pat: Patient
) -> None:
    carl = make_member(clinic_a, "clinician", "Carl Conrad")
    with tenancy.enter(clinic_a.pk):
        team = care_teams.make_team(clinic=clinic_a, name="Blue", by=ada)
        care_teams.add_member(team=team, member=alice, by=ada)
        care_teams.move_patient(patient=pat, team=team, by=ada)
        divide(clinic_a, ada)
        services.break_glass(patient=pat, reason="Found unconscious.", by=carl)
    page = f"/c/north/patients/{pat.pk}/standing/"
    sent = {"act": "care_team", "care_team-team": str(team.pk)}
    assert signed_in(carl).post(page, sent).status_code == 403


def test_only_who_reads_records_is_in_a_team(in_a: Clinic, ada: Membership, blue: CareTeam) -> None:
    with pytest.raises(DomainError, match="reads_no_records"):
        care_teams.add_member(team=blue, member=ada, by=ada)
    sent = {"act": "join", "join-team": str(blue.pk), "join-member": str(ada.pk)}
    assert signed_in(ada).post(URL, sent).status_code == 400


def test_two_teams_of_one_name_are_refused(in_a: Clinic, ada: Membership, blue: CareTeam) -> None:
    answer = signed_in(ada).post(URL, {"act": "make", "make-name": "blue"})
    assert answer.status_code == 400
    assert "a team of this name already" in answer.text
    red = care_teams.make_team(clinic=in_a, name="Red", by=ada)
    with pytest.raises(DomainError, match="name_taken"):
        care_teams.rename_team(team=red, name="Blue", by=ada)


def test_a_clinician_makes_no_team_and_an_observer_moves_nobody(
    in_a: Clinic, alice: Membership, bob: Membership, blue: CareTeam, pat: Patient
) -> None:
    with pytest.raises(DomainError, match="may_not_manage_members"):
        care_teams.make_team(clinic=in_a, name="Red", by=alice)
    with pytest.raises(DomainError, match="may_not_manage_members"):
        care_teams.rename_team(team=blue, name="Red", by=alice)
    with pytest.raises(DomainError, match="may_not_manage_members"):
        care_teams.add_member(team=blue, member=bob, by=alice)
    with pytest.raises(DomainError, match="may_not_manage_members"):
        care_teams.remove_member(team=blue, member=alice, by=alice)
    with pytest.raises(DomainError, match="may_not_manage_members"):
        care_teams.set_scope(clinic=in_a, scope="care_team", by=alice)
    with pytest.raises(DomainError, match="may_not_admit"):
        care_teams.move_patient(patient=pat, team=blue, by=bob)
    with pytest.raises(DomainError, match="may_not_admit"):
        care_teams.move_teamless(clinic=in_a, team=blue, by=bob)


def test_doubles_and_records_kept_for_the_law_need_no_team(
    in_a: Clinic, ada: Membership, alice: Membership, blue: CareTeam, pat: Patient
) -> None:
    double = services.admit_patient(clinic=in_a, name="P. Petersen", by=alice)
    services.merge_patients(keep=pat, double=double, by=alice)
    care_teams.move_patient(patient=pat, team=blue, by=ada)
    assert care_teams.teamless(in_a) == 0
    divide(in_a, ada)


def test_a_team_is_told_how_many_patients_it_has_and_that_nobody_treats_them(
    clinic_a: Clinic, ada: Membership
) -> None:
    other = make_patient(clinic_a, "Quinn Quast")
    with tenancy.enter(clinic_a.pk):
        team = care_teams.make_team(clinic=clinic_a, name="Blue", by=ada)
        care_teams.move_patient(patient=other, team=team, by=ada)
    shown = signed_in(ada).get(URL).text
    assert "1 patient<" in shown
    assert "patients and no clinician" in shown
    assert "Quinn" not in shown
