"""What this app adds to a patient's export: what their photos gave, and what they contested."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from inference.emotions import EMOTIONS
from inference.models import Explanation, Reading, ReadingContest, ReadingLabel, ShadowReading
from patients.exports import Exporter, Section
from patients.models import Patient


def sections(patient: Patient) -> Iterator[Section]:
    yield _readings(patient)
    yield _contests(patient)
    yield _trials(patient)
    yield _explanations(patient)
    yield _labels(patient)


def _readings(patient: Patient) -> Section:
    rows = [
        {
            "id": str(row.pk),
            "check_in": str(row.check_in_id),
            "captured_at": row.captured_at,
            "read_at": row.created_at,
            "reason": row.reason or None,
            **{name: getattr(row, name) for name in EMOTIONS},
            "is_contested": row.is_contested,
            "model": f"{row.model_name} {row.model_version}".strip() or None,
        }
        for row in Reading.objects.filter(patient=patient).order_by("captured_at")
    ]
    columns = {
        "id": _("Number"),
        "check_in": _("Of check-in"),
        "captured_at": _("When"),
        "read_at": _("Read"),
        "reason": _("Why it was not used"),
        **{name: name for name in EMOTIONS},
        "is_contested": _("You contested it"),
        "model": _("Program"),
    }
    hint = _("How likely each expression was, as the program guessed it, from 0 to 1.")
    return Section("readings", _("What the program guessed from your photos"), columns, rows, hint)


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
            "read_at": row.created_at,
            "reason": row.reason or None,
            **dict(zip(EMOTIONS, row.shares or [None] * len(EMOTIONS), strict=True)),
        }
        for row in ShadowReading.objects.filter(patient=patient).order_by("created_at")
    ]
    columns = {
        "reading": _("Guess number"),
        "read_at": _("Read"),
        "reason": _("Why it was not used"),
        **{name: name for name in EMOTIONS},
    }
    hint = _("A newer program guessed beside the one in use, to be compared with it. It counted for nothing.")
    return Section("trials", _("Guesses of a program on trial"), columns, rows, hint)


def _explanations(patient: Patient) -> Section:
    rows: list[dict[str, str | datetime]] = [
        {
            "reading": str(row.reading_id),
            "asked_at": row.asked_at,
            "method": str(row.get_method_display()),
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
        "regions": _("Where the program looked"),
    }
    return Section("explanations", _("Guesses that your clinic had explained"), columns, rows)


def _labels(patient: Patient) -> Section:
    rows: list[dict[str, str | datetime]] = [
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


EXPORTER = Exporter(
    covers=frozenset(
        {
            "inference.Reading",
            "inference.ReadingContest",
            "inference.ShadowReading",
            "inference.Explanation",
            "inference.ReadingLabel",
        }
    ),
    sections=sections,
)
