"""Finding a patient by what nobody can read in the database."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clinics import keys, rotation, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, CareTeam, CareTeamMember, Clinic, ClinicSettings, Membership
from patients import search, services
from patients.models import Patient, SearchToken
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient

BY = System("test")
HIT = [
    "Jürgen", "jurgen", "JÜRGEN weiss", "Weiß", "weiss jürgen", "  Weiß,  ", "j.weiss@Example.org",
    "+49 171 2345678", "0171/2345678", "0049 (171) 234-5678", "1001", "#1001", "Weiß 1001",
]  # fmt: skip
MISS = [
    "",
    "  ",
    "Jürg",
    "Weiss Otto",
    "weiss@example.org",
    "0171 2345679",
    "1002",
    "#",
    "%",
    "' OR 1=1 --",
    "mv1",
]


@pytest.fixture
def juergen(clinic_a: Clinic) -> Patient:
    with tenancy.enter(clinic_a.pk):
        return services.admit_patient(
            clinic=clinic_a, name="Jürgen Weiß", email="J.Weiss@example.org", phone="+49 171 2345678", by=BY
        )


def found(member: Membership, words: str) -> list[str]:
    with tenancy.enter(member.clinic_id):
        return [str(patient.name) for patient in search.search(member, words)]


@pytest.mark.parametrize("words", HIT)
def test_whole_words_numbers_and_addresses_are_found(alice: Membership, juergen: Patient, words: str) -> None:
    assert found(alice, words) == ["Jürgen Weiß"]


@pytest.mark.parametrize("words", MISS)
def test_anything_else_finds_nobody(alice: Membership, juergen: Patient, words: str) -> None:
    assert found(alice, words) == []


def test_a_changed_name_is_found_and_the_old_one_is_not(alice: Membership, juergen: Patient) -> None:
    with tenancy.enter(juergen.clinic_id):
        juergen.name = "Jürgen Schwarz"  # type: ignore[assignment]
        juergen.save(update_fields=["name"])
    assert (found(alice, "Schwarz"), found(alice, "Weiß")) == (["Jürgen Schwarz"], [])


def test_the_index_holds_no_word_and_differs_between_clinics(
    clinic_b: Clinic, juergen: Patient, alice: Membership
) -> None:
    with tenancy.enter(clinic_b.pk):
        services.admit_patient(clinic=clinic_b, name="Jürgen Weiß", by=BY)
    digests = []
    for clinic_id in (juergen.clinic_id, clinic_b.pk):
        with tenancy.enter(clinic_id):
            digests.append(set(SearchToken.objects.filter(kind="name").values_list("digest", flat=True)))
    assert len(digests[0]) == len(digests[1]) == 2
    assert not digests[0] & digests[1]
    assert found(alice, "Jürgen") == ["Jürgen Weiß"]


def test_the_page_shows_who_was_found_and_the_log_says_so_without_the_words(
    clinic_a: Clinic, alice: Membership, juergen: Patient
) -> None:
    browser = signed_in(alice)
    page = browser.post("/c/north/patients/find/", {"words": "weiss"})
    assert f"/c/north/patients/{juergen.pk}/" in page.text
    assert "Nobody you follow matches" in browser.post("/c/north/patients/find/", {"words": "Zorn"}).text
    assert 'action="/c/north/patients/find/"' in browser.get("/c/north/").text
    assert browser.get("/c/north/patients/find/?words=weiss").text.count(str(juergen.pk)) == 0
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.filter(action="patients.searched").order_by("number").first()
        assert entry is not None
        assert entry.actor == alice.actor_label
        assert str(juergen.pk) in entry.canonical
        assert "weiss" not in entry.canonical.lower()


def test_only_patients_one_may_follow_are_found(
    clinic_a: Clinic, alice: Membership, juergen: Patient
) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        team = CareTeam.objects.create(clinic=clinic_a, name="day ward")
    assert found(alice, "Weiß") == []
    with tenancy.enter(clinic_a.pk):
        CareTeamMember.objects.create(clinic=clinic_a, care_team=team, membership=alice)
        Patient.objects.update(care_team=team)
    assert found(alice, "Weiß") == ["Jürgen Weiß"]


@pytest.fixture
def north(committing: str) -> Clinic:
    clinic = make_clinic("north")
    for name in ("Anna Albers", "Ben Bauer", "Clara Conrad"):
        make_patient(clinic, name)
    return clinic


@pytest.mark.commits
def test_it_survives_a_rotation_and_works_in_the_middle_of_it(
    north: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = make_member(north, "clinician", "Alice Adler")
    seen = []

    def look(clinic_id: uuid.UUID, version: int, limit: int) -> int:
        seen.append([found(alice, name) for name in ("Anna", "Ben", "Clara")])
        return search.refresh(clinic_id, version, limit)

    monkeypatch.setattr(rotation.group, "derived_from_index", [look])
    report = rotation.rotate(north, "index", by=BY, batch=1, at_once=True)
    assert report.is_complete
    assert len(seen) > 3
    assert all(names == [["Anna Albers"], ["Ben Bauer"], ["Clara Conrad"]] for names in seen)
    keys.forget()
    assert found(alice, "Anna") == ["Anna Albers"]
    with tenancy.enter(north.pk):
        assert set(SearchToken.objects.values_list("key_version", flat=True)) == {2}


@pytest.mark.commits
def test_a_row_that_does_not_open_is_left_with_its_number(north: Clinic) -> None:
    alice = make_member(north, "clinician", "Alice Adler")
    with tenancy.enter(north.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET name = 'mv1:1:AAAA' WHERE record_number = 1001")
    assert rotation.rotate(north, "index", by=BY, at_once=True).is_complete
    with tenancy.enter(north.pk):
        assert SearchToken.objects.filter(patient__record_number=1001).count() == 1
    assert found(alice, "Ben") == ["Ben Bauer"]


@pytest.mark.commits
@pytest.mark.parametrize("at_once", [False, True])
def test_a_retried_check_in_is_known_after_a_rotation(north: Clinic, at_once: bool) -> None:
    with tenancy.enter(north.pk):
        patient = Patient.objects.first()
    assert patient is not None
    sent: dict[str, Any] = {"idempotency_key": "k" * 16, "captured_at": timezone.now(), "zone": "UTC"}
    with tenancy.enter(north.pk):
        first = services.submit_check_in(patient=patient, by=patient, mood=4, **sent)
    rotation.rotate(north, "index", by=BY, at_once=at_once)
    keys.forget()
    with tenancy.enter(north.pk):
        again = services.submit_check_in(patient=patient, by=patient, mood=4, **sent)
        assert (again.is_new, again.check_in.pk) == (False, first.check_in.pk)
        if not at_once:
            with pytest.raises(DomainError, match="idempotency_conflict"):
                services.submit_check_in(patient=patient, by=patient, mood=5, **sent)
