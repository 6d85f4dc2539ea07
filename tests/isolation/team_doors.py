"""What the guarded doors about care teams need before, and what is sent to them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.test import Client

from clinics import tenancy
from clinics.models import CareTeam, Membership
from patients import care_teams
from patients.models import Patient

if TYPE_CHECKING:
    from tests.isolation.guarded_doors import House

Body = Callable[["House", Client], dict[str, Any]]


def team(house: "House") -> CareTeam:
    return care_teams.make_team(clinic=house.clinic, name="Blue", by=member_of(house, "administrator"))


def member_of(house: "House", role: str) -> Membership:
    member = house.people[role]
    assert isinstance(member, Membership)
    return member


def have_team(house: "House") -> None:
    """With the clinician in it."""
    by = member_of(house, "administrator")
    care_teams.add_member(team=team(house), member=member_of(house, "clinician"), by=by)


def place_everybody(house: "House") -> None:
    have_team(house)
    by = member_of(house, "administrator")
    care_teams.move_teamless(clinic=house.clinic, team=CareTeam.objects.get(), by=by)


def team_act(act: str, *fields: str, **more: str) -> Body:
    """An act of the page of teams about the only team there is; `fields` of its form and what they hold."""

    def body(house: "House", browser: Client) -> dict[str, Any]:
        with tenancy.enter(house.clinic.pk):
            holds = {"team": str(CareTeam.objects.get().pk)}
        holds["member"] = str(house.ids["member_id"] if act == "join" else member_of(house, "clinician").pk)
        return {"act": act, **{f"{act}-{name}": {**holds, **more}[name] for name in fields}}

    return body


def have_team_of_account(house: "House") -> dict[str, Any]:
    """And a patient whom the clinician may move."""
    have_team(house)
    patient = house.people["patient"]
    assert isinstance(patient, Patient)
    return {"patient_id": patient.pk}
