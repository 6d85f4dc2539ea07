"""The end of a shift: what is mine, what is nobody's; and the sheet on paper, of one's own patients alone."""

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import AccessLogEntry, CareTeam, CareTeamMember, Clinic, ClinicSettings, Membership
from patients import services as patient_services
from patients.models import LeftNote, Patient
from scoring import services
from scoring.models import Alert
from tests.clinics.factories import make_member, watch_always
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.duty.acts import answer, warn

PAGE, SHEET, PRINT = "/c/north/handover/", "/c/north/downtime/", "/c/north/downtime/print/"


@pytest.fixture
def carol(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "clinician", "Carol Conrad")


@pytest.fixture
def mine(clinic_a: Clinic, alice: Membership, pat: Patient) -> Alert:
    """Alice has it."""
    watch_always(clinic_a)
    with tenancy.enter(clinic_a.pk):
        alert = warn(pat)
        services.take(alert_id=alert.pk, by=alice)
        return alert


def part(page: str, title: str) -> str:
    return page.split(f'id="{title}-title"')[1].split("<section")[0]


def test_it_shows_what_is_mine_and_what_is_nobodys(clinic_a: Clinic, alice: Membership, mine: Alert) -> None:
    other = make_patient(clinic_a, "Other Person")
    with tenancy.enter(clinic_a.pk):
        services.ask_for_call(patient=other)
    make_check_in(other, note="I did not sleep", mood=4)
    page = signed_in(alice).get(PAGE).text
    assert "Pat Petersen" in part(page, "mine")
    assert "Other Person" in part(page, "nobodys")
    assert "A note of Other Person" in part(page, "nobodys")
    assert "I did not sleep" not in page


@pytest.mark.parametrize("is_known", [True, False])
def test_a_note_of_somebody_who_left_is_nobodys(
    clinic_a: Clinic, alice: Membership, carol: Membership, pat: Patient, is_known: bool
) -> None:
    make_check_in(pat, note="I did not sleep", mood=4)
    with tenancy.enter(clinic_a.pk):
        LeftNote.objects.update(owner=carol)
        if is_known:
            carol.is_active = False
            carol.save()
        else:  # of a row as an older version left it
            Membership.objects.filter(pk=carol.pk).update(is_active=False)
        assert (LeftNote.objects.get().owner is None) is is_known
    assert "A note of Pat Petersen" in part(signed_in(alice).get(PAGE).text, "nobodys")


def test_all_of_mine_is_offered_and_stays_mine_until_accepted(
    clinic_a: Clinic, alice: Membership, carol: Membership, mine: Alert
) -> None:
    answer = signed_in(alice).post(PAGE, {"to": str(carol.pk)}, follow=True)
    assert "1 alert is offered. Each stays yours until they accept it." in answer.text
    assert "→ Carol Conrad" in answer.text
    with tenancy.enter(clinic_a.pk):
        offered = Alert.objects.get(pk=mine.pk)
        assert (offered.owner_id, offered.offered_to_id) == (alice.pk, carol.pk)
    assert "Offered, not accepted yet: still yours" in answer.text


def test_it_is_offered_to_no_observer_and_no_stranger(
    alice: Membership, bob: Membership, mallory: Membership, mine: Alert
) -> None:
    for to in (alice, bob, mallory):
        assert signed_in(alice).post(PAGE, {"to": str(to.pk)}).status_code == 400


def test_what_a_colleague_may_not_follow_stays_mine_and_is_said(
    clinic_a: Clinic, alice: Membership, carol: Membership, pat: Patient, mine: Alert
) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        team = CareTeam.objects.create(clinic=clinic_a, name="Ward 3")
        CareTeamMember.objects.create(clinic=clinic_a, care_team=team, membership=alice)
        Patient.objects.filter(pk=pat.pk).update(care_team=team)
    answer = signed_in(alice).post(PAGE, {"to": str(carol.pk)}, follow=True)
    assert "they are still yours" in answer.text
    with tenancy.enter(clinic_a.pk):
        assert Alert.objects.get(pk=mine.pk).offered_to_id is None


def test_the_sheet_holds_what_one_needs_without_the_system(
    clinic_a: Clinic, alice: Membership, pat: Patient, mine: Alert
) -> None:
    quiet = make_patient(clinic_a, "Quiet Person")
    with tenancy.enter(clinic_a.pk):
        for patient, phone in ((pat, "+49 30 111"), (quiet, "+49 30 222")):
            patient_services.save_emergency_card(
                patient=patient, phone=phone, contacts=None, safety_plan="Ward 3.", by=alice
            )
        ClinicSettings.objects.update(crisis_contacts="Ward: 030 999")
    page = signed_in(alice).get(SHEET).text
    assert "Pat Petersen" in part(page, "open")
    assert "+49 30 111" in part(page, "open")
    assert "<bdi>Quiet Person</bdi> · +49 30 222" in part(page, "numbers")
    assert "030 999" in page
    assert "js/print.js" not in page
    printed = signed_in(alice).post(PRINT).text
    assert "js/print.js" in printed


def test_page_and_sheet_stand_in_the_order_of_urgency_and_not_of_waiting(
    clinic_a: Clinic, alice: Membership
) -> None:
    """The sheet says to call in its order, so a warning that waits longer must not stand first."""
    watch_always(clinic_a)
    order = ("Nine", "Caller", "Intervention", "Warning")
    named = {name: make_patient(clinic_a, f"{name} Person") for name in order}
    with tenancy.enter(clinic_a.pk):
        warn(named["Warning"])
        warn(named["Intervention"], severity="intervention")
        services.ask_for_call(patient=named["Caller"])
        answer(named["Nine"])
    for url, title in ((PAGE, "nobodys"), (SHEET, "open")):
        shown = part(signed_in(alice).get(url).text, title)
        places = [shown.index(f"{name} Person") for name in order]
        assert places == sorted(places)


def test_another_teams_patients_are_not_on_it(
    clinic_a: Clinic, alice: Membership, carol: Membership, pat: Patient, mine: Alert
) -> None:
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(record_scope="care_team")
        team = CareTeam.objects.create(clinic=clinic_a, name="Ward 3")
        CareTeamMember.objects.create(clinic=clinic_a, care_team=team, membership=alice)
        Patient.objects.filter(pk=pat.pk).update(care_team=team)
    assert "Pat Petersen" in signed_in(alice).get(SHEET).text
    assert "Pat Petersen" not in signed_in(carol).get(SHEET).text
    assert "Pat Petersen" not in signed_in(carol).get(PAGE).text


def test_whom_the_patient_named_is_on_it_only_with_their_agreement(
    clinic_a: Clinic, alice: Membership, pat: Patient, mine: Alert
) -> None:
    sister = patient_services.ContactDraft("Petra Petersen", "+49 30 333", "sister")
    with tenancy.enter(clinic_a.pk):
        patient_services.save_emergency_card(
            patient=pat, phone="", contacts=[sister], safety_plan="", by=alice
        )
    page = signed_in(alice).get(SHEET).text
    assert "Petra Petersen" not in page
    assert "without an agreement in force" in page


def test_printing_is_logged_with_every_patient_on_it(
    clinic_a: Clinic, alice: Membership, pat: Patient, mine: Alert
) -> None:
    before = timezone.now()
    signed_in(alice).post(PRINT)
    with tenancy.enter(clinic_a.pk):
        rows = AccessLogEntry.objects.filter(at__gte=before)
        printed = rows.get(action="downtime_sheet.printed")
        listed = rows.get(action="patients.listed")
    assert str(pat.pk) in printed.canonical
    assert str(pat.pk) in listed.canonical


def test_observers_and_administrators_have_neither(bob: Membership, ada: Membership) -> None:
    for person in (bob, ada):
        for address in (PAGE, SHEET):
            assert signed_in(person).get(address).status_code == 403
