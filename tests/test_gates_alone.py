"""The first net alone: with every row policy switched off, the gates still let nobody into another clinic."""

import uuid

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from clinics import log_reviews, tenancy
from clinics.access_log import System
from clinics.cover import trials
from clinics.models import CareTeam, Membership, TenantModel
from moodvision import scratch
from patients import services as patients_services
from patients.models import LeftNote, Patient
from scoring.models import Alert, PatientNote
from tests.clinics.factories import make_clinic, make_member, make_session
from tests.doors.table import CANARY, ROWS
from tests.doors.world import World
from tests.furnishing import a_week_in_shadow, furnish_watch
from tests.patients.factories import make_certificate, make_check_in, make_patient
from tests.patients.questionnaires.forms import make_round
from tests.scoring.factories import add_days_of, store_reading

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
    alice = make_member(north, "clinician", "Alice Adler")
    pat = make_patient(north, CANARY)
    add_days_of(pat, "sad", 6)
    reading = store_reading(pat, "sad")
    check_in = make_check_in(pat, mood=2, note=CANARY)
    asked_round = make_round(pat, "gad7")
    with tenancy.enter(north.pk):
        asked = patients_services.open_request(patient=pat, kind="export", words=CANARY, by=pat)
        PatientNote.objects.update(visible_from=timezone.now())
        programme = patients_services.open_programme(clinic=north, name=CANARY, employer=CANARY, by=alice)
        patients_services.join_programme(patient=pat, programme_id=programme.pk)
        ids = {
            "clinic": "north",
            "patient_id": pat.pk,
            "check_in_id": check_in.pk,
            "alert_id": Alert.objects.values_list("pk", flat=True).get(rule="score_line"),
            "note_id": PatientNote.objects.values_list("pk", flat=True).get(),
            "token": "invented",
            "request_id": asked.pk,
            "programme_id": programme.pk,
            "care_team_id": CareTeam.objects.create(clinic=north, name=CANARY).pk,
            "break_glass_id": patients_services.break_glass(
                patient=pat, reason="Found unconscious.", by=alice
            ).pk,
            "review_id": log_reviews.save_review(
                query="", first_number=1, last_number=2, entries=2, by=alice
            ).pk,
            "hold_id": patients_services.place_legal_hold(
                patient=pat, reason=CANARY, told=CANARY, by=System("test")
            ).pk,
            "erasure_id": make_certificate(north, CANARY).pk,
            "reading_id": reading.pk,
            "notice_id": furnish_watch(north).pk,
            "round_id": asked_round.pk,
            "item": "1",
            "questionnaire": "gad7",
            "code": "no_check_in",
            "silence_id": uuid.uuid4(),
            "message_id": uuid.uuid4(),
            "left_note_id": LeftNote.objects.values_list("pk", flat=True).get(),
            "trial_id": trials.send(member=alice, channel="screen", by=alice).pk,
            "week": a_week_in_shadow(),
            "member_id": alice.pk,
            "invitation_id": uuid.uuid4(),
            "session_id": make_session(alice.user).pk,
        }
        patients_services.admit_patient(clinic=north, name=CANARY, by=System("test"))
    people: dict[str, Membership | Patient] = {
        "alice": alice,
        "clinician": make_member(south, "clinician", "Mallory Mohn"),
        "administrator": make_member(south, "administrator", "Mel Moser"),
        "auditor": make_member(south, "auditor", "Max Meier"),
        "privacy_officer": make_member(south, "privacy_officer", "Petra Pohl"),
        "patient": make_patient(south, "Sam Sander"),
    }
    return World(people, ids)


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
    at_home = World(world.people, {**world.ids, "clinic": "south"})
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
