"""Entries of the access log by person, patient, time and kind, a page at a time, newest first."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from clinics.log_kinds import Kind
from clinics.models import AccessLogEntry, Membership
from patients import people
from patients.models import Patient

PAGE_LENGTH = 50
LISTING_PATIENTS = ("patients.listed", "patients.searched", "requests.listed", "legal_holds.listed")
"""Actions whose objects are patients: one entry with all the ids shown."""

DISCLOSING_KINDS = (Kind.READ, Kind.SEARCH, Kind.EXPORT, Kind.PRINT, Kind.BREAK_GLASS)


@dataclass(frozen=True)
class Wanted:
    """What to look for; None and "" mean all. `until` is the first moment no longer wanted.

    `patient_id` means every record of this person. `only_disclosures`: looks at data and handing out by other
    people than the patient, for their accounting.
    """

    actor: str = ""
    patient_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""
    text: str = ""
    only_disclosures: bool = False


@dataclass(frozen=True)
class ShownEntry:
    """An entry with names for the ids. `record_number` only where the entry is about one patient."""

    row: AccessLogEntry
    who: str
    role: str
    record_number: int | None
    purpose: str
    address: str
    agent: str
    request_id: str
    objects: list[str]
    detail: dict[str, Any]

    @property
    def kind_label(self) -> str:
        return self.row.kind.replace("_", " ")


@dataclass(frozen=True)
class LogPage:
    entries: list[ShownEntry]
    older_than: int | None


def entries(wanted: Wanted, clinic_id: uuid.UUID) -> QuerySet[AccessLogEntry]:
    found = AccessLogEntry.objects.filter(clinic_id=clinic_id).order_by("-number")
    if wanted.actor:
        found = found.filter(actor=wanted.actor)
    if wanted.patient_id:
        found = found.filter(about(people.records_of([wanted.patient_id])))
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.text:
        found = found.filter(Q(action__icontains=wanted.text) | Q(canonical__contains=wanted.text))
    if wanted.only_disclosures:
        found = found.filter(kind__in=DISCLOSING_KINDS).exclude(by_no_other_person())
    return found


def by_no_other_person() -> Q:
    """The patient's own acts and what the platform does by itself; what an operator takes out is neither."""
    return Q(role__in=["patient", ""]) | (Q(role="system") & ~Q(kind=Kind.EXPORT))


def about(records: Iterable[uuid.UUID]) -> Q:
    """Of one person's records: entries that name one, and lists in which one was shown."""
    found = Q(pk__in=[])
    for patient_id in records:
        found |= Q(patient_id=patient_id)
        found |= Q(action__in=LISTING_PATIENTS, canonical__contains=str(patient_id))
    return found


def log_page(wanted: Wanted, clinic_id: uuid.UUID, *, before: int | None = None) -> LogPage:
    found = entries(wanted, clinic_id)
    if before is not None:
        found = found.filter(number__lt=before)
    rows = list(found[: PAGE_LENGTH + 1])
    shown = rows[:PAGE_LENGTH]
    return LogPage(with_names(shown), shown[-1].number if len(rows) > PAGE_LENGTH else None)


def with_names(rows: list[AccessLogEntry]) -> list[ShownEntry]:
    """In two queries: who acted, and the record numbers of the patients."""
    numbers = dict(
        Patient.objects.filter(pk__in={row.patient_id for row in rows if row.patient_id}).values_list(
            "pk", "record_number"
        )
    )
    names = _names_of({row.actor for row in rows})
    return [_shown(row, names, numbers) for row in rows]


def _shown(row: AccessLogEntry, names: dict[str, str], numbers: dict[uuid.UUID, int]) -> ShownEntry:
    said = json.loads(row.canonical)
    origin = said.get("origin") or {}
    detail = said["detail"]
    return ShownEntry(
        row=row,
        who=names.get(row.actor, row.actor),
        role=row.role.replace("_", " "),
        record_number=numbers.get(row.patient_id) if row.patient_id else None,
        purpose=said.get("purpose") or detail.get("purpose", ""),
        address=origin.get("address", ""),
        agent=origin.get("agent", ""),
        request_id=said.get("request") or "",
        objects=said.get("objects") or detail.get("objects", []),
        detail=detail,
    )


def _names_of(actors: set[str]) -> dict[str, str]:
    """Members by their name, patients by their record number, the platform by its reason."""
    ids = ids_of("membership", actors)
    named = {f"membership:{row.pk}": str(row.name) for row in Membership.objects.filter(pk__in=ids)}
    records = Patient.objects.filter(pk__in=ids_of("patient", actors)).values_list("pk", "record_number")
    return named | {f"patient:{pk}": f"#{number}" for pk, number in records}


def ids_of(subject: str, actors: set[str]) -> set[uuid.UUID]:
    return {uuid.UUID(actor.partition(":")[2]) for actor in actors if actor.partition(":")[0] == subject}
