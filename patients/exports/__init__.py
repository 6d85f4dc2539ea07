"""A patient's own data as one ZIP file. Each app registers what it adds in moodvision/pipeline.py."""

from patients.exports.archive import EXPORT_LIMIT_BYTES, write_archive
from patients.exports.sections import (
    LEFT_OUT_EVERYWHERE,
    MACHINERY,
    STAFF,
    Columns,
    Exporter,
    Image,
    Row,
    Section,
    exporters,
    left_out,
    register,
)

__all__ = [
    "EXPORT_LIMIT_BYTES",
    "LEFT_OUT_EVERYWHERE",
    "MACHINERY",
    "STAFF",
    "Columns",
    "Exporter",
    "Image",
    "Row",
    "Section",
    "exporters",
    "left_out",
    "register",
    "write_archive",
]
