"""The first net alone: with every row policy switched off, the gates still let nobody into another clinic."""

import pytest
from django.apps import apps
from django.db import connection

from clinics import tenancy
from clinics.models import CareTeam, TenantModel
from moodvision import scratch
from tests.clinics.factories import make_clinic, make_member
from tests.doors.table import CANARY, ROWS
from tests.doors.world import People, World, make_world
from tests.patients.factories import make_patient

OPEN_TO_ALL = {
    "home",
    "healthz",
    "api_schema",
    "patients:join",
    "patients:moving",
    "patients:privacy",
    "clinics:join",
    "clinics:second_factor",
    "clinics:locked",
    "clinics:crisis",
    "clinics:crisis_of_clinic",
    "clinics:service_worker",
    "clinics:follow_message",  # by a signed link, to a page that asks who is there
}
IDS = (
    "patient_id",
    "check_in_id",
    "alert_id",
    "note_id",
    "member_id",
    "invitation_id",
    "review_id",
    "break_glass_id",
    "request_id",
    "programme_id",
    "hold_id",
    "erasure_id",
    "reading_id",
    "notice_id",
    "left_note_id",
    "round_id",
    "trial_id",
)


OF_NORTH = {
    "alice": "clinician",
    "bob": "observer",
    "ada": "administrator",
    "audrey": "auditor",
    "olga": "privacy_officer",
    "dora": "programme_manager",
}
ABROAD = ("clinician", "administrator", "auditor", "privacy_officer", "patient")


@pytest.fixture
def without_policies(committing: str) -> None:
    """Row-level security taken off every table of this test's own database, by its owner."""
    with scratch.owner_connection(committing) as owner:
        for model in apps.get_models():
            if issubclass(model, TenantModel):
                owner.execute(f'ALTER TABLE "{model._meta.db_table}" DISABLE ROW LEVEL SECURITY'.encode())


@pytest.fixture
def world(without_policies: None) -> World:
    """One of each thing in the north; the people of the south."""
    north, south = make_clinic("north"), make_clinic("south")
    at_home: People = {name: make_member(north, role, name.title()) for name, role in OF_NORTH.items()}
    made = make_world(north, at_home | {"pat": make_patient(north, CANARY)}, programme=CANARY)
    with tenancy.enter(north.pk):
        team = CareTeam.objects.create(clinic=north, name=CANARY)
    abroad: People = {role: make_member(south, role, role.title()) for role in ABROAD if role != "patient"}
    abroad["patient"] = make_patient(south, "Sam Sander")
    return World({"alice": at_home["alice"], **abroad}, {**made.ids, "care_team_id": team.pk}, made.own)


def test_policies_are_off_and_the_clinics_own_people_still_work(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM patients_patient")
        assert cursor.fetchone()[0] == 3
    assert CANARY in world.client("alice").get(world.url("scoring:triage")).text


def test_people_of_another_clinic_meet_pages_that_do_not_exist(world: World) -> None:
    wrong = []
    for row in ROWS:
        for who in ABROAD:
            if row.name in OPEN_TO_ALL:
                continue
            response = world.answer(row, who)
            if response.status_code != 404 or CANARY in response.content.decode(errors="replace"):
                wrong.append(f"{row} to {who}")
    assert wrong == []


def test_ids_of_another_clinic_name_nothing_in_ones_own(world: World) -> None:
    at_home = World(world.people, {**world.ids, "clinic": "south"}, world.own)
    wrong = []
    for row in ROWS:
        for who in ABROAD:
            if row.name in OPEN_TO_ALL:
                continue
            response = at_home.answer(row, who)
            names_a_thing = any(f"/{world.ids[name]}/" in at_home.url(row.name) for name in IDS)
            if CANARY in response.content.decode(errors="replace"):
                wrong.append(f"{row} to {who} holds the canary")
            if names_a_thing and response.status_code not in {403, 404}:
                wrong.append(f"{row} to {who}: {response.status_code}")
    assert wrong == []


def test_a_form_offers_and_takes_teams_of_its_own_clinic_alone(world: World) -> None:
    browser, page = world.client("clinician"), "/c/south/patients/new/"
    assert CANARY not in browser.get(page).text
    wanted = {"name": "New", "time_zone": "Europe/Berlin", "care_team": str(world.ids["care_team_id"])}
    with tenancy.enter(world.people["clinician"].clinic_id):
        CareTeam.objects.create(clinic_id=world.people["clinician"].clinic_id, name="Ours")
    assert browser.post(page, wanted).status_code == 400
