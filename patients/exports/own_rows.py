"""What this app adds to an export: the record, consents, check-ins, corrections, requests and kept photos."""

import uuid
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from clinics import keys
from patients.exports.sections import Exporter, Image, Row, Section
from patients.models import Capture, CheckIn, Consent, Correction, Patient, RightsRequest


def sections(patient: Patient) -> Iterator[Section]:
    yield _record(patient)
    yield _consents(patient)
    yield _check_ins(patient)
    yield _corrections(patient)
    yield _requests(patient)


def images(patient: Patient) -> Iterator[Image]:
    """Photos that are kept, each decrypted only when it is written."""
    kept = Capture.objects.filter(check_in__patient=patient, keep_until__isnull=False).order_by(
        "waiting_since"
    )
    for pk in kept.values_list("pk", flat=True):
        yield _image(pk)


def _image(pk: uuid.UUID) -> Image:
    def read() -> bytes:
        capture = Capture.objects.select_related("check_in").get(pk=pk)
        return bytes(capture.image or b"")

    check_in_id = Capture.objects.values_list("check_in_id", flat=True).get(pk=pk)
    return Image(f"{check_in_id}.jpg", read)


def _record(patient: Patient) -> Section:
    row: Row = {
        "record_number": patient.record_number,
        "name": patient.name,
        "email": patient.email,
        "phone": patient.phone,
        "birth_date": patient.birth_date,
        "notes": patient.notes,
        "time_zone": patient.time_zone,
        "sign_in_address": patient.user.email if patient.user is not None else None,
        "since": patient.created_at,
        "restricted_since": patient.restricted_at,
        "is_synthetic": patient.is_synthetic,
    }
    columns = {
        "record_number": _("Record number"),
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "birth_date": _("Date of birth"),
        "notes": _("Notes of the clinic"),
        "time_zone": _("Time zone"),
        "sign_in_address": _("You sign in with"),
        "since": _("In this clinic since"),
        "restricted_since": _("Analysis paused since"),
        "is_synthetic": _("Made up, for a demonstration"),
    }
    return Section("record", _("Your record"), columns, [row])


def _consents(patient: Patient) -> Section:
    rows = [
        {
            "at": row.at,
            "purpose": row.purpose,
            "about": row.get_purpose_display(),
            "decision": "granted" if row.is_granted else "withdrawn",
            "text_version": row.text_version,
        }
        for row in Consent.objects.filter(patient=patient).order_by("number")
    ]
    columns = {
        "at": _("When"),
        "purpose": _("Purpose"),
        "about": _("About"),
        "decision": _("Decision"),
        "text_version": _("Version of the text"),
    }
    return Section("consents", _("What you agreed to, and when"), columns, rows)


def _check_ins(patient: Patient) -> Section:
    keys.preload([patient.sealed_under()])
    rows = [
        {
            "id": str(row.pk),
            "captured_at": row.captured_at,
            "submitted_at": row.submitted_at,
            "zone": row.zone,
            "mood": row.mood,
            "note": row.note,
            "photo": row.photo,
            "photo_state": row.capture.state if hasattr(row, "capture") else None,
        }
        for row in CheckIn.objects.filter(patient=patient).select_related("capture").order_by("captured_at")
    ]
    columns = {
        "id": _("Number"),
        "captured_at": _("When"),
        "submitted_at": _("Arrived"),
        "zone": _("Time zone"),
        "mood": _("Mood, 0 to 10"),
        "note": _("Your note"),
        "photo": _("Photo"),
        "photo_state": _("What became of the photo"),
    }
    return Section("check_ins", _("Your check-ins"), columns, rows)


def _corrections(patient: Patient) -> Section:
    rows = [
        {
            "at": row.at,
            "field": row.field,
            "check_in": str(row.check_in_id) if row.check_in_id else None,
            "before": row.before,
            "by": "you" if row.recorded_by == patient.actor_label else "your clinic",
        }
        for row in Correction.objects.filter(patient=patient).order_by("at")
    ]
    columns = {
        "at": _("When"),
        "field": _("What"),
        "check_in": _("Of check-in"),
        "before": _("What stood there before"),
        "by": _("Corrected by"),
    }
    return Section("corrections", _("What was corrected"), columns, rows)


def _requests(patient: Patient) -> Section:
    rows = [
        {
            "opened_at": row.opened_at,
            "due_at": row.due_at,
            "kind": row.kind,
            "words": row.words,
            "state": row.state,
            "extended_at": row.extended_at,
            "extension_reason": row.extension_reason,
            "closed_at": row.closed_at,
            "answer": row.answer,
        }
        for row in RightsRequest.objects.filter(patient=patient).order_by("opened_at")
    ]
    columns = {
        "opened_at": _("Asked"),
        "due_at": _("Answer due by"),
        "kind": _("For"),
        "words": _("Your words"),
        "state": _("State"),
        "extended_at": _("Told that it takes longer"),
        "extension_reason": _("Why it takes longer"),
        "closed_at": _("Answered"),
        "answer": _("Answer"),
    }
    return Section("requests", _("What you asked for"), columns, rows)


def _models(*models: type) -> Iterable[str]:
    return (model._meta.label for model in models)  # type: ignore[attr-defined]


EXPORTER = Exporter(
    covers=frozenset(_models(Patient, Consent, CheckIn, Capture, Correction, RightsRequest)),
    sections=sections,
    images=images,
    leaves_out={
        "patients.Invitation": "the hash of a link that says nothing about the person; it ends with its use",
    },
)
