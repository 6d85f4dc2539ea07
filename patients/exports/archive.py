"""The ZIP file: a page to read, JSON and CSV for programs, and the photos. Plain data: never on a disk here.

It is made inside the request's transaction, with which row-level security ends, and in memory up to a limit:
what is larger is refused rather than cut.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import IO

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from clinics.errors import DomainError
from clinics.models import ClinicSettings
from patients import people
from patients.exports.sections import Exporter, Row, Section, Value, exporters
from patients.models import Patient

EXPORT_LIMIT_BYTES = 128 * 1024 * 1024
FORMAT = "moodvision-export-1"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


class BoundedBuffer(io.BytesIO):
    """Memory up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        if self.tell() + len(data) > self.limit:
            raise DomainError(
                "export_too_large",
                _("There is too much for one file. Please ask your clinic, who can hand it over in parts."),
            )
        return super().write(data)


def write_archive(patient: Patient, *, limit: int = EXPORT_LIMIT_BYTES) -> BoundedBuffer:
    """All that the registered exporters give of one patient. Raises DomainError `export_too_large`."""
    buffer = BoundedBuffer(limit)
    parts = exporters()
    records = [patient, *people.doubles_of(patient)]
    sections = [section for exporter in parts for section in _sections(exporter, records)]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        images = [name for record in records for name in _write_images(archive, record, parts)]
        archive.writestr("index.html", _page(patient, sections, images))
        archive.writestr("style.css", render_to_string("patients/export/style.css"))
        with archive.open("data.json", "w") as file:
            _write_json(file, sections)
        for section in sections:
            archive.writestr(f"csv/{section.name}.csv", _csv(section))
    buffer.seek(0)
    return buffer


def _sections(exporter: Exporter, records: Sequence[Patient]) -> list[Section]:
    """Of a person with several records, each row says which it stood in: merging leaves histories apart."""
    own, *of_doubles = ({part.name: part for part in exporter.sections(record)} for record in records)
    if not of_doubles:
        return list(own.values())
    return [_joined(name, [own, *of_doubles], records) for name in own]


def _joined(name: str, parts: Sequence[dict[str, Section]], records: Sequence[Patient]) -> Section:
    rows: list[Row] = [
        {"record": record.record_number, **row}
        for record, sections in zip(records, parts, strict=True)
        for row in sections[name].rows
    ]
    first = parts[0][name]
    return replace(first, columns={"record": _("Record"), **first.columns}, rows=rows)


def _write_images(archive: zipfile.ZipFile, patient: Patient, parts: Iterable[Exporter]) -> list[str]:
    names = []
    for exporter in parts:
        for image in exporter.images(patient):
            name = f"images/{image.name}"
            archive.writestr(
                zipfile.ZipInfo(name), image.read(), zipfile.ZIP_STORED
            )  # JPEG is packed already
            names.append(name)
    return names


def _page(patient: Patient, sections: Sequence[Section], images: Sequence[str]) -> str:
    context = {
        "clinic_name": ClinicSettings.objects.values_list("name", flat=True).get(clinic=patient.clinic_id),
        "made_at": timezone.now(),
        "sections": [
            (section, [_readable(row, patient) for row in _in_order(section)]) for section in sections
        ],
        "images": images,
    }
    return render_to_string("patients/export/index.html", context)


def _in_order(section: Section) -> list[dict[str, Value]]:
    return [{column: row.get(column) for column in section.columns} for row in section.rows]


def _readable(row: dict[str, Value], patient: Patient) -> list[str]:
    """As a person reads it: on their clock, yes and no, and no more digits than mean something."""
    return [_in_words(value, patient.zone) for value in row.values()]


def _in_words(value: Value, zone: tzinfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(value.astimezone(zone), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, float):
        return number_format(value, 2)
    if isinstance(value, list):
        return " · ".join(number_format(share, 2) for share in value)
    return str(value)


def _write_json(file: IO[bytes], sections: Sequence[Section]) -> None:
    head = {"format": FORMAT, "made_at": timezone.now().isoformat()}
    body = {section.name: _in_order(section) for section in sections}
    for piece in json.JSONEncoder(ensure_ascii=False, indent=1, default=_moment).iterencode(
        {**head, "data": body}
    ):
        file.write(piece.encode())


def _moment(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _csv(section: Section) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(section.columns)
    for row in _in_order(section):
        writer.writerow([_cell(value) for value in row.values()])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> Value:
    """Text that a spreadsheet would run as a formula is quoted; numbers are numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list) else value
