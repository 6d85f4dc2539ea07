"""What an auditor takes out of the log: CSV for a spreadsheet, FHIR for other programs, an accounting."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from clinics import access_log, tenancy
from clinics.log_kinds import kind_of
from clinics.models import AccessLogEntry, Clinic, Membership
from patients import access
from patients.audit import fhir, queries
from patients.audit.queries import Wanted
from patients.models import Patient
from tests.clinics.factories import make_member
from tests.clinics.test_log_kinds import CHOSEN
from tests.conftest import signed_in

EXPORT = "/c/north/access-log/export/"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def rows_of(audrey: Membership, **filters: Any) -> list[dict[str, str]]:
    response = signed_in(audrey).post(EXPORT, {"format": "csv", **filters})
    return list(csv.DictReader(io.StringIO(response.text)))


def events_of(audrey: Membership, **filters: Any) -> list[dict[str, Any]]:
    bundle = json.loads(signed_in(audrey).post(EXPORT, {"format": "fhir", **filters}).text)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    return [entry["resource"] for entry in bundle["entry"]]


def test_csv_holds_the_entries_and_no_formula(clinic_a: Clinic, audrey: Membership, pat: Patient) -> None:
    evil = make_member(clinic_a, "observer", "=cmd|Evil")
    with tenancy.enter(clinic_a.pk):
        access.get_patient(evil, pat.pk)
        access.record_list(evil, [pat], page="triage")
    rows = rows_of(audrey, kind="read")
    assert [row["action"] for row in rows][:2] == ["patient.read", "patients.listed"]
    assert rows[0]["who"] == "'=cmd|Evil"
    assert json.loads(rows[1]["detail"]) == {"page": "triage"}
    with tenancy.enter(clinic_a.pk):
        assert AccessLogEntry.objects.filter(action="access_log.exported", kind="export").count() == 1


def test_fhir_audit_events_hold_what_r4_requires(
    clinic_a: Clinic, alice: Membership, audrey: Membership, pat: Patient
) -> None:
    read = signed_in(alice).get(f"/c/north/patients/{pat.pk}/emergency-card/", headers=FIREFOX)
    with tenancy.enter(clinic_a.pk):
        access_log.record("alert.read", by=alice, patient_id=pat.pk, objects=["an-alert"], is_open=True)
    for event in (events := events_of(audrey, record_number=pat.record_number)):
        assert event["resourceType"] == "AuditEvent"
        assert event["recorded"].endswith("+00:00")
        assert all("requestor" in agent for agent in event["agent"])
        assert event["source"]["observer"]
        assert event["action"] in set("CRUDE")
        codings = [event["type"], *event["subtype"], *(entity["role"] for entity in event["entity"])]
        assert all(coding["system"] and coding["code"] for coding in codings)
    card = next(event for event in events if event["subtype"][-1]["code"] == "patient.read")
    assert card["type"] == {"system": fhir.DCM, "code": "110110", "display": "Patient Record"}
    assert card["subtype"] == [{"system": fhir.OUR_ACTIONS, "code": "patient.read"}]
    assert card["agent"][0]["network"] == {"address": "127.0.0.1", "type": "2"}
    patient, request = card["entity"]
    assert patient["what"] == {"reference": f"Patient/{pat.pk}"}
    assert patient["role"] == {"system": fhir.OBJECT_ROLE, "code": "1", "display": "Patient"}
    assert request["detail"] == [
        {"type": "request", "valueString": read["X-Request-ID"]},
        {"type": "browser", "valueString": "Firefox 140, Linux"},
    ]
    alert = next(event for event in events if event["subtype"][-1]["code"] == "alert.read")
    assert alert["entity"][1]["what"] == {"identifier": {"value": "an-alert"}}
    assert {"type": "is_open", "valueString": "true"} in alert["entity"][-1]["detail"]


@pytest.mark.parametrize(
    ("action", "of_type", "subtype", "letter"),
    [
        ("sign_in.succeeded", "User Authentication", "Login", "E"),
        ("sign_in.ended", "User Authentication", "Logout", "E"),
        ("account.sessions_ended", "User Authentication", "Logout", "E"),
        ("account.password_changed", "Security Alert", "User security Attributes Changed", "U"),
        ("break_glass.opened", "Security Alert", "Emergency Override Started", "E"),
        ("break_glass.reviewed", "Patient Record", "", "U"),
        ("break_glass.listed", "Patient Record", "", "R"),
        ("member.role_changed", "Security Alert", "Security Roles Changed", "U"),
        ("policy.chosen", "Security Alert", "Security Configuration", "U"),
        ("access_log.searched", "Audit Log Used", "", "R"),
        ("patient.admitted", "Patient Record", "", "C"),
        ("patient.erased", "Patient Record", "", "D"),
        ("patient.exported", "Export", "", "R"),
        ("refused", "Security Alert", "Use of Restricted Function", "E"),
    ],
)
def test_fhir_codes_follow_the_action(action: str, of_type: str, subtype: str, letter: str) -> None:
    codes = fhir.codes_of(action, kind_of(action))
    assert fhir.DISPLAY[codes.type] == of_type
    assert fhir.DISPLAY.get(codes.subtype, "") == subtype
    assert codes.action == letter


def test_every_code_is_of_an_action_there_is_and_is_named() -> None:
    known = " ".join(CHOSEN.values()).split()
    assert set(fhir.BY_ACTION) <= set(known)
    assert set(fhir.BY_SUBJECT) <= {action.partition(".")[0] for action in known}
    every = [*fhir.BY_ACTION.values(), *fhir.BY_SUBJECT.values(), *fhir.BY_KIND.values()]
    assert {code for one in every for code in (one.type, one.subtype) if code} == set(fhir.DISPLAY)


def test_an_accounting_of_disclosures_holds_what_the_operator_took_out(
    clinic_a: Clinic, audrey: Membership, pat: Patient, tmp_path: Path
) -> None:
    out = tmp_path / "record.zip"
    call_command(
        "export_patient", clinic_a.slug, str(pat.record_number), out=out, reason="legal_order", verbosity=0
    )
    with tenancy.enter(clinic_a.pk):
        access_log.record("reading.read", by=access_log.System("test"), patient_id=pat.pk)
        access_log.record("reading.read", by=pat, patient_id=pat.pk)
        wanted = Wanted(patient_id=pat.pk, only_disclosures=True)
        found = [(row.action, row.actor) for row in queries.entries(wanted, clinic_a.pk)]
    assert found == [("patient.exported", "system:export_patient")]
    asked = {"record_number": str(pat.record_number), "only_disclosures": "on"}
    assert "patient.exported" in signed_in(audrey).get("/c/north/access-log/", asked).text
    assert [row["action"] for row in rows_of(audrey, **asked)] == ["patient.exported"]
