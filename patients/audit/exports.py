"""Entries of the access log for other programs: which, and as CSV. For FHIR see `fhir`."""

import csv
import io
import json
import uuid

from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from patients.audit import queries
from patients.audit.queries import ShownEntry, Wanted

MOST_ENTRIES = 50_000
COLUMNS = (
    "number", "at", "kind", "action", "outcome", "who", "role", "record_number", "purpose", "objects",
    "address", "agent", "request", "detail", "hash",
)  # fmt: skip


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
            entry.request_id, json.dumps(entry.detail, sort_keys=True, ensure_ascii=False), row.entry_hash,
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return file.getvalue()


def _harmless(cell: object) -> object:
    """A spreadsheet would run a text that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
