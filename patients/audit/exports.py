"""Entries of the access log for other programs: CSV, and FHIR R4's AuditEvent.

https://hl7.org/fhir/R4/auditevent.html; the codes are those of DICOM PS3.16, CID 400 and CID 401.
"""

import csv
import io
import json
import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.log_kinds import Kind
from patients.audit import queries
from patients.audit.queries import ShownEntry, Wanted

MOST_ENTRIES = 50_000
COLUMNS = (
    "number", "at", "kind", "action", "outcome", "who", "role", "record_number", "purpose", "objects",
    "address", "agent", "request", "hash",
)  # fmt: skip
DCM = "http://dicom.nema.org/resources/ontology/DCM"
# Type and subtype of DICOM's audit vocabulary, and the letter of FHIR's action.
FHIR_CODES = {
    Kind.READ: (("110110", "Patient Record"), None, "R"),
    Kind.WRITE: (("110110", "Patient Record"), None, "U"),
    Kind.SEARCH: (("110112", "Query"), None, "E"),
    Kind.EXPORT: (("110106", "Export"), None, "R"),
    Kind.PRINT: (("110106", "Export"), None, "R"),
    Kind.DENIAL: (("110113", "Security Alert"), ("110132", "Use of Restricted Function"), "E"),
    Kind.SIGN_IN: (("110114", "User Authentication"), ("110122", "Login"), "E"),
    Kind.BREAK_GLASS: (("110113", "Security Alert"), ("110127", "Emergency Override Started"), "E"),
    Kind.SETTINGS: (("110113", "Security Alert"), ("110129", "Security Configuration"), "U"),
}


def gather(wanted: Wanted, clinic_id: uuid.UUID) -> list[ShownEntry]:
    """Oldest first; refused where it would be too much for one file."""
    rows = list(queries.entries(wanted, clinic_id)[: MOST_ENTRIES + 1])
    if len(rows) > MOST_ENTRIES:
        raise DomainError("export_too_large", _("More than 50,000 entries: choose a shorter time."))
    return queries.with_names(rows[::-1])


def as_csv(entries: list[ShownEntry]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for entry in entries:
        row = entry.row
        cells = (
            row.number, row.at.isoformat(), row.kind, row.action, row.outcome, entry.who, row.role,
            entry.record_number, entry.purpose, " ".join(entry.objects), entry.address, entry.agent,
            entry.request_id, row.entry_hash,
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return file.getvalue()


def _harmless(cell: object) -> object:
    """A spreadsheet would run a text that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def as_fhir(entries: list[ShownEntry], *, source: str) -> str:
    """A Bundle of AuditEvents; `source`: the clinic's name."""
    resources = [{"resource": _audit_event(entry, source)} for entry in entries]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": resources})


def _audit_event(entry: ShownEntry, source: str) -> dict[str, Any]:
    row = entry.row
    of_type, subtype, action = FHIR_CODES.get(row.kind, FHIR_CODES[Kind.READ])  # type: ignore[call-overload]
    agent: dict[str, Any] = {
        "who": {"identifier": {"value": row.actor}, "display": entry.who},
        "role": [{"text": row.role or "unknown"}],
        "requestor": True,
    }
    if entry.address:
        agent["network"] = {"address": entry.address, "type": "2"}
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": str(row.pk),
        "type": _coding(of_type),
        "subtype": [*([_coding(subtype)] if subtype else []), {"code": row.action}],
        "action": action,
        "recorded": row.at.isoformat(),
        "outcome": "0" if row.outcome == "ok" else "4",
        "purposeOfEvent": [{"text": entry.purpose or "unknown"}],
        "agent": [agent],
        "source": {"observer": {"display": source}},
        "entity": _entities(entry),
    }
    return {name: value for name, value in event.items() if value}


def _entities(entry: ShownEntry) -> list[dict[str, Any]]:
    patient = entry.row.patient_id
    about = [{"what": {"reference": f"Patient/{patient}"}, "role": {"code": "1"}}] if patient else []
    return about + [{"what": {"identifier": {"value": item}}} for item in entry.objects]


def _coding(code: tuple[str, str]) -> dict[str, str]:
    return {"system": DCM, "code": code[0], "display": code[1]}
