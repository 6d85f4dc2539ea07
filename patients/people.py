"""One person's records: the one that is followed, and the doubles that were merged into it."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from patients.models import LegalHold, Patient


def records_of(patient_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Every record of the same people, in the entered clinic, these included."""
    known = newest = set(patient_ids)
    while newest:
        related = Patient.objects.filter(Q(merged_into__in=newest) | Q(doubles__in=newest))
        newest = set(related.values_list("pk", flat=True)) - known
        known = known | newest
    return known


def doubles_of(patient: Patient) -> list[Patient]:
    """What was merged into this record, and into those, oldest record first."""
    found: list[Patient] = []
    newest = [patient.pk]
    while newest:
        rows = list(Patient.objects.filter(merged_into__in=newest))
        found += rows
        newest = [row.pk for row in rows]
    return sorted(found, key=lambda row: row.record_number)


def own_records(patient: Patient) -> list[uuid.UUID]:
    """The ids of a record and of its doubles: what is this person's where they read their own history."""
    return [patient.pk, *(row.pk for row in doubles_of(patient))]


def held(patient_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these records, those under a legal hold: a hold is of the person, whichever record carries it."""
    everybody = records_of(LegalHold.objects.in_force().values_list("patient_id", flat=True))
    return everybody.intersection(patient_ids)
