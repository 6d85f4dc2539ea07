"""Verifies an access log: `python -m clinics.verify_log FILE` checks an export without database or Django.

Needs Python's standard library and `cryptography` alone, so that whoever doubts us can read and run it.
"""

from clinics.verify_log.anchor_lines import Given, Known, read_anchors, read_given
from clinics.verify_log.chain import FIRST_HASH, Anchor, Finding, Row, Verdict, check_chain
from clinics.verify_log.exports import EXPORT_FORMAT, Export, check_export, digest_of, read_export
from clinics.verify_log.signatures import BadSignatureError, Type, key_id, line_hash, open_signed

__all__ = [
    "EXPORT_FORMAT",
    "FIRST_HASH",
    "Anchor",
    "BadSignatureError",
    "Export",
    "Finding",
    "Given",
    "Known",
    "Row",
    "Type",
    "Verdict",
    "check_chain",
    "check_export",
    "digest_of",
    "key_id",
    "line_hash",
    "open_signed",
    "read_anchors",
    "read_export",
    "read_given",
]
