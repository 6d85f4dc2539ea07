"""Finding patients by what is encrypted: by whole words of the name, by e-mail, phone or record number."""

import re
import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from clinics import access_log, blind_index, keys
from clinics.keys import OpenKey, Shredded, Tampered
from clinics.models import Membership
from patients.access import visible_patients
from patients.models import Patient, SearchToken

SEARCHED_FIELDS = {"name", "email", "phone", "record_number"}
LIMIT = 50
LIKE_A_PHONE = re.compile(r"[+(]?[\d][\d\s()/.-]{5,}")
LIKE_A_RECORD = re.compile(r"#?\d{1,9}")
Kind = SearchToken.Kind
Term = tuple[str, str]


def index(patient: Patient) -> None:
    """Writes what the patient can be found by; called whenever one of SEARCHED_FIELDS was saved."""
    key = blind_index.writing_key(patient.clinic_id)
    wanted = {(str(kind), blind_index.digest(key, kind, text)) for kind, text in _terms_of(patient) if text}
    held = {(row.kind, row.digest): row for row in SearchToken.objects.filter(patient=patient)}
    SearchToken.objects.filter(pk__in=[row.pk for what, row in held.items() if what not in wanted]).delete()
    SearchToken.objects.bulk_create(
        [
            SearchToken(
                clinic_id=patient.clinic_id,
                patient=patient,
                kind=kind,
                digest=digest,
                key_version=key.version,
            )
            for kind, digest in sorted(wanted - set(held))
        ],
        ignore_conflicts=True,
    )


def refresh(clinic_id: uuid.UUID, version: int, limit: int) -> int:
    """Indexes up to `limit` patients anew that are not indexed under this version of the key."""
    has_tokens = SearchToken.objects.filter(patient=OuterRef("pk"))
    stale = (
        Patient.objects.filter(clinic_id=clinic_id)
        .filter(Exists(has_tokens.exclude(key_version=version)) | ~Exists(has_tokens))
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True)
    )
    patients = list(stale[:limit])
    keys.preload(patient.sealed_under() for patient in patients)
    for patient in patients:
        try:
            index(patient)
        except (Tampered, Shredded):  # what does not open cannot be found by it; the number is plain
            _index_by_number(patient)
    return len(patients)


def search(membership: Membership | None, text: str) -> list[Patient]:
    """Patients this member may follow, to whom every word applies; logged without the words."""
    found = visible_patients(membership)
    terms = list(_terms_in(text))
    if membership is None or not terms:
        return []
    all_keys = blind_index.reading_keys(membership.clinic_id)
    for alternatives in terms:
        digests = [blind_index.digest(key, kind, word) for key in all_keys for kind, word in alternatives]
        found = found.filter(Exists(SearchToken.objects.filter(patient=OuterRef("pk"), digest__in=digests)))
    patients = list(found.distinct().order_by("record_number")[:LIMIT])
    keys.preload(patient.sealed_under() for patient in patients)
    kinds = sorted({str(kind) for alternatives in terms for kind, _ in alternatives})
    access_log.record(
        "patients.searched", by=membership, objects=[row.pk for row in patients], by_kinds=" ".join(kinds)
    )
    return patients


def _terms_of(patient: Patient) -> Iterable[Term]:
    yield Kind.RECORD, str(patient.record_number)
    yield Kind.EMAIL, blind_index.address(str(patient.email or ""))
    yield Kind.PHONE, blind_index.phone(str(patient.phone or ""))
    for word in blind_index.words(str(patient.name)):
        yield Kind.NAME, word


def _terms_in(text: str) -> Iterable[list[Term]]:
    """What was typed, as terms that must all apply; of one term, what it could mean."""
    text = text.strip()
    if LIKE_A_PHONE.fullmatch(text) or LIKE_A_RECORD.fullmatch(text):
        number = text.removeprefix("#")
        yield [(Kind.PHONE, blind_index.phone(text)), (Kind.RECORD, number.lstrip("0"))]
        return
    for part in text.split():
        if "@" in part:
            yield [(Kind.EMAIL, blind_index.address(part))]
        elif LIKE_A_RECORD.fullmatch(part):
            yield [(Kind.RECORD, part.removeprefix("#").lstrip("0"))]
        else:
            for word in sorted(blind_index.words(part)):
                yield [(Kind.NAME, word)]


def _index_by_number(patient: Patient) -> None:
    key: OpenKey = blind_index.writing_key(patient.clinic_id)
    SearchToken.objects.filter(patient=patient).delete()
    SearchToken.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=Kind.RECORD,
        digest=blind_index.digest(key, Kind.RECORD, str(patient.record_number)),
        key_version=key.version,
    )
