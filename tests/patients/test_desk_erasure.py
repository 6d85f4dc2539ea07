"""The desk erases a patient who has no account: two members, two steps, and never too early."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from clinics import sudo, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, ClinicSettings
from patients import services, tasks
from patients.models import Erasure, Patient, RightsRequest
from scoring import services as scoring_services
from scoring.models import Alert
from tests.clinics.factories import make_clinic, make_member, make_user
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in

BY = System("test")
RECORD = {"step": "record", "identity_check": "document"}


@pytest.fixture
def north(committing: str) -> Clinic:
    clinic = make_clinic("north")
    with tenancy.enter(clinic.pk):
        ClinicSettings.objects.update(record_retention_years=0)
    return clinic


@pytest.fixture
def olga(north: Clinic) -> Client:
    return signed_in(make_member(north, "privacy_officer", "Olga Ott"))


@pytest.fixture
def ada(north: Clinic) -> Client:
    return signed_in(make_member(north, "administrator", "Ada Ahrens"))


@pytest.fixture
def nora(north: Clinic) -> Patient:
    """A patient without an account."""
    with tenancy.enter(north.pk):
        return services.admit_patient(clinic=north, name="Nora Nolte", by=BY)


@pytest.fixture
def asked(north: Clinic, nora: Patient) -> RightsRequest:
    with tenancy.enter(north.pk):
        return services.open_request(patient=nora, kind="erase", words="All of it, please.", by=BY)


def url(asked: RightsRequest, end: str = "erasure/") -> str:
    return f"/c/north/requests/{asked.pk}/{end}"


def the_wish(north: Clinic) -> Erasure:
    with tenancy.enter(north.pk):
        return Erasure.objects.get()


def make_due(north: Clinic) -> None:
    with tenancy.enter(north.pk):
        Erasure.objects.filter(state="confirmed").update(due_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.commits
def test_one_records_another_confirms_and_the_daily_job_does_it(
    north: Clinic, nora: Patient, asked: RightsRequest, olga: Client, ada: Client
) -> None:
    assert "It takes two of you" in olga.get(url(asked, "")).text
    assert olga.post(url(asked), RECORD).status_code == 302
    assert "somebody else of the privacy desk must look" in olga.get(url(asked, "")).text
    shown = ada.get(url(asked, "")).text
    assert "Olga Ott" in shown
    assert "an identity document, seen in person" in shown
    assert ada.post(url(asked), {"step": "confirm"}).status_code == 302
    wish = the_wish(north)
    assert wish.state == Erasure.State.CONFIRMED
    assert wish.due_at is not None
    assert wish.due_at > timezone.now() + timedelta(days=1)
    tasks.erase_due()
    assert the_wish(north).state == Erasure.State.CONFIRMED
    make_due(north)
    tasks.erase_due()
    done = the_wish(north)
    assert done.state == Erasure.State.FINISHED
    assert "an identity document, seen in person" in done.certificate
    assert "another confirmed it" in done.certificate
    assert "Nora" not in done.certificate
    with tenancy.enter(north.pk):
        assert not Patient.objects.filter(pk=nora.pk).exists()
        logged = AccessLogEntry.objects.filter(patient_id=nora.pk).values_list("action", flat=True)
        assert {"erasure.requested", "erasure.confirmed", "patient.erased"} <= set(logged)


@pytest.mark.commits
def test_who_recorded_it_cannot_confirm_it_and_the_database_agrees(
    north: Clinic, asked: RightsRequest, olga: Client
) -> None:
    olga.post(url(asked), RECORD)
    refused = olga.post(url(asked), {"step": "confirm"})
    assert refused.status_code == 400
    assert "Somebody else of the clinic must confirm it." in refused.text
    wish = the_wish(north)
    assert wish.state == Erasure.State.REQUESTED
    with tenancy.enter(north.pk), pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.update(state="confirmed", due_at=timezone.now(), confirmed_by=wish.requested_by)


@pytest.mark.commits
def test_it_can_be_taken_back(north: Clinic, asked: RightsRequest, olga: Client, ada: Client) -> None:
    olga.post(url(asked), RECORD)
    ada.post(url(asked), {"step": "confirm"})
    assert olga.post(url(asked), {"step": "cancel"}).status_code == 302
    assert the_wish(north).state == Erasure.State.CANCELLED


@pytest.mark.commits
@pytest.mark.parametrize("step", ["record", "confirm", "cancel"])
def test_a_session_left_open_does_no_step(
    north: Clinic, asked: RightsRequest, olga: Client, step: str
) -> None:
    with later(sudo.FRESH_SECONDS + 1):
        response = olga.post(url(asked), {**RECORD, "step": step})
    assert response["Location"].startswith("/accounts/reauthenticate/")
    with tenancy.enter(north.pk):
        assert not Erasure.objects.exists()


@pytest.mark.commits
def test_never_while_an_alert_is_open(
    north: Clinic, nora: Patient, asked: RightsRequest, olga: Client, ada: Client
) -> None:
    alice = make_member(north, "clinician", "Alice Adler")
    with tenancy.enter(north.pk):
        alert = scoring_services.report_failed_analysis(clinic_id=north.pk, patient_id=nora.pk)
    assert alert is not None
    assert "An alert of this patient is open" in olga.get(url(asked, "")).text
    olga.post(url(asked), RECORD)
    ada.post(url(asked), {"step": "confirm"})
    make_due(north)
    tasks.erase_due()
    assert (the_wish(north).state, the_wish(north).waits_for) == ("confirmed", "open_alert")
    assert "waits: an alert is open" in olga.get("/c/north/erasures/").text
    with tenancy.enter(north.pk):
        scoring_services.resolve(alert_id=Alert.objects.get().pk, note="Spoke to her.", by=alice)
    tasks.erase_due()
    assert the_wish(north).state == Erasure.State.FINISHED


@pytest.mark.commits
def test_never_under_a_hold(north: Clinic, nora: Patient, asked: RightsRequest, olga: Client) -> None:
    with tenancy.enter(north.pk):
        services.place_legal_hold(patient=nora, reason="Court file 7", by=BY)
    shown = olga.get(url(asked, "")).text
    assert "A legal hold stands" in shown
    assert "Record: this patient wants to be erased" not in shown
    assert olga.post(url(asked), RECORD).status_code == 400
    with tenancy.enter(north.pk):
        assert not Erasure.objects.exists()


@pytest.mark.commits
def test_without_saying_who_asked_nothing_is_recorded(asked: RightsRequest, olga: Client) -> None:
    assert olga.post(url(asked), {"step": "record"}).status_code == 400
    assert olga.post(url(asked), {"step": "record", "identity_check": "guessed"}).status_code == 400
    assert olga.post(url(asked), {"step": "confirm"}).status_code == 400


@pytest.mark.commits
def test_a_patient_with_an_account_is_erased_by_nobody_else(
    north: Clinic, nora: Patient, asked: RightsRequest, olga: Client, ada: Client
) -> None:
    olga.post(url(asked), RECORD)
    with tenancy.enter(north.pk):
        services.link_user(patient=nora, user=make_user("nora@north.example"), by=BY)
    refused = ada.post(url(asked), {"step": "confirm"})
    assert refused.status_code == 400
    assert "only they can ask for this" in refused.text
    olga.post(url(asked), {"step": "cancel"})
    assert "they erase their data themselves" in olga.get(url(asked, "")).text
    assert olga.post(url(asked), RECORD).status_code == 400


@pytest.mark.commits
def test_what_was_begun_in_another_way_is_not_the_desks(
    north: Clinic, nora: Patient, asked: RightsRequest, olga: Client, ada: Client
) -> None:
    with tenancy.enter(north.pk):
        services.request_erasure(patient=nora, by=System("erase_patient"))
    for step in ("record", "confirm", "cancel"):
        assert olga.post(url(asked), {**RECORD, "step": step}).status_code == 400
    assert the_wish(north).state == Erasure.State.REQUESTED


@pytest.mark.commits
def test_a_copy_for_a_patient_without_an_account(north: Clinic, nora: Patient, olga: Client) -> None:
    with tenancy.enter(north.pk):
        wanted = services.open_request(patient=nora, kind="export", words=None, by=BY)
    with later(sudo.FRESH_SECONDS + 1):
        stale = olga.post(url(wanted, "export/"))
    assert stale["Location"].startswith("/accounts/reauthenticate/")
    handed = olga.post(url(wanted, "export/"))
    assert handed["Content-Type"] == "application/zip"
    with tenancy.enter(north.pk):
        assert AccessLogEntry.objects.filter(patient_id=nora.pk, action="patient.exported").count() == 1
