"""Where care teams divide the patients, whoever is in none of a patient's team meets them nowhere."""

import uuid
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import get_resolver

from clinics import tenancy
from clinics.models import CareTeam, ClinicSettings, Membership
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.isolation.test_http_walk import METHODS, everything_in, fill, walked_routes
from tests.isolation.twins import TENANT_MODELS, Twin, make_twin, sealed_texts

INSIDE = "Hjklqwe-Teamcanary"
NAMES_A_PATIENT = ("patient_id", "alert_id")
NAMES_A_PERSON_THROUGH_A_LINK = {"patients:join"}
"""Whoever holds an open link is its patient, not a member: shown to nobody but who follows them."""


@pytest.fixture
def divided(db: None) -> Twin:
    """A clinic whose patient is in a team, with INSIDE in all that is sealed about them. Of the members one
    clinician is in that team, the others in none."""
    twin = make_twin("north")
    inside = make_member(twin.clinic, "clinician", "Inside Person")
    outside = make_member(twin.clinic, "clinician", "Outside Person")
    elsewhere = make_member(twin.clinic, "clinician", "Elsewhere Person")
    twin.people.update(inside=inside, outside=outside, elsewhere=elsewhere)
    with tenancy.enter(twin.clinic.pk):
        ClinicSettings.objects.update(record_scope=ClinicSettings.Scope.CARE_TEAM)
        team, other_team = (CareTeam.objects.create(clinic=twin.clinic, name=name) for name in ("One", "Two"))
        team.members.create(clinic=twin.clinic, membership=inside)
        other_team.members.create(clinic=twin.clinic, membership=elsewhere)
        Patient.objects.filter(pk=twin.ids["patient_id"]).update(care_team=team)
        plant_about_patients()
    return twin


def plant_about_patients() -> None:
    for model in TENANT_MODELS:
        fields = {field.name for field in model._meta.local_fields}
        for name in sealed_texts(model) if model is Patient or fields & {"patient", "check_in"} else ():
            for row in model._default_manager.all():
                setattr(row, name, f"{INSIDE} {name}")
                with suppress(IntegrityError), transaction.atomic():
                    row.save(update_fields=[name])


def asked(browser: Client, twin: Twin, *, only_patients: bool = True) -> dict[tuple[str, str], Any]:
    browser.raise_request_exception = False
    return {
        (name, method): browser.generic(method, fill(route, twin.ids))
        for route, name in walked_routes(get_resolver())
        for method in METHODS
        if not route.startswith("accounts/") and (names_a_patient(route) or not only_patients)
    }


def names_a_patient(route: str) -> bool:
    return any(f":{argument}>" in route for argument in NAMES_A_PATIENT)


@pytest.mark.parametrize("who", ["outside", "elsewhere", "observer"])
def test_who_is_not_in_the_team_meets_the_pages_of_a_patient_as_those_of_nobody(
    divided: Twin, who: str
) -> None:
    nobody = replace(divided, ids={**divided.ids, **dict.fromkeys(NAMES_A_PATIENT, uuid.uuid4())})
    found, unknown = (
        {place: answer.status_code for place, answer in asked(divided.client(who), twin).items()}
        for twin in (divided, nobody)
    )
    assert len(found) >= 14
    assert found == unknown
    assert set(found.values()) <= {403, 404, 405}
    assert [status for status in found.values() if status == 403] == [403, 403] * (who == "observer")


def test_no_page_at_all_names_the_patient_to_who_is_not_in_the_team(divided: Twin) -> None:
    answers = asked(divided.client("outside"), divided, only_patients=False)
    shown = [
        place
        for place, answer in answers.items()
        if place[0] not in NAMES_A_PERSON_THROUGH_A_LINK and INSIDE in everything_in(answer)
    ]
    assert shown == []
    assert answers["scoring:triage", "GET"].status_code == 200


def test_no_search_finds_the_patient_for_who_is_not_in_the_team(divided: Twin) -> None:
    with tenancy.enter(divided.clinic.pk):
        number = Patient.objects.get(pk=divided.ids["patient_id"]).record_number
    page, words = "/c/north/patients/find/", {"words": str(number)}
    assert INSIDE in divided.client("inside").post(page, words).text
    assert INSIDE not in divided.client("outside").post(page, words).text


def test_the_team_itself_meets_its_patient(divided: Twin) -> None:
    """Without it, the absences above would prove nothing."""
    answers = asked(divided.client("inside"), divided)
    assert {name for (name, _method), answer in answers.items() if answer.status_code in {200, 302, 400}} == {
        name for name, _method in answers
    }
    assert INSIDE in divided.client("inside").get("/c/north/").text


def test_who_leaves_the_team_meets_the_patient_no_longer(divided: Twin) -> None:
    inside = divided.people["inside"]
    assert isinstance(inside, Membership)
    browser, page = signed_in(inside), f"/c/north/patients/{divided.ids['patient_id']}/"
    assert browser.get(page).status_code == 200
    with tenancy.enter(divided.clinic.pk):
        inside.care_teams.all().delete()
    assert browser.get(page).status_code == 404
