"""After a merge a person reads both histories: what they take along, what they decided, and who looked."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from clinics import tenancy
from clinics.models import Clinic, Membership
from patients import people, services
from patients.audit import for_patients
from patients.models import BreakGlass, Erasure, Patient, PortalPin, Purpose
from tests.clinics.factories import make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.patients.test_guardians import act
from tests.scoring.factories import make_closed_alert


@pytest.fixture
def anna(clinic_a: Clinic) -> Membership:
    """Another clinician of A, who only ever saw the double."""
    return make_member(clinic_a, "clinician", "Anna Arendt")


@pytest.fixture
def twin(clinic_a: Clinic, alice: Membership, anna: Membership) -> Patient:
    """The same person once more, without an account, and with a history of its own."""
    with tenancy.enter(clinic_a.pk):
        twin = services.admit_patient(clinic=clinic_a, name="P. Petersen", by=alice)
        services.record_notices(patient=twin, by=twin)
        services.grant_consent(patient=twin, purpose=Purpose.IMAGE_RETENTION, by=twin)
    make_closed_alert(twin, alice, twin.created_at)
    assert signed_in(anna).get(f"/c/north/patients/{twin.pk}/").status_code == 200
    return twin


@pytest.fixture
def merged(pat: Patient, twin: Patient, alice: Membership) -> Patient:
    assert act(alice, pat, "merge", double=twin.record_number, is_sure="on").status_code == 302
    return twin


def exported(patient: Patient) -> dict[str, list[dict[str, Any]]]:
    with tenancy.enter(patient.clinic_id):
        content = services.export_patient(patient=patient, by=patient).content
    return json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))["data"]  # type: ignore[no-any-return]


def test_an_export_holds_both_histories_and_says_which_record_each_row_stood_in(
    pat: Patient, merged: Patient
) -> None:
    data = exported(pat)
    both = [pat.record_number, merged.record_number]
    assert [row["record"] for row in data["record"]] == both
    assert [row["name"] for row in data["record"]] == ["Pat Petersen", "P. Petersen"]
    assert {(row["record"], row["purpose"]) for row in data["consents"]} == {
        (both[0], "facial_analysis"),
        (both[1], "image_retention"),
    }
    assert [row["record"] for row in data["alerts"]] == [both[1]]
    assert {row["record"] for row in data["notices"]} == set(both)


def test_an_export_without_doubles_is_as_it_was(pat: Patient) -> None:
    assert "record" not in exported(pat)["consents"][0]


def test_who_looked_at_the_double_is_told(pat: Patient, merged: Patient, anna: Membership) -> None:
    assert "Anna Arendt" in signed_in(pat).get("/c/north/me/access/").text


def test_an_emergency_in_the_double_is_told_and_can_be_read(
    pat: Patient, twin: Patient, anna: Membership, alice: Membership
) -> None:
    with tenancy.enter(pat.clinic_id):
        services.break_glass(patient=twin, reason="Found unconscious.", by=anna)
    act(alice, pat, "merge", double=twin.record_number, is_sure="on")
    with tenancy.enter(pat.clinic_id):
        BreakGlass.objects.update(notice_at=timezone.now())
    browser = signed_in(pat)
    assert "Found unconscious." in browser.get("/c/north/me/access/").text
    browser.post("/c/north/me/access/")
    with tenancy.enter(pat.clinic_id):
        assert BreakGlass.objects.get().notice_seen_at


def test_an_emergency_in_the_double_stays_hidden_until_its_notice_is_due(
    pat: Patient, twin: Patient, anna: Membership, alice: Membership
) -> None:
    olga = make_member(pat.clinic, "privacy_officer", "Olga Ott")
    with tenancy.enter(pat.clinic_id):
        opened = services.break_glass(patient=twin, reason="Found unconscious.", by=anna)
        services.delay_notice(break_glass_id=opened.pk, reason="It would do harm.", by=olga)
    act(alice, pat, "merge", double=twin.record_number, is_sure="on")
    with tenancy.enter(pat.clinic_id):
        shown = [str(look.what) for look in for_patients.looks(pat)]
    assert not [what for what in shown if "emergency" in what]


def test_an_accounting_of_disclosures_holds_the_double_from_either_number(
    pat: Patient, merged: Patient, audrey: Membership
) -> None:
    for number in (pat.record_number, merged.record_number):
        asked = {"record_number": str(number), "only_disclosures": "on"}
        shown = signed_in(audrey).get("/c/north/access-log/", asked)
        assert {pat.pk, merged.pk} <= {entry.row.patient_id for entry in shown.context["page"].entries}


def test_the_history_of_decisions_holds_the_doubles(pat: Patient, merged: Patient) -> None:
    shown = signed_in(pat).get("/c/north/me/consents/")
    assert {row.purpose for row in shown.context["history"]} == {"facial_analysis", "image_retention"}
    assert f"in your other record, #{merged.record_number}" in shown.text


def test_doubles_of_doubles_count(pat: Patient, merged: Patient, alice: Membership, clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        third = services.admit_patient(clinic=clinic_a, name="Pat P.", by=alice)
        services.merge_patients(keep=third, double=pat, by=alice)
        assert people.own_records(third) == [third.pk, pat.pk, merged.pk]
        assert people.records_of([merged.pk]) == {third.pk, pat.pk, merged.pk}


def test_the_pin_goes_with_the_account(clinic_a: Clinic, alice: Membership) -> None:
    """The account that stays keeps its PIN, whichever record it came from."""
    quinn = make_patient(clinic_a, "Quinn Quast")
    with tenancy.enter(clinic_a.pk):
        services.set_pin(patient=quinn, pin="4826", by=quinn)
        keep = services.admit_patient(clinic=clinic_a, name="Quinn Q.", by=alice)
        services.merge_patients(keep=keep, double=quinn, by=alice)
        assert services.check_pin(patient=keep, pin="4826")
        assert PortalPin.objects.get().patient_id == keep.pk
        double = services.admit_patient(clinic=clinic_a, name="Q. Quast", by=alice)
        services.set_pin(patient=double, pin="1357", by=double)
        services.merge_patients(keep=keep, double=double, by=alice)
        assert services.check_pin(patient=keep, pin="4826")
        assert PortalPin.objects.count() == 1


def test_taking_an_erasure_back_takes_it_back_for_the_doubles(pat: Patient, merged: Patient) -> None:
    with tenancy.enter(pat.clinic_id):
        for record in (pat, merged):
            wish = services.request_erasure(patient=record, by=pat)
            services.confirm_erasure(wish=wish, by=pat)
        services.cancel_erasure(wish=Erasure.objects.get(patient_id=pat.pk), by=pat)
        assert set(Erasure.objects.values_list("state", flat=True)) == {Erasure.State.CANCELLED}


def test_only_ones_own_doubles_are_read(pat: Patient, merged: Patient, clinic_a: Clinic) -> None:
    other = make_patient(clinic_a, "Otto Oster")
    make_check_in(other, note="mine")
    assert "record" not in exported(other)["check_ins"][0]
    assert "Anna Arendt" not in signed_in(other).get("/c/north/me/access/").text
