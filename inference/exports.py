"""What this app adds to a patient's export: what their photos gave, and what they contested."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from inference.emotions import EMOTIONS
from inference.models import Reading, ReadingContest
from patients.exports import Exporter, Section
from patients.models import Patient


def sections(patient: Patient) -> Iterator[Section]:
    yield _readings(patient)
    yield _contests(patient)


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


EXPORTER = Exporter(covers=frozenset({"inference.Reading", "inference.ReadingContest"}), sections=sections)
