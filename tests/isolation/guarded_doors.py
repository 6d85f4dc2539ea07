"""Every door that asks again who is there, what is sent to it, and the act that it then writes to the log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.test import Client
from django.urls import reverse

from clinics import on_call, tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership
from patients import services
from patients.models import Erasure, Patient, RightsRequest
from tests.clinics.factories import make_session
from tests.isolation import cover_doors, message_doors, team_doors
from tests.patients.factories import make_certificate


@dataclass(frozen=True)
class House:
    """One clinic, and one of each thing that its guarded doors name."""

    clinic: Clinic
    people: dict[str, Membership | Patient]
    ids: dict[str, Any]


Body = Callable[[House, Client], dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """Sent by `who`, it writes `act` to the log, in a session confirmed of late and in no other."""

    name: str
    who: str
    act: str
    body: dict[str, Any] | Body = field(default_factory=dict)
    prepare: Callable[[House], object] = lambda house: None
    """What must be there before; a dict of ids stands in for the house's own."""

    def __str__(self) -> str:
        return f"{self.act} by {self.name}"


def typed_into(page: str, **changed: Any) -> Body:
    """The form of a page as it stands, and what is changed in it."""

    def body(house: House, browser: Client) -> dict[str, Any]:
        form = browser.get(reverse(page, args=["north"])).context["form"]
        said = {name: form[name].value() for name in form.fields}
        return {name: value for name, value in {**said, **changed}.items() if value is not None}

    return body


def other_rule(house: House, browser: Client) -> dict[str, Any]:
    """The form of a rule as it stands, with another number of days."""
    form = browser.get(reverse("scoring:rule", args=["north", "no_check_in"])).context["form"]
    said = {name: form[name].value() for name in form.fields} | {"days": "9"}
    return {name: value for name, value in said.items() if value is not None}


def ask_for_erasure(house: House) -> None:
    patient = house.people["patient"]
    assert isinstance(patient, Patient)
    services.request_erasure(patient=patient, by=patient)


def the(name: str, field_name: str) -> Body:
    return lambda house, browser: {field_name: str(house.ids[name])}


def switch_off(house: House) -> None:
    Membership.objects.filter(pk=house.ids["member_id"]).update(is_active=False)


def call(house: House) -> None:
    member = Membership.objects.get(pk=house.ids["member_id"])
    by = house.people["administrator"]
    assert isinstance(by, Membership)
    on_call.set_on_call(member=member, is_on_call=True, by=by)


def hold(house: House) -> dict[str, Any]:
    found = services.place_legal_hold(patient=account_holder(house), reason="Court file 7", by=System("test"))
    return {"hold_id": found.pk}


def of_account(house: House) -> dict[str, Any]:
    return {"patient_id": account_holder(house).pk}


def without_account(house: House) -> dict[str, Any]:
    found = services.admit_patient(clinic=house.clinic, name="No Account Yet", by=System("test"))
    return {"patient_id": found.pk}


def choose_pin(house: House) -> None:
    services.set_pin(patient=account_holder(house), pin="4826", by=account_holder(house))


def account_holder(house: House) -> Patient:
    patient = house.people["patient"]
    assert isinstance(patient, Patient)
    return patient


def certify(house: House) -> dict[str, Any]:
    return {"erasure_id": make_certificate(house.clinic, "x").pk}


def ask_for(kind: str) -> Callable[[House], dict[str, Any]]:
    """Across the desk, for somebody without an account."""

    def ask(house: House) -> dict[str, Any]:
        officer = house.people["privacy_officer"]
        assert isinstance(officer, Membership)
        other = services.admit_patient(clinic=house.clinic, name="By Letter", by=System("test"))
        asked = services.open_request(patient=other, kind=kind, words="", by=officer)
        return {"request_id": asked.pk}

    return ask


def record_to_erase(house: House) -> dict[str, Any]:
    administrator = house.people["administrator"]
    assert isinstance(administrator, Membership)
    ids = ask_for("erase")(house)
    asked = RightsRequest.objects.get(pk=ids["request_id"])
    services.record_erasure(request=asked, identity_check=IDENTITY, by=administrator)
    return ids


def have_double(house: House) -> dict[str, Any]:
    """A clinician follows both; the double is the newest record."""
    services.admit_patient(clinic=house.clinic, name="The Double", by=System("test"))
    return of_account(house)


def newest_record(house: House, browser: Client) -> dict[str, Any]:
    with tenancy.enter(house.clinic.pk):
        number = Patient.objects.latest("record_number").record_number
    return {"act": "merge", "merge-double": str(number), "merge-confirm": "on", "merge-is_sure": "on"}


def be_elsewhere(house: House) -> dict[str, Any]:
    user = house.people["clinician"].user
    assert user is not None
    return {"session_id": make_session(user).pk}


def open_programme(house: House) -> dict[str, Any]:
    by = house.people["administrator"]
    assert isinstance(by, Membership)
    return {"programme_id": services.open_programme(clinic=house.clinic, **PROGRAMME, by=by).pk}


def number_of(house: House, browser: Client) -> dict[str, Any]:
    return {"record_number": str(account_holder(house).record_number), "reason": "Court file 7"}


IDENTITY = Erasure.IdentityCheck.values[0]
INVITED = {"name": "Nora Neu", "email": "nora@new.example", "role": "observer"}
POLICY = typed_into("patients:policy", jurisdiction="illinois")
RETENTION = typed_into("patients:retention", readings=200)
MATRIX = typed_into("scoring:matrix", warning_line="3.5")
PROGRAMME = {"name": "Night shifts", "employer": "Harbour"}
GAD7 = {
    "gad7-is_on": "on",
    "gad7-every_days": "14",
    "gad7-late_after_days": "3",
    "gad7-closes_after_days": "7",
}
ON, OFF = "1", "0"
RENAMED = {"name": "By Another Name", "phone": "+49 30 999"}
RECORD, CONFIRM = {"step": "record", "identity_check": IDENTITY}, {"step": "confirm"}
COLLEAGUE = the("member_id", "member")
SCOPE = {"act": "scope", "scope-record_scope": "care_team"}
TEAMS = partial(Door, "patients:teams", "administrator")
DOORS = (
    Door("patients:export_own_data", "patient", "patient.exported"),
    Door("patients:export_requested", "privacy_officer", "patient.exported"),
    Door("patients:export_log", "auditor", "access_log.exported"),
    Door("patients:erase", "patient", "erasure.requested", {"step": "request"}),
    Door("patients:erase", "patient", "erasure.confirmed", {"step": "confirm"}, ask_for_erasure),
    Door("patients:policy", "administrator", "policy.chosen", POLICY),
    Door("patients:retention", "administrator", "retention.changed", RETENTION),
    Door(
        "patients:erasure_times",
        "privacy_officer",
        "settings.erasure_times",
        {"cooling_off_days": "14", "record_years": "20"},
    ),
    Door("patients:break_glass_reviews", "privacy_officer", "permission.deputy_appointed", COLLEAGUE),
    Door("clinics:members", "administrator", "member.invited", INVITED),
    Door("clinics:change_role", "administrator", "member.role_changed", {"role": "auditor"}),
    Door("clinics:switch_member", "administrator", "member.switched_off", {"is_active": OFF}),
    Door("clinics:switch_member", "administrator", "member.switched_on", {"is_active": ON}, switch_off),
    Door("clinics:sign_out_member", "administrator", "member.signed_out"),
    Door("clinics:end_session", "clinician", "account.sessions_ended", prepare=be_elsewhere),
    Door("clinics:set_on_call", "administrator", "member.on_call", {"is_on_call": ON}),
    Door("clinics:set_on_call", "administrator", "member.off_call", {"is_on_call": OFF}, call),
    Door("clinics:on_call", "clinician", "on_call.unlock_given", COLLEAGUE, call),
    Door("scoring:matrix", "administrator", "profile.saved", MATRIX),
    Door("scoring:rule", "administrator", "rule.saved", other_rule),
    Door("scoring:rule_budget", "administrator", "rule.budget_saved", {"per_day": "12"}),
    Door("patients:staff_names", "administrator", "settings.staff_names", {"are_shown": "initials"}),
    Door("patients:plan_questionnaire", "administrator", "settings.questionnaire", GAD7),
    Door("patients:programmes", "administrator", "programme.opened", PROGRAMME),
    Door("patients:close_programme", "administrator", "programme.closed", prepare=open_programme),
    Door("patients:holds", "privacy_officer", "legal_hold.placed", number_of),
    Door("patients:hold", "privacy_officer", "legal_hold.lifted", {"reason": "done"}, hold),
    Door("patients:desk_erasure", "privacy_officer", "erasure.requested", RECORD, ask_for("erase")),
    Door("patients:desk_erasure", "privacy_officer", "erasure.confirmed", CONFIRM, record_to_erase),
    Door("patients:print_certificate", "privacy_officer", "certificate.printed", prepare=certify),
    Door("patients:download_certificate", "privacy_officer", "certificate.exported", prepare=certify),
    Door("patients:invite", "administrator", "patient.invited", prepare=without_account),
    Door("patients:unlink", "administrator", "patient.unlinked", prepare=of_account),
    Door("patients:standing", "clinician", "patient.merged", newest_record, have_double),
    *cover_doors.doors(Door),
    *message_doors.doors(Door),
    TEAMS("settings.record_scope", SCOPE, team_doors.place_everybody),
    TEAMS("permission.team_made", {"act": "make", "make-name": "Red"}),
    TEAMS(
        "permission.team_renamed",
        team_doors.team_act("rename", "team", "name", name="Green"),
        team_doors.have_team,
    ),
    TEAMS("permission.team_joined", team_doors.team_act("join", "team", "member"), team_doors.have_team),
    TEAMS("permission.team_left", team_doors.team_act("leave", "team", "member"), team_doors.have_team),
    TEAMS("permission.patient_moved", team_doors.team_act("teamless", "team"), team_doors.have_team),
    Door(
        "patients:standing",
        "clinician",
        "permission.patient_moved",
        team_doors.team_act("care_team", "team"),
        team_doors.have_team_of_account,
    ),
    Door("patients:choose_pin", "patient", "pin.set", {"pin": "4826"}),
    Door("patients:change_contact", "patient", "patient.corrected", {"phone": "+49 30 999"}),
    Door("patients:correct_requested", "privacy_officer", "patient.corrected", RENAMED, ask_for("correct")),
    Door("patients:restrict_requested", "privacy_officer", "patient.restricted", prepare=ask_for("restrict")),
    Door("patients:choose_pin", "patient", "pin.removed", {"remove": "1", "pin": ""}, choose_pin),
)
