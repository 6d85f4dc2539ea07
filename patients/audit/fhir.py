"""Entries of the access log as FHIR R4's AuditEvents.

https://hl7.org/fhir/R4/auditevent.html; types and subtypes are those of DICOM PS3.16, CID 400 and CID 401.
"""

import json
from dataclasses import dataclass
from typing import Any

from clinics.log_kinds import Kind
from patients.audit.queries import ShownEntry

DCM = "http://dicom.nema.org/resources/ontology/DCM"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
OUR_ACTIONS = "urn:moodvision:access-log-action"
DISPLAY = {
    "110101": "Audit Log Used",
    "110106": "Export",
    "110110": "Patient Record",
    "110112": "Query",
    "110113": "Security Alert",
    "110114": "User Authentication",
    "110122": "Login",
    "110123": "Logout",
    "110127": "Emergency Override Started",
    "110129": "Security Configuration",
    "110132": "Use of Restricted Function",
    "110136": "Security Roles Changed",
    "110137": "User security Attributes Changed",
}
ROLES = {"1": "Patient", "4": "Domain Resource", "20": "Job"}


@dataclass(frozen=True)
class Codes:
    """Type and, where DICOM has one, subtype; `action`: one of C, R, U, D, E."""

    type: str
    action: str
    subtype: str = ""


BY_KIND = {
    Kind.READ: Codes("110110", "R"),
    Kind.WRITE: Codes("110110", "U"),
    Kind.SEARCH: Codes("110112", "E"),
    Kind.EXPORT: Codes("110106", "R"),
    Kind.PRINT: Codes("110106", "R"),
    Kind.DENIAL: Codes("110113", "E", "110132"),
    Kind.SIGN_IN: Codes("110114", "E", "110122"),
    Kind.BREAK_GLASS: Codes("110110", "R"),
    Kind.SETTINGS: Codes("110113", "U", "110129"),
}
BY_SUBJECT = {
    "account": Codes("110113", "U", "110137"),
    "log_review": Codes("110101", "U"),
    "member": Codes("110113", "U", "110137"),
    "membership": Codes("110113", "U", "110136"),
    "on_call": Codes("110113", "U", "110137"),
    "permission": Codes("110113", "U", "110136"),
}
BY_ACTION = {
    "access_log.read": Codes("110101", "R"),
    "access_log.searched": Codes("110101", "R"),
    "access_log.verified": Codes("110101", "R"),
    "account.sessions_ended": Codes("110114", "E", "110123"),
    "break_glass.notice_delayed": Codes("110110", "U"),
    "break_glass.opened": Codes("110113", "E", "110127"),
    "break_glass.reviewed": Codes("110110", "U"),
    "check_in.submitted": Codes("110110", "C"),
    "member.joined": Codes("110113", "U", "110136"),
    "member.role_changed": Codes("110113", "U", "110136"),
    "member.signed_out": Codes("110114", "E", "110123"),
    "patient.admitted": Codes("110110", "C"),
    "patient.erased": Codes("110110", "D"),
    "sign_in.ended": Codes("110114", "E", "110123"),
}


def codes_of(action: str, kind: str) -> Codes:
    """By the action, else by its subject, else by the kind it was logged as."""
    by_subject = BY_SUBJECT.get(action.partition(".")[0])
    return BY_ACTION.get(action) or by_subject or BY_KIND.get(Kind(kind), BY_KIND[Kind.READ])


def as_fhir(entries: list[ShownEntry], *, source: str) -> str:
    """A Bundle of AuditEvents; `source`: the clinic's name."""
    resources = [{"resource": _audit_event(entry, source)} for entry in entries]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": resources})


def _audit_event(entry: ShownEntry, source: str) -> dict[str, Any]:
    row = entry.row
    codes = codes_of(row.action, row.kind)
    of_dicom = [_dicom(codes.subtype)] if codes.subtype else []
    return {
        "resourceType": "AuditEvent",
        "id": str(row.pk),
        "type": _dicom(codes.type),
        "subtype": [*of_dicom, {"system": OUR_ACTIONS, "code": row.action}],
        "action": codes.action,
        "recorded": row.at.isoformat(),
        "outcome": "0" if row.outcome == "ok" else "4",
        "purposeOfEvent": [{"text": entry.purpose or "unknown"}],
        "agent": [_agent(entry)],
        "source": {"observer": {"display": source}},
        "entity": _entities(entry),
    }


def _agent(entry: ShownEntry) -> dict[str, Any]:
    network = {"network": {"address": entry.address, "type": "2"}} if entry.address else {}
    return {
        "who": {"identifier": {"value": entry.row.actor}, "display": entry.who},
        "role": [{"text": entry.role or "unknown"}],
        "requestor": True,
        **network,
    }


def _entities(entry: ShownEntry) -> list[dict[str, Any]]:
    """Whom and what it was about; last the request itself, with all that the entry says besides."""
    patient = entry.row.patient_id
    about = [{"what": {"reference": f"Patient/{patient}"}, "role": _role("1")}] if patient else []
    objects = [{"what": {"identifier": {"value": item}}, "role": _role("4")} for item in entry.objects]
    said = {"request": entry.request_id, "browser": entry.agent, **entry.detail}
    details = [
        {"type": name, "valueString": value if isinstance(value, str) else json.dumps(value)}
        for name, value in said.items()
        if value not in (None, "")
    ]
    request = {"name": "request", "role": _role("20"), "detail": details}
    return [*about, *objects, *([request] if details else [])]


def _dicom(code: str) -> dict[str, str]:
    return {"system": DCM, "code": code, "display": DISPLAY[code]}


def _role(code: str) -> dict[str, str]:
    return {"system": OBJECT_ROLE, "code": code, "display": ROLES[code]}
