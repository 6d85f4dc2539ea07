"""In a session left open every door that exports, erases or changes settings asks again who is there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clinics import access_log, on_call, sudo, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Erasure, Patient, RightsRequest
from tests.clinics.factories import PASSWORD, make_member, make_session
from tests.clinics.messages.hooks import set_up_channels
from tests.clinics.sign_in_pages import later
from tests.clinics.test_on_call import add_key
from tests.conftest import signed_in
from tests.doors.urls import arguments_by_name
from tests.isolation import acts, cover_doors, message_doors, team_doors
from tests.isolation.twins import TENANT_MODELS
from tests.patients.factories import make_certificate, make_patient

LEFT_OPEN = sudo.FRESH_SECONDS + 1
ASKS, UNLOCK = "/accounts/reauthenticate/", "/c/north/me/unlock/"
CHANGED_BY_ASKING = {"clinics.AccessLogEntry"}
NEED_NOT_ASK = {
    "member.joined": "by the link of who was invited, before there is a session",
    "membership.added": "the same",
    "member.invitation_withdrawn": "takes away what was offered, and nothing else",
    "erasure.cancelled": "keeps what is there: the way back is one step",
    "legal_hold.read": "a look, which is logged",
}
"""Acts of the kinds that ask again, and why these do without."""
AT_SOME_DOORS = {"patient.corrected", "patient.restricted"}
"""Acts that ask again at the desk and where contact data change, not where patients pause for themselves."""
NAMED_AS_IT_RUNS = {"certificate.printed", "certificate.exported", "account.sessions_ended"}
"""Acts whose name no code spells out, or that a signal brings."""


OF_EVERY_TABLE = " UNION ALL ".join(
    f"SELECT '{model._meta.label}', md5(string_agg(one::text, '' ORDER BY one::text))"
    f' FROM "{model._meta.db_table}" one'
    for model in TENANT_MODELS
)


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


@pytest.fixture
def house(clinic_a: Clinic, settings: Settings, tmp_path: Path) -> House:
    set_up_channels(settings, tmp_path)
    roles = ("clinician", "administrator", "privacy_officer", "auditor")
    people: dict[str, Membership | Patient] = {
        role: make_member(clinic_a, role, f"{role.title().replace('_', '')} Person") for role in roles
    }
    people["patient"] = make_patient(clinic_a, "Pat Petersen")
    colleague = make_member(clinic_a, "clinician", "Colleague Person")
    add_key(colleague)
    officer = people["privacy_officer"]
    with tenancy.enter(clinic_a.pk):
        other = services.admit_patient(clinic=clinic_a, name="No Account", by=System("test"))
        asked = services.open_request(patient=other, kind="export", words="", by=officer)
    return House(
        clinic_a,
        people,
        {
            "clinic": "north",
            "member_id": colleague.pk,
            "request_id": asked.pk,
            "questionnaire": "gad7",
            "code": "no_check_in",
        },
    )


@dataclass(frozen=True)
class Sent:
    """The answer, the acts that were logged, and the tables that were changed."""

    response: Any
    acts: set[str]
    changed: set[str]


def send(house: House, door: Door, *, after_seconds: int) -> Sent:
    """What came of it; all of it is undone again, so that the doors do not meet each other."""
    with transaction.atomic():
        with tenancy.enter(house.clinic.pk):
            prepared = door.prepare(house)
        ids = {**house.ids, **(prepared if isinstance(prepared, dict) else {})}
        browser = signed_in(house.people[door.who])
        body = door.body(house, browser) if callable(door.body) else door.body
        before, known = checksums(house.clinic), actions(house.clinic)
        with later(after_seconds):
            response = browser.post(address(ids, door), body)
        after, logged = checksums(house.clinic), actions(house.clinic)
        transaction.set_rollback(True)
    changed = {label for label in after if after[label] != before[label]} - CHANGED_BY_ASKING
    return Sent(response, set(logged[len(known) :]), changed)


def address(ids: dict[str, Any], door: Door) -> str:
    wanted = arguments_by_name()[door.name]
    return reverse(door.name, kwargs={name: ids[name] for name in wanted})


def actions(clinic: Clinic) -> list[str]:
    with tenancy.enter(clinic.pk):
        return list(AccessLogEntry.objects.order_by("number").values_list("action", flat=True))


def checksums(clinic: Clinic) -> dict[str, str]:
    """Of every table's rows, in one statement: two for each of some seventy doors took minutes."""
    with tenancy.enter(clinic.pk), connection.cursor() as cursor:
        cursor.execute(OF_EVERY_TABLE)
        return dict(cursor.fetchall())


def test_a_session_confirmed_of_late_passes_every_guarded_door(house: House) -> None:
    """Without it, the refusals below would prove nothing."""
    sent = {str(door): send(house, door, after_seconds=0) for door in DOORS}
    missed = {
        str(door): (sent[str(door)].response.status_code, sent[str(door)].acts)
        for door in DOORS
        if door.act not in sent[str(door)].acts
    }
    assert missed == {}


def test_a_session_left_open_is_asked_again_and_changes_nothing(house: House) -> None:
    passed = {}
    for door in DOORS:
        sent = send(house, door, after_seconds=LEFT_OPEN)
        if not is_asked_again(sent.response) or sent.changed or door.act in sent.acts:
            passed[str(door)] = (sent.response.status_code, sent.acts, sent.changed)
    assert passed == {}


def is_asked_again(response: Any) -> bool:
    """Led to the page that asks, or kept on the form with a link to it, so that nothing typed is lost.

    A portal with a PIN has locked itself long before.
    """
    if response.status_code == 302:
        return str(response["Location"]).startswith((ASKS, UNLOCK))
    return response.status_code == 403 and f'href="{ASKS}?next=' in response.text


def test_confirming_opens_the_door_again(house: House) -> None:
    browser = signed_in(house.people["patient"])
    door = "/c/north/me/data/export/"
    with later(LEFT_OPEN):
        assert is_asked_again(browser.post(door))
        browser.post(ASKS, {"password": PASSWORD, "next": "/c/north/me/data/"})
        assert browser.post(door)["Content-Type"] == "application/zip"


def test_every_door_that_asks_again_is_tried() -> None:
    asking = {name for name, view in acts.views() if acts.asks_again(view)}
    assert asking == {door.name for door in DOORS}


def test_every_door_that_exports_erases_or_changes_settings_asks_again() -> None:
    """Read from the code, so that a door written tomorrow is in it."""
    open_doors = {
        name: acts.must_ask_again(view) - set(NEED_NOT_ASK)
        for name, view in acts.views()
        if not acts.asks_again(view)
    }
    assert {name: found for name, found in open_doors.items() if found} == {}


def test_every_such_act_is_tried_and_no_reason_is_left_over() -> None:
    found = {action for _name, view in acts.views() for action in acts.must_ask_again(view)}
    assert found - set(NEED_NOT_ASK) == {door.act for door in DOORS} - NAMED_AS_IT_RUNS - AT_SOME_DOORS
    assert set(NEED_NOT_ASK) <= found


def planted(request: HttpRequest) -> HttpResponse:
    services.export_patient(patient=Patient(), by=System("test"))
    return HttpResponse()


def planted_deeper(request: HttpRequest) -> HttpResponse:
    access_log.record("keys.rotated", by=System("test"))
    return planted(request)


@sudo.required
def guarded(request: HttpRequest) -> HttpResponse:
    return planted(request)


def test_a_planted_door_that_does_not_ask_is_caught() -> None:
    assert acts.must_ask_again(planted) == {"patient.exported"}
    assert acts.must_ask_again(planted_deeper) == {"patient.exported", "keys.rotated"}
    assert [acts.asks_again(view) for view in (planted, planted_deeper, guarded)] == [False, False, True]
