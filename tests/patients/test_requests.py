"""The privacy desk: what was asked, the month's clock, and the answer the patient reads."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from patients import services
from patients.models import Patient, RightsRequest
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient

ASK = "/c/north/me/data/requests/"
DESK = "/c/north/requests/"


@pytest.fixture
def olga(clinic_a: Clinic) -> Membership:
    """Privacy officer of A."""
    return make_member(clinic_a, "privacy_officer", "Olga Ott")


def ask(pat: Patient, kind: str, words: str = "") -> RightsRequest:
    assert signed_in(pat).post(ASK, {"kind": kind, "words": words}).status_code == 302
    with tenancy.enter(pat.clinic_id):
        return RightsRequest.objects.get(patient=pat, kind=kind)


def test_patient_asks_desk_answers_patient_reads(pat: Patient, olga: Membership) -> None:
    request = ask(pat, "object", "Please do not use my photos for statistics.")
    desk = signed_in(olga)
    assert f"#{pat.record_number}" in desk.get(DESK).text
    assert "statistics" in desk.get(f"{DESK}{request.pk}/").text
    answer = {"decision": "answered", "answer": "We stopped doing so today."}
    assert desk.post(f"{DESK}{request.pk}/close/", answer).status_code == 302
    shown = signed_in(pat).get("/c/north/me/data/").text
    assert "We stopped doing so today." in shown
    assert "answered" in shown


def test_a_refusal_has_its_reason_and_names_the_authority(pat: Patient, olga: Membership) -> None:
    request = ask(pat, "erase")
    close = f"{DESK}{request.pk}/close/"
    assert signed_in(olga).post(close, {"decision": "refused", "answer": " "}).status_code == 400
    signed_in(olga).post(close, {"decision": "refused", "answer": "The law asks us to keep it."})
    shown = signed_in(pat).get("/c/north/me/data/").text
    assert "The law asks us to keep it." in shown
    assert "data-protection authority" in shown


def test_the_first_answer_stands(pat: Patient, olga: Membership) -> None:
    request = ask(pat, "object")
    close = f"{DESK}{request.pk}/close/"
    signed_in(olga).post(close, {"decision": "answered", "answer": "first"})
    signed_in(olga).post(close, {"decision": "refused", "answer": "second"})
    with tenancy.enter(pat.clinic_id):
        assert RightsRequest.objects.get().answer == "first"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 1, 31, 10, tzinfo=UTC), "2026-02-28"),
        (datetime(2027, 12, 15, 10, tzinfo=UTC), "2028-01-15"),
        (datetime(2028, 1, 30, 10, tzinfo=UTC), "2028-02-29"),
        (datetime(2026, 3, 31, 23, 30, tzinfo=UTC), "2026-05-01"),  # the first of April in Berlin
    ],
)
def test_a_month_ends_with_the_same_day_of_the_next(clinic_a: Clinic, received: datetime, due: str) -> None:
    local = services.due_at(received, clinic_a).astimezone(clinic_a.zone)
    assert f"{local:%Y-%m-%d %H:%M}" == f"{due} 23:59"


def test_what_is_late_is_called_late_by_both(pat: Patient, olga: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        services.open_request(
            patient=pat, kind="export", words=None, by=olga, received_at=timezone.now() - timedelta(days=40)
        )
    assert "Late" in signed_in(olga).get(DESK).text
    assert "Late." in signed_in(pat).get("/c/north/me/data/").text


def test_the_next_one_due_stands_first(pat: Patient, olga: Membership) -> None:
    with tenancy.enter(pat.clinic_id):
        for kind, days in (("object", 3), ("export", 28)):
            services.open_request(
                patient=pat,
                kind=kind,
                words=None,
                by=olga,
                received_at=timezone.now() - timedelta(days=days),
            )
    shown = signed_in(olga).get(DESK).text
    assert shown.index("a copy of my data") < shown.index("I object to how")
    assert "Due soon" in shown


def test_what_came_by_letter_counts_from_that_day(pat: Patient, olga: Membership) -> None:
    day = timezone.now() - timedelta(days=10)
    body = {"kind": "export", "record_number": str(pat.record_number), "received_on": f"{day:%Y-%m-%d}"}
    assert signed_in(olga).post(DESK, body).status_code == 302
    with tenancy.enter(pat.clinic_id):
        opened = RightsRequest.objects.get()
    assert opened.opened_at.astimezone(pat.clinic.zone).date() == day.date()
    assert opened.recorded_by == olga.actor_label
    assert signed_in(olga).post(DESK, {**body, "record_number": "4711"}).status_code == 400
    tomorrow = timezone.now() + timedelta(days=2)
    assert signed_in(olga).post(DESK, {**body, "received_on": f"{tomorrow:%Y-%m-%d}"}).status_code == 400


def test_asking_twice_is_one_open_request(pat: Patient) -> None:
    assert ask(pat, "export").pk == ask(pat, "export").pk


def test_the_desk_hands_over_a_copy_only_for_an_open_request(pat: Patient, olga: Membership) -> None:
    request = ask(pat, "export")
    url = f"{DESK}{request.pk}/export/"
    archive = zipfile.ZipFile(io.BytesIO(signed_in(olga).post(url).content))
    assert b"Pat Petersen" in archive.read("data.json")
    signed_in(olga).post(f"{DESK}{request.pk}/close/", {"decision": "answered", "answer": "Sent."})
    assert signed_in(olga).post(url).status_code == 400
    other = ask(pat, "object")
    assert signed_in(olga).post(f"{DESK}{other.pk}/export/").status_code == 400


def test_the_desk_corrects_a_name(pat: Patient, olga: Membership) -> None:
    request = ask(pat, "correct", "My name is Patrizia.")
    url = f"{DESK}{request.pk}/correct/"
    assert signed_in(olga).post(url, {"name": ""}).status_code == 400
    assert signed_in(olga).post(url, {"name": "Patrizia Petersen"}).status_code == 302
    with tenancy.enter(pat.clinic_id):
        assert Patient.objects.get(pk=pat.pk).name == "Patrizia Petersen"


def test_the_desk_stops_processing(pat: Patient, olga: Membership) -> None:
    request = ask(pat, "restrict")
    assert signed_in(olga).post(f"{DESK}{request.pk}/restrict/").status_code == 302
    with tenancy.enter(pat.clinic_id):
        assert Patient.objects.get(pk=pat.pk).is_restricted


@pytest.mark.parametrize(("kind", "is_closed"), [("restrict", True), ("object", True), ("export", False)])
def test_the_desk_stops_processing_only_for_an_open_request_to_stop(
    pat: Patient, olga: Membership, kind: str, is_closed: bool
) -> None:
    request = ask(pat, kind)
    if is_closed:
        signed_in(olga).post(f"{DESK}{request.pk}/close/", {"decision": "refused", "answer": "Not now."})
    assert signed_in(olga).post(f"{DESK}{request.pk}/restrict/").status_code == 400
    with tenancy.enter(pat.clinic_id):
        assert not Patient.objects.get(pk=pat.pk).is_restricted


def test_a_clinician_answers_no_request(pat: Patient, alice: Membership) -> None:
    request = ask(pat, "object")
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="may_not_answer"):
        services.close_request(request_id=request.pk, is_refused=False, answer="x", by=alice)


def test_an_unknown_kind_is_refused(pat: Patient) -> None:
    assert signed_in(pat).post(ASK, {"kind": "everything"}).status_code == 400


def test_another_patients_requests_are_not_shown(pat: Patient) -> None:
    ask(make_patient(pat.clinic, "Quinn Quast"), "object", "Zyxwvut")
    assert "object to how my data are used</td>" not in signed_in(pat).get("/c/north/me/data/").text
