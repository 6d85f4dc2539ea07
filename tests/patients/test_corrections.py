"""Putting right what is wrong, with what stood there before."""

import pytest

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Membership
from patients import services
from patients.models import CheckIn, Correction, Patient
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient

CONTACT = "/c/north/me/data/contact/"


def stood_before(pat: Patient) -> dict[str, str | None]:
    with tenancy.enter(pat.clinic_id):
        return {row.field: row.before for row in Correction.objects.filter(patient=pat)}


def test_patients_change_how_they_are_reached(pat: Patient) -> None:
    response = signed_in(pat).post(CONTACT, {"email": "new@example.org", "phone": "+49 30 1234"})
    assert response.status_code == 302
    with tenancy.enter(pat.clinic_id):
        found = Patient.objects.get(pk=pat.pk)
        assert (found.email, found.phone) == ("new@example.org", "+49 30 1234")
    signed_in(pat).post(CONTACT, {"email": "", "phone": "+49 30 1234"})
    with tenancy.enter(pat.clinic_id):
        assert Patient.objects.get(pk=pat.pk).email is None
        assert [row.before for row in Correction.objects.filter(field="email").order_by("at")] == [
            None,
            "new@example.org",
        ]


def test_the_log_knows_the_fields_and_not_their_values(pat: Patient) -> None:
    signed_in(pat).post(CONTACT, {"email": "new@example.org", "phone": ""})
    with tenancy.enter(pat.clinic_id):
        text = AccessLogEntry.objects.get(action="patient.corrected").canonical
    assert "email" in text
    assert "example.org" not in text


def test_saving_the_same_corrects_nothing(pat: Patient) -> None:
    signed_in(pat).post(CONTACT, {"email": "", "phone": ""})
    assert stood_before(pat) == {}


@pytest.mark.parametrize("field", ["name", "birth_date", "notes", "user_id"])
def test_patients_do_not_rename_themselves(pat: Patient, field: str) -> None:
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="not_yours_to_change"):
        services.correct_record(patient=pat, changes={field: "x"}, by=pat)
    signed_in(pat).post(CONTACT, {"email": "", "phone": "", "name": "Somebody Else"})
    with tenancy.enter(pat.clinic_id):
        assert Patient.objects.get(pk=pat.pk).name == "Pat Petersen"


def test_a_clinician_is_not_the_privacy_desk(pat: Patient, alice: Membership) -> None:
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="not_yours_to_change"):
        services.correct_record(patient=pat, changes={"name": "x"}, by=alice)


def test_a_check_in_is_corrected_and_keeps_what_was_said_first(pat: Patient) -> None:
    check_in = make_check_in(pat, mood=2, note="bad")
    url = f"/c/north/me/check-ins/{check_in.pk}/correct/"
    assert signed_in(pat).post(url, {"mood": "6", "note": "a good day"}).status_code == 302
    with tenancy.enter(pat.clinic_id):
        found = CheckIn.objects.get()
        assert (found.mood, found.note) == (6, "a good day")
    assert stood_before(pat) == {"mood": "2", "note": "bad"}
    assert "bad" in signed_in(pat).get(url).text


def test_answers_out_of_range_or_gone_are_refused(pat: Patient) -> None:
    check_in = make_check_in(pat, mood=2)
    url = f"/c/north/me/check-ins/{check_in.pk}/correct/"
    assert signed_in(pat).post(url, {"mood": "11"}).status_code == 400
    assert signed_in(pat).post(url, {"mood": "", "note": ""}).status_code == 400
    assert stood_before(pat) == {}


def test_another_patients_check_in_is_not_there(pat: Patient) -> None:
    check_in = make_check_in(make_patient(pat.clinic, "Quinn Quast"), mood=2)
    url = f"/c/north/me/check-ins/{check_in.pk}/correct/"
    assert signed_in(pat).get(url).status_code == 404
    assert signed_in(pat).post(url, {"mood": "6"}).status_code == 404


def test_what_stood_before_lies_sealed(pat: Patient) -> None:
    check_in = make_check_in(pat, note="a secret")
    with tenancy.enter(pat.clinic_id):
        services.correct_check_in(check_in=check_in, mood=3, note="no secret", by=pat)
        sealed = Correction.objects.filter(field="note").values_list("before", flat=True).get()
    assert str(sealed).startswith("mv1:")
