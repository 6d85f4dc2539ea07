"""In a session left open every door that exports, erases or changes settings asks again who is there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pytest_django import Settings

from clinics import access_log, sudo, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services
from patients.models import Patient
from tests.clinics.factories import PASSWORD, make_member
from tests.clinics.messages.hooks import set_up_channels
from tests.clinics.sign_in_pages import later
from tests.clinics.test_on_call import add_key
from tests.conftest import signed_in
from tests.doors.urls import arguments_by_name
from tests.isolation import acts
from tests.isolation.guarded_doors import DOORS, Door, House
from tests.isolation.twins import TENANT_MODELS
from tests.patients.factories import make_patient

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
