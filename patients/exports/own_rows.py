"""What this app adds to an export: check-ins, corrections, requests and kept photos."""

import uuid
from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinics import keys
from patients.exports.sections import MACHINERY, STAFF, Columns, Exporter, Image, Section, by_whom
from patients.models import Capture, CheckIn, Correction, Patient, RightsRequest


def sections(patient: Patient) -> Iterator[Section]:
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


def _check_ins(patient: Patient) -> Section:
    keys.preload([patient.sealed_under()])
    rows = [
        {
            "id": str(row.pk),
            "captured_at": row.captured_at,
            "submitted_at": row.submitted_at,
            "zone": row.zone,
            "mood": row.mood,
            "hours_slept": row.hours_slept,
            "note": row.note,
            "photo": row.photo,
            "photo_state": row.capture.state if hasattr(row, "capture") else None,
            "photo_kept_until": row.capture.keep_until if hasattr(row, "capture") else None,
            "programme": row.programme.name if row.programme else None,
            "is_synthetic": row.is_synthetic,
        }
        for row in CheckIn.objects.filter(patient=patient)
        .select_related("capture", "programme")
        .order_by("captured_at")
    ]
    columns = {
        "id": _("Number"),
        "captured_at": _("When"),
        "submitted_at": _("Arrived"),
        "zone": _("Time zone"),
        "mood": _("Mood, 0 to 10"),
        "hours_slept": _("Hours slept"),
        "note": _("Your note"),
        "photo": _("Photo"),
        "photo_state": _("What became of the photo"),
        "photo_kept_until": _("Photo kept until"),
        "programme": _("Sent for the programme"),
        "is_synthetic": _("Made up, for a demonstration"),
    }
    return Section("check_ins", _("Your check-ins"), columns, rows)


def _corrections(patient: Patient) -> Section:
    rows = [
        {
            "at": row.at,
            "field": row.field,
            "check_in": str(row.check_in_id) if row.check_in_id else None,
            "before": row.before,
            "by": by_whom(row.recorded_by, patient),
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
            "recorded_by": by_whom(row.recorded_by, patient),
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
        "recorded_by": _("Written down by"),
        "kind": _("For"),
        "words": _("Your words"),
        "state": _("State"),
        "extended_at": _("Told that it takes longer"),
        "extension_reason": _("Why it takes longer"),
        "closed_at": _("Answered"),
        "answer": _("Answer"),
    }
    return Section("requests", _("What you asked for"), columns, rows)


COLUMNS = {
    "patients.CheckIn": Columns(
        "check_ins",
        renamed={"id": "id"},
        left_out={
            "is_of_programme": "said by the column of the programme",
            "idempotency_key": "a random number of the device, against sending twice",
            "body_hmac": "a keyed digest of what stands here in plain, against sending twice",
        },
    ),
    "patients.Capture": Columns(
        "check_ins",
        renamed={"check_in": "id", "state": "photo_state", "keep_until": "photo_kept_until"},
        left_out={
            "image": "goes out as a file of its own while the clinic keeps it",
            "is_of_programme": "always no: a programme takes no photos",
            "waiting_since": "the moment in which the check-in arrived",
            "attempts": MACHINERY,
            "lease_id": MACHINERY,
            "lease_until": MACHINERY,
        },
    ),
    "patients.Correction": Columns("corrections", renamed={"recorded_by": "by"}),
    "patients.RightsRequest": Columns("requests", left_out={"closed_by": STAFF, "extended_by": STAFF}),
}

EXPORTER = Exporter(
    covers=frozenset(COLUMNS),
    sections=sections,
    images=images,
    columns=COLUMNS,
    leaves_out={
        "patients.Invitation": "the hash of a link that says nothing about the person; it ends with its use",
    },
)
