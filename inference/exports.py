"""What this app adds to a patient's export: what their photos gave, and what they contested."""

import uuid
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from inference.emotions import EMOTIONS
from inference.models import Explanation, Reading, ReadingContest, ReadingLabel, ShadowReading
from patients.exports import MACHINERY, STAFF, Columns, Exporter, Image, Row, Section
from patients.models import Patient


def sections(patient: Patient) -> Iterator[Section]:
    yield _readings(patient)
    yield _contests(patient)
    yield _trials(patient)
    yield _explanations(patient)
    yield _labels(patient)


def _readings(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "id": str(row.pk),
            "check_in": str(row.check_in_id),
            "captured_at": row.captured_at,
            "read_at": row.created_at,
            "is_scored": row.is_scored,
            "reason": row.reason or None,
            **{name: getattr(row, name) for name in EMOTIONS},
            "withheld": _shares(row.withheld),
            "is_contested": row.is_contested,
            "box": row.box,
            "quality": _measured(row.quality),
            "detector": row.detector or None,
            "model": f"{row.model_name} {row.model_version}".strip() or None,
            "model_sha256": row.model_sha256 or None,
            "is_synthetic": row.is_synthetic,
        }
        for row in Reading.objects.filter(patient=patient).order_by("captured_at")
    ]
    columns = {
        "id": _("Number"),
        "check_in": _("Of check-in"),
        "captured_at": _("When"),
        "read_at": _("Read"),
        "is_scored": _("Used"),
        "reason": _("Why it was not used"),
        **{name: name for name in EMOTIONS},
        "withheld": _("What it would have guessed, but was too unsure of"),
        "is_contested": _("You contested it"),
        "box": _("Where the face was: left, top, width, height in pixels"),
        "quality": _("How clear the photo was"),
        "detector": _("Program that found the face"),
        "model": _("Program"),
        "model_sha256": _("Fingerprint of the program (SHA-256)"),
        "is_synthetic": _("Made up, for a demonstration"),
    }
    hint = _("How likely each expression was, as the program guessed it, from 0 to 1.")
    return Section("readings", _("What the program guessed from your photos"), columns, rows, hint)


def _shares(withheld: list[float] | None) -> str | None:
    if not withheld:
        return None
    return ", ".join(f"{name} {share:.2f}" for name, share in zip(EMOTIONS, withheld, strict=True))


def _measured(quality: Mapping[str, float] | None) -> str | None:
    return ", ".join(f"{name} {value:g}" for name, value in quality.items()) if quality else None


def _contests(patient: Patient) -> Section:
    rows = [
        {
            "reading": str(row.reading_id),
            "contested_at": row.contested_at,
            "reason": row.reason,
            "withdrawn_at": row.withdrawn_at,
        }
        for row in ReadingContest.objects.filter(patient=patient).order_by("contested_at")
    ]
    columns = {
        "reading": _("Guess number"),
        "contested_at": _("Contested"),
        "reason": _("Your words"),
        "withdrawn_at": _("Taken back"),
    }
    return Section("contests", _("Guesses you contested"), columns, rows)


def _trials(patient: Patient) -> Section:
    rows = [
        {
            "reading": str(row.reading_id),
            "model_sha256": row.model_sha256,
            "read_at": row.created_at,
            "reason": row.reason or None,
            **dict(zip(EMOTIONS, row.shares or [None] * len(EMOTIONS), strict=True)),
        }
        for row in ShadowReading.objects.filter(patient=patient).order_by("created_at")
    ]
    columns = {
        "reading": _("Guess number"),
        "model_sha256": _("Fingerprint of the program (SHA-256)"),
        "read_at": _("Read"),
        "reason": _("Why it was not used"),
        **{name: name for name in EMOTIONS},
    }
    hint = _("A newer program guessed beside the one in use, to be compared with it. It counted for nothing.")
    return Section("trials", _("Guesses of a program on trial"), columns, rows, hint)


def _explanations(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "reading": str(row.reading_id),
            "asked_at": row.asked_at,
            "method": str(row.get_method_display()),
            "state": str(row.get_state_display()),
            "regions": ", ".join(
                f"{name} {share:.0%}" for name, share in (row.figures or {}).get("regions", {}).items()
            ),
        }
        for row in Explanation.objects.filter(patient=patient).order_by("asked_at")
    ]
    columns = {
        "reading": _("Guess number"),
        "asked_at": _("Asked"),
        "method": _("How"),
        "state": _("State"),
        "regions": _("Where the program looked"),
    }
    return Section("explanations", _("Guesses that your clinic had explained"), columns, rows)


def _labels(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "reading": str(row.reading_id),
            "labelled_at": row.labelled_at,
            "seen": str(row.get_seen_display()),
        }
        for row in ReadingLabel.objects.filter(patient=patient).order_by("labelled_at")
    ]
    columns = {"reading": _("Guess number"), "labelled_at": _("When"), "seen": _("What they saw")}
    hint = _("Somebody of your care team looked at a kept photo. It counted for no score.")
    return Section("labels", _("What your care team saw in kept photos"), columns, rows, hint)


def images(patient: Patient) -> Iterator[Image]:
    """Where the program looked, drawn over a photo that is still kept."""
    drawn = Explanation.objects.filter(
        patient=patient, state=Explanation.State.READY, capture__keep_until__isnull=False
    ).order_by("asked_at")
    for pk, method in drawn.values_list("pk", "method"):
        yield _picture(pk, method)


def _picture(pk: uuid.UUID, method: str) -> Image:
    def read() -> bytes:
        return bytes(Explanation.objects.get(pk=pk).picture or b"")

    reading_id = Explanation.objects.values_list("reading_id", flat=True).get(pk=pk)
    return Image(f"{reading_id}-{method}.png", read)


COLUMNS = {
    "inference.Reading": Columns(
        "readings",
        renamed={"created_at": "read_at", "model_name": "model", "model_version": "model"},
        left_out={
            "is_of_programme": "always no: nothing of a programme is read",
            "duration_ms": MACHINERY,
            "input_hash": MACHINERY,
        },
    ),
    "inference.ReadingContest": Columns("contests"),
    "inference.ReadingLabel": Columns("labels", left_out={"labelled_by": STAFF}),
    "inference.ShadowReading": Columns(
        "trials",
        renamed={"created_at": "read_at"},
        left_out={"shares": "stands in seven columns, one for each expression"},
    ),
    "inference.Explanation": Columns(
        "explanations",
        renamed={"figures": "regions"},
        left_out={
            "capture": "the guess names the check-in, which is the photo's",
            "attempts": MACHINERY,
            "claimed_until": MACHINERY,
            "picture": "goes out as a file of its own while the clinic keeps the photo",
        },
    ),
}

EXPORTER = Exporter(covers=frozenset(COLUMNS), sections=sections, images=images, columns=COLUMNS)
