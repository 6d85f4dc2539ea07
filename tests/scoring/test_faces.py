"""Whose face does not count: written down and lifted by those who may, and seen in triage."""

import pytest

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import services as patient_services
from patients.models import Patient
from scoring import queries, services
from scoring.models import FaceSilence
from scoring.queries import Urgency
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, store_reading


def face_url(patient: Patient) -> str:
    return f"/c/north/patients/{patient.pk}/face/"


def silences(patient: Patient) -> list[FaceSilence]:
    with tenancy.enter(patient.clinic_id):
        return list(FaceSilence.objects.filter(patient=patient).order_by("set_at"))


def lift_url(patient: Patient) -> str:
    return f"{face_url(patient)}{silences(patient)[-1].pk}/lift/"


def test_a_clinician_writes_down_why(pat: Patient, alice: Membership) -> None:
    browser = signed_in(alice)
    assert (
        browser.post(face_url(pat), {"reason": "palsy", "words": "left side, since March"}).status_code == 302
    )
    with tenancy.enter(pat.clinic_id):
        row = FaceSilence.objects.get(patient=pat)
        assert (row.reason, row.words, row.set_by_id, row.is_wish) == (
            "palsy", "left side, since March", alice.pk, False,
        )  # fmt: skip
        assert AccessLogEntry.objects.filter(action="face.silenced", patient_id=pat.pk).exists()
    page = browser.get(f"/c/north/patients/{pat.pk}/").text
    assert "facial palsy" in page
    assert "Alice Adler" in page


def test_an_observer_may_not(pat: Patient, bob: Membership) -> None:
    assert signed_in(bob).post(face_url(pat), {"reason": "palsy"}).status_code == 403
    assert silences(pat) == []


@pytest.mark.parametrize(
    "body", [{"reason": "ugly"}, {}, {"reason": "other"}, {"reason": "palsy", "words": "x" * 501}]
)
def test_a_reason_that_is_none_changes_nothing(pat: Patient, alice: Membership, body: dict[str, str]) -> None:
    assert signed_in(alice).post(face_url(pat), body).status_code == 302
    assert silences(pat) == []


def test_a_clinician_lifts_it(pat: Patient, alice: Membership) -> None:
    browser = signed_in(alice)
    browser.post(face_url(pat), {"reason": "mania"})
    assert browser.post(lift_url(pat)).status_code == 302
    assert silences(pat)[0].lifted_at is not None
    assert "Lifted by Alice Adler" in browser.get(f"/c/north/patients/{pat.pk}/").text


def test_a_patient_says_so_and_takes_it_back(pat: Patient) -> None:
    browser = signed_in(pat)
    assert browser.post("/c/north/me/face/").status_code == 302
    assert [(row.is_wish, row.set_by_id, row.lifted_at) for row in silences(pat)] == [(True, None, None)]
    assert "Let my face count again" in browser.get("/c/north/me/").text
    browser.post("/c/north/me/face/")
    assert silences(pat)[0].lifted_at is not None
    assert "Do not count my face" in browser.get("/c/north/me/").text


def test_a_clinician_does_not_lift_a_patients_own_wish(pat: Patient, alice: Membership) -> None:
    signed_in(pat).post("/c/north/me/face/")
    signed_in(alice).post(lift_url(pat))
    assert silences(pat)[0].lifted_at is None


def test_a_patient_lifts_a_wish_written_down_for_them(pat: Patient, alice: Membership) -> None:
    signed_in(alice).post(face_url(pat), {"reason": "wish"})
    signed_in(pat).post("/c/north/me/face/")
    assert silences(pat)[0].lifted_at is not None


def test_a_patient_does_not_lift_what_the_clinic_wrote(pat: Patient, alice: Membership) -> None:
    signed_in(alice).post(face_url(pat), {"reason": "autism"})
    signed_in(pat).post("/c/north/me/face/")  # their own wish beside it
    assert [row.lifted_at for row in silences(pat)] == [None, None]


def test_another_clinics_clinician_finds_nothing(pat: Patient, mallory: Membership) -> None:
    assert signed_in(mallory).post(face_url(pat), {"reason": "palsy"}).status_code == 404


def test_a_silent_face_is_not_calm_and_not_over(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    services.silence_face(patient=pat, reason="parkinsonism", by=alice)
    add_days_of(pat, "happy", 6)
    store_reading(pat, "happy")
    row = queries.triage(alice, clinic=in_a).rows[0]
    assert (row.band, row.value, row.urgency) == ("not_informative", None, Urgency.UNKNOWN)


def test_words_sort_above_a_face_without_them(in_a: Clinic, alice: Membership) -> None:
    """A calm face beside a mood of 1 stands as high as the intervention line, and before faces there."""
    says, shows = make_patient(in_a, "Says S"), make_patient(in_a, "Shows S")
    add_days_of(says, "happy", 6)
    store_reading(says, "happy")
    make_check_in(says, mood=1)
    make_check_in(shows, mood=8)
    rows = queries.triage(alice, clinic=in_a).rows
    assert [row.patient for row in rows] == [says, shows]
    assert rows[0].urgency <= Urgency.OVER_INTERVENTION


def test_a_better_answer_does_not_hide_a_low_one(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    make_check_in(pat, mood=1)
    make_check_in(pat, mood=8)
    row = queries.triage(alice, clinic=in_a).rows[0]
    assert (row.mood, row.urgency) == (8, Urgency.OVER_INTERVENTION)


def test_merging_keeps_what_a_face_hides(in_a: Clinic, alice: Membership, pat: Patient) -> None:
    with tenancy.enter(in_a.pk):
        twin = patient_services.admit_patient(clinic=in_a, name="P. Petersen", by=patient_services.WORKER)
        services.silence_face(patient=twin, reason="palsy", words="left side", by=alice)
        patient_services.merge_patients(keep=pat, double=twin, by=alice)
        kept = FaceSilence.objects.get(patient=pat)
        assert (kept.reason, kept.words, kept.lifted_at) == ("palsy", "left side", None)


def test_an_administrator_may_not_say_it(pat: Patient, clinic_a: Clinic) -> None:
    ada = make_member(clinic_a, "administrator", "Ada Admin")
    assert signed_in(ada).post(face_url(pat), {"reason": "palsy"}).status_code == 403
