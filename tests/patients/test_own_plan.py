"""The safety plan a patient writes: own headings, own words, read by the care team, gone with its patient."""

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import queries, services
from patients.models import Correction, OwnPlanPart, Patient
from patients.services import PlanPart
from patients.services.own_plans import MOST_PARTS
from tests.conftest import signed_in
from tests.patients.factories import make_patient

PAGE, EDIT = "/c/north/me/plan/", "/c/north/me/plan/edit/"
LAKE = PlanPart("When it is loud inside", "Walk to the lake. Call Petra, 030 555 12.")
DOG = PlanPart("For Balu", "Who would feed him?")


def save(patient: Patient, *parts: PlanPart) -> None:
    with tenancy.enter(patient.clinic_id):
        services.save_own_plan(patient=patient, parts=parts)


def body(*parts: PlanPart, **more: str) -> dict[str, str]:
    fields = {"count": str(len(parts)), **more}
    for number, part in enumerate(parts, start=1):
        fields |= {f"heading_{number}": part.heading, f"text_{number}": part.text}
    return fields


def kept(patient: Patient) -> list[PlanPart]:
    with tenancy.enter(patient.clinic_id):
        return [PlanPart(str(row.heading), str(row.text)) for row in services.own_plan(patient)]


def test_a_patient_writes_their_plan_under_their_own_headings(pat: Patient) -> None:
    browser = signed_in(pat)
    assert "Write my plan" in browser.get(PAGE).text
    assert "How I notice that it gets hard" in browser.get(EDIT).text
    answer = browser.post(EDIT, body(LAKE, DOG))
    assert answer.status_code == 302
    assert kept(pat) == [LAKE, DOG]
    page = browser.get(PAGE).text
    assert page.index("When it is loud inside") < page.index("For Balu")
    assert 'href="tel:03055512"' in page
    assert DOG.text in browser.get(EDIT).text


def test_headings_with_nothing_under_them_are_not_kept(pat: Patient) -> None:
    signed_in(pat).post(EDIT, body(PlanPart("Whom I can ask", ""), LAKE, PlanPart("", "")))
    assert kept(pat) == [LAKE]
    signed_in(pat).post(EDIT, body(PlanPart("", "")))
    assert kept(pat) == []


def test_words_without_a_heading_are_given_back(pat: Patient) -> None:
    answer = signed_in(pat).post(EDIT, body(PlanPart("", "Call Petra")))
    assert answer.status_code == 400
    assert "Call Petra" in answer.text
    assert "Please give these words a heading." in answer.text


def test_another_heading_keeps_what_was_typed_and_saves_nothing(pat: Patient) -> None:
    answer = signed_in(pat).post(EDIT, body(LAKE, act="more"))
    assert answer.status_code == 200
    assert LAKE.text in answer.text
    assert 'name="heading_2"' in answer.text
    assert kept(pat) == []


@pytest.mark.parametrize("count", ["", "-1", "x", "999999999", "²", "99"])
def test_a_count_that_is_none_gives_no_more_room_than_there_is(pat: Patient, count: str) -> None:
    answer = signed_in(pat).post(EDIT, {"count": count, "act": "more"})
    assert answer.status_code == 200
    assert f'name="heading_{MOST_PARTS + 1}"' not in answer.text


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([LAKE] * (MOST_PARTS + 1), "too_many_parts"),
        ([PlanPart("x" * 201, "y")], "part_too_long"),
        ([PlanPart("x", "y" * 4001)], "part_too_long"),
        ([PlanPart("x", " ")], "half_a_part"),
    ],
)
def test_the_service_refuses_what_is_no_plan(
    in_a: Clinic, pat: Patient, parts: list[PlanPart], code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        services.save_own_plan(patient=pat, parts=parts)


def test_the_care_team_reads_it_first_on_the_emergency_card(
    alice: Membership, mallory: Membership, pat: Patient
) -> None:
    save(pat, LAKE)
    with tenancy.enter(pat.clinic_id):
        services.save_emergency_card(
            patient=pat, phone="", contacts=None, safety_plan="Come to ward 3.", by=alice
        )
    card = f"/c/north/patients/{pat.pk}/emergency-card/"
    page = signed_in(alice).get(card).text
    assert page.index("Walk to the lake") < page.index("Come to ward 3.")
    assert signed_in(mallory).get(card).status_code == 404
    assert "Come to ward 3." in signed_in(pat).get(PAGE).text


def test_the_date_of_the_plan_is_that_of_the_newest_of_both(
    in_a: Clinic, alice: Membership, pat: Patient
) -> None:
    assert queries.safety_plan_date(pat) is None
    services.save_emergency_card(patient=pat, phone="", contacts=None, safety_plan="Ward 3.", by=alice)
    with_clinic = queries.safety_plan_date(pat)
    services.save_own_plan(patient=pat, parts=[LAKE])
    own = queries.safety_plan_date(pat)
    assert with_clinic is not None
    assert own is not None
    assert with_clinic < own <= timezone.now()


def test_an_unchanged_plan_keeps_its_date_and_is_not_logged_again(in_a: Clinic, pat: Patient) -> None:
    services.save_own_plan(patient=pat, parts=[LAKE])
    before = queries.safety_plan_date(pat)
    services.save_own_plan(patient=pat, parts=[LAKE])
    assert queries.safety_plan_date(pat) == before


def test_saving_is_logged_without_its_words(clinic_a: Clinic, pat: Patient) -> None:
    save(pat, LAKE)
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="own_plan.saved")
    assert entry.patient_id == pat.pk
    assert "lake" not in entry.canonical


def test_under_a_legal_hold_the_former_plan_is_kept_apart(in_a: Clinic, pat: Patient) -> None:
    services.save_own_plan(patient=pat, parts=[LAKE])
    assert not Correction.objects.exists()
    services.place_legal_hold(patient=pat, reason="Court.", told="", by=System("test"))
    services.save_own_plan(patient=pat, parts=[])
    former = Correction.objects.get(field=Correction.Field.OWN_PLAN)
    assert LAKE.text in str(former.before)
    assert not OwnPlanPart.objects.exists()


def test_nobody_reads_anothers_plan(clinic_a: Clinic, pat: Patient) -> None:
    save(pat, LAKE)
    other = make_patient(clinic_a, "Other Person")
    assert "lake" not in signed_in(other).get(PAGE).text


def test_the_page_of_whom_to_call_is_one_tap_away(pat: Patient) -> None:
    assert f'href="{PAGE}"' in signed_in(pat).get("/c/north/me/").text
