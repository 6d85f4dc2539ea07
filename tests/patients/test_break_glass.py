"""Break-glass: a clinician outside the care team opens a record; the officer reviews; the patient is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from clinics import access_log, tenancy
from clinics.models import AccessLogEntry, CareTeam, CareTeamMember, Clinic, ClinicSettings, Membership
from patients import access, services
from patients.models import BreakGlass, Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_patient

PAGE = "/c/north/break-glass/"
REASON = "Relatives called: found unconscious."


@pytest.fixture
def team(in_a: Clinic, alice: Membership, pat: Patient) -> CareTeam:
    """The clinic works in care teams; Pat is of Alice's, and of two more people's."""
    ClinicSettings.objects.update(record_scope=ClinicSettings.Scope.CARE_TEAM)
    team = CareTeam.objects.create(clinic=in_a, name="Blue")
    for name in ("Bea Blau", "Bert Blau"):
        colleague = make_member(in_a, "clinician", name)
        CareTeamMember.objects.create(clinic=in_a, care_team=team, membership=colleague)
    CareTeamMember.objects.create(clinic=in_a, care_team=team, membership=alice)
    pat.care_team = team
    pat.save()
    return team


@pytest.fixture
def carl(team: CareTeam, in_a: Clinic) -> Membership:
    """Clinician outside the care team."""
    return make_member(in_a, "clinician", "Carl Conrad")


@pytest.fixture
def olivia(in_a: Clinic) -> Membership:
    return make_member(in_a, "privacy_officer", "Olivia Ohm")


def broken(patient: Patient, by: Membership) -> BreakGlass:
    return services.break_glass(patient=patient, reason=REASON, by=by)


def write_now(clinic: Clinic) -> None:
    """Entries reach the log when the outermost stay in a clinic ends; these tests are inside one."""
    collector = connections["default"].__dict__["moodvision_log"]
    access_log.write(clinic.pk, collector.acts)
    collector.discard()


def test_the_record_opens_for_an_hour_with_a_banner_and_no_longer(
    in_a: Clinic, carl: Membership, pat: Patient
) -> None:
    browser = signed_in(carl)
    record = f"/c/north/patients/{pat.pk}/"
    assert browser.get(record).status_code == 404
    opened = browser.post(PAGE, {"record_number": pat.record_number, "reason": REASON})
    assert opened["Location"] == f"{record}emergency-card/"
    for page in (record, opened["Location"], "/c/north/"):
        text = browser.get(page).text
        assert f"You opened record #{pat.record_number} in an emergency" in text
    write_now(in_a)
    entry = AccessLogEntry.objects.get(action="break_glass.opened")
    assert (entry.kind, entry.actor, entry.patient_id) == ("break_glass", carl.actor_label, pat.pk)
    assert '"purpose":"break_glass"' in AccessLogEntry.objects.filter(action="patient.read")[0].canonical
    earlier = timezone.now() - timedelta(hours=2)
    BreakGlass.objects.update(opened_at=earlier, ends_at=earlier + timedelta(hours=1), notice_at=earlier)
    assert browser.get(record).status_code == 404


def test_it_opens_one_record_and_for_one_member(in_a: Clinic, carl: Membership, pat: Patient) -> None:
    other = make_patient(in_a, "Olga Otto")
    dora = make_member(in_a, "clinician", "Dora Dorn")
    broken(pat, carl)
    assert list(access.visible_patients(carl)) == [pat]
    assert list(access.visible_patients(dora)) == []
    assert other not in access.visible_patients(carl)


def test_a_team_of_many_lists_each_patient_once(alice: Membership, team: CareTeam, pat: Patient) -> None:
    assert list(access.visible_patients(alice)) == [pat]


@pytest.mark.parametrize("body", [{"reason": REASON}, {"record_number": "99999", "reason": REASON}])
def test_without_a_patient_nothing_opens(carl: Membership, body: dict[str, str]) -> None:
    assert signed_in(carl).post(PAGE, body).status_code == 400


def test_without_a_reason_nothing_opens(carl: Membership, pat: Patient) -> None:
    response = signed_in(carl).post(PAGE, {"record_number": pat.record_number, "reason": "x"})
    assert response.status_code == 400
    assert not BreakGlass.objects.exists()


def test_who_sees_the_record_anyway_breaks_no_glass(alice: Membership, team: CareTeam, pat: Patient) -> None:
    signed_in(alice).post(PAGE, {"record_number": pat.record_number, "reason": REASON})
    assert not BreakGlass.objects.exists()


def test_the_officer_reviews_once(in_a: Clinic, carl: Membership, olivia: Membership, pat: Patient) -> None:
    found = broken(pat, carl)
    browser = signed_in(olivia)
    page = f"{PAGE}reviews/{found.pk}/"
    assert REASON in browser.get(page).text
    body = {"act": "review", "was_justified": "yes", "conclusion": "The ambulance confirms it."}
    assert browser.post(page, body).status_code == 302
    found.refresh_from_db()
    assert (found.was_justified, found.reviewed_by_id) == (True, olivia.pk)
    assert browser.post(page, body).status_code == 400
    write_now(in_a)
    assert AccessLogEntry.objects.filter(action="break_glass.reviewed").count() == 1


def test_the_officer_is_mailed_without_a_name(
    carl: Membership, olivia: Membership, pat: Patient, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        broken(pat, carl)
    (sent,) = mail.outbox
    assert sent.to == [olivia.user.email]
    assert "Pat" not in f"{sent.subject} {sent.body}"


def test_a_waiting_review_blocks_nothing_and_goes_to_the_deputy(
    in_a: Clinic, carl: Membership, olivia: Membership, bob: Membership, pat: Patient
) -> None:
    deputy = signed_in(bob)
    assert deputy.get(f"{PAGE}reviews/").status_code == 403
    signed_in(olivia).post(f"{PAGE}reviews/", {"member": str(bob.pk)})
    first = broken(pat, carl)
    assert f"/{first.pk}/" not in deputy.get(f"{PAGE}reviews/").text
    assert deputy.get(f"{PAGE}reviews/{first.pk}/").status_code == 404
    second = broken(make_patient(in_a, "Olga Otto"), carl)
    assert second.is_open
    text = deputy.get(f"{PAGE}reviews/").text
    assert f"/{first.pk}/" in text
    assert f"/{second.pk}/" in text
    with tenancy.enter(in_a.pk):
        services.review_break_glass(break_glass_id=first.pk, was_justified=True, conclusion="Yes.", by=bob)


def test_a_review_left_lying_goes_to_the_deputy(carl: Membership, bob: Membership, pat: Patient) -> None:
    services.appoint_deputy(membership=bob, by=carl)
    found = broken(pat, carl)
    earlier = timezone.now() - timedelta(hours=73)
    BreakGlass.objects.update(opened_at=earlier, ends_at=earlier, notice_at=earlier)
    assert list(access.visible_break_glasses(bob)) == [found]


def test_nobody_reviews_their_own(carl: Membership, pat: Patient) -> None:
    found = broken(pat, carl)
    services.appoint_deputy(membership=carl, by=carl)
    BreakGlass.objects.update(is_escalated=True)
    assert signed_in(carl).get(f"{PAGE}reviews/{found.pk}/").status_code == 404


def test_the_patient_is_told_who_and_why(carl: Membership, pat: Patient) -> None:
    found = broken(pat, carl)
    browser = signed_in(pat)
    assert "opened in an emergency" not in browser.get("/c/north/me/").text  # not before it is over
    assert "Carl Conrad" not in browser.get("/c/north/me/access/").text
    BreakGlass.objects.update(notice_at=found.opened_at)
    assert "opened in an emergency" in browser.get("/c/north/me/").text
    text = browser.get("/c/north/me/access/").text
    assert "Carl Conrad" in text
    assert REASON in text
    browser.post("/c/north/me/access/")
    assert "opened in an emergency" not in browser.get("/c/north/me/").text


def test_the_officer_delays_the_notice_with_a_reason(
    in_a: Clinic, carl: Membership, olivia: Membership, pat: Patient
) -> None:
    found = broken(pat, carl)
    access.get_patient(carl, pat.pk)
    browser, page = signed_in(olivia), f"{PAGE}reviews/{found.pk}/"
    assert browser.post(page, {"act": "delay", "reason": ""}).status_code == 400
    assert (
        browser.post(page, {"act": "delay", "reason": "Lives with the person suspected."}).status_code == 302
    )
    write_now(in_a)
    found.refresh_from_db()
    assert found.notice_at == found.opened_at + timedelta(hours=72)
    text = signed_in(pat).get("/c/north/me/access/").text
    assert "Carl Conrad" not in text
    assert "Olivia Ohm" not in text
    BreakGlass.objects.update(notice_at=timezone.now())
    text = signed_in(pat).get("/c/north/me/access/").text
    assert "Carl Conrad, clinician</td>" in text
    assert "Olivia Ohm, privacy officer</td>" in text
    assert browser.post(page, {"act": "delay", "reason": "Once more, please."}).status_code == 400


def test_the_patient_reads_who_looked_in_plain_words(
    in_a: Clinic, alice: Membership, bob: Membership, pat: Patient
) -> None:
    with tenancy.enter(in_a.pk):
        access.get_patient(alice, pat.pk)
        access.get_patient(alice, pat.pk)
        access.record_list(bob, [pat], page="triage")
    write_now(in_a)
    text = signed_in(pat).get("/c/north/me/access/").text
    assert "Alice Adler, clinician" in text
    assert "looked at your record" in text
    assert "2 times" in text
    assert "saw your name in a list of patients" in text
    ClinicSettings.objects.update(names_staff_to_patients=False)
    text = signed_in(pat).get("/c/north/me/access/").text
    assert "A.A., clinician" in text
    assert "Adler" not in text


def test_the_glass_opens_nothing_that_outlasts_it(
    in_a: Clinic, carl: Membership, team: CareTeam, pat: Patient
) -> None:
    services.break_glass(patient=pat, reason="Found unconscious.", by=carl)
    browser = signed_in(carl)
    assert browser.get(f"/c/north/patients/{pat.pk}/").status_code == 200
    for page in ("standing/", "invite/"):
        assert browser.get(f"/c/north/patients/{pat.pk}/{page}").status_code == 403, page
