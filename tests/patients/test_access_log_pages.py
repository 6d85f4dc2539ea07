"""The auditor's pages: find by person, patient, time and kind, verify, take out, review, sign off."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, LogReview, Membership, PlatformLogEntry
from patients import access
from patients.audit import queries
from patients.audit.queries import Wanted
from patients.models import Patient
from tests.clinics.factories import PASSWORD
from tests.clinics.sign_in_pages import give_code
from tests.conftest import signed_in
from tests.patients.factories import make_patient

LOG = "/c/north/access-log/"


@pytest.fixture
def looks(clinic_a: Clinic, alice: Membership, bob: Membership, pat: Patient) -> Patient:
    """Alice reads Pat, Bob reads another and lists both. The other patient is returned."""
    other = make_patient(clinic_a, "Olga Otto")
    with tenancy.enter(clinic_a.pk):
        access.get_patient(alice, pat.pk)
        access.get_patient(bob, other.pk)
        access.record_list(bob, [pat, other], page="triage")
    return other


def found(clinic: Clinic, **wanted: Any) -> list[tuple[str, str]]:
    with tenancy.enter(clinic.pk):
        return [(row.action, row.actor) for row in queries.entries(Wanted(**wanted), clinic.pk)]


def test_entries_are_found_by_person_patient_kind_time_and_text(
    clinic_a: Clinic, alice: Membership, bob: Membership, pat: Patient, looks: Patient
) -> None:
    read, listed = ("patient.read", alice.actor_label), ("patients.listed", bob.actor_label)
    assert found(clinic_a, actor=alice.actor_label) == [read]
    assert found(clinic_a, patient_id=pat.pk, only_disclosures=True) == [listed, read]
    assert found(clinic_a, kind="read", actor=bob.actor_label)[0] == listed
    assert found(clinic_a, text="s.listed") == [listed]
    assert found(clinic_a, since=timezone.now() + timedelta(minutes=1)) == []
    assert len(found(clinic_a, until=timezone.now() + timedelta(minutes=1))) > 3


def test_the_page_names_members_and_record_numbers_and_no_patient(
    audrey: Membership, pat: Patient, looks: Patient
) -> None:
    text = signed_in(audrey).get(LOG, {"record_number": pat.record_number}).text
    assert "Alice Adler" in text
    assert f"#{pat.record_number}" in text
    assert "Pat Petersen" not in text
    with tenancy.enter(audrey.clinic_id):
        search = AccessLogEntry.objects.get(kind="search", actor=audrey.actor_label)
    assert str(pat.pk) in search.canonical


@pytest.mark.parametrize(
    "filters",
    [
        {"record_number": "999999"},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"kind": "gossip"},
        {"person": "membership:1"},
        {"only_disclosures": "on"},
    ],
)
def test_a_filter_that_means_nothing_is_refused(audrey: Membership, filters: dict[str, str]) -> None:
    assert signed_in(audrey).get(LOG, filters).status_code == 400


def test_pages_follow_each_other_without_gap(clinic_a: Clinic, audrey: Membership, alice: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        for _ in range(queries.PAGE_LENGTH + 5):
            access.record_list(alice, [], page="triage")
    with tenancy.enter(clinic_a.pk):
        wanted = Wanted(actor=alice.actor_label)
        newest = queries.log_page(wanted, clinic_a.pk)
        rest = queries.log_page(wanted, clinic_a.pk, before=newest.older_than)
    numbers = [entry.row.number for entry in [*newest.entries, *rest.entries]]
    assert len(numbers) == len(set(numbers)) == queries.PAGE_LENGTH + 5
    assert rest.older_than is None
    assert "Older entries" in signed_in(audrey).get(LOG, {"person": alice.actor_label}).text


def test_the_log_is_verified_from_the_page(audrey: Membership, looks: Patient) -> None:
    response = signed_in(audrey).post(f"{LOG}verify/")
    assert "The log is whole" in response.text


def test_a_review_is_saved_and_signed_off_once(clinic_a: Clinic, audrey: Membership, looks: Patient) -> None:
    browser = signed_in(audrey)
    saved = browser.post(f"{LOG}reviews/", {"kind": "read"})
    assert saved.status_code == 302
    assert browser.post(saved["Location"], {"conclusion": "All for care."}).status_code == 302
    with tenancy.enter(clinic_a.pk):
        review = LogReview.objects.get()
        assert (review.entries, review.signed_by_id, review.query) == (3, audrey.pk, "kind=read")
        assert review.conclusion == "All for care."
    assert browser.post(saved["Location"], {"conclusion": "Changed my mind."}).status_code == 400
    with tenancy.enter(clinic_a.pk):
        assert LogReview.objects.get().conclusion == "All for care."
    assert "All for care." in browser.get(f"{LOG}reviews/").text


def test_nothing_found_is_no_review(clinic_a: Clinic, audrey: Membership) -> None:
    response = signed_in(audrey).post(f"{LOG}reviews/", {"kind": "print"})
    assert response["Location"] == LOG
    with tenancy.enter(clinic_a.pk):
        assert not LogReview.objects.exists()


def test_sign_ins_are_in_the_clinics_log_and_failures_on_the_platform(
    clinic_a: Clinic, alice: Membership
) -> None:
    browser = Client()
    address = alice.user.email
    browser.post("/accounts/login/", {"login": address, "password": "wrong"})
    browser.post("/accounts/login/", {"login": "nobody@north.example", "password": "wrong"})
    browser.post("/accounts/login/", {"login": address, "password": PASSWORD})
    give_code(browser)
    browser.post("/accounts/logout/")
    with tenancy.enter(clinic_a.pk):
        rows = list(AccessLogEntry.objects.filter(kind="sign_in").order_by("number"))
    assert [(row.action, row.actor) for row in rows] == [
        ("sign_in.succeeded", alice.actor_label),
        ("sign_in.ended", alice.actor_label),
    ]
    failed = list(PlatformLogEntry.objects.order_by("number"))
    assert [row.actor for row in failed] == [f"stranger:{alice.user_id}", "stranger:unknown"]
    assert address not in failed[0].canonical
