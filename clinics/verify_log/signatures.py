"""Signed lines: `{"text", "key", "signature"}`, where the text is JSON that names its own type."""

import base64
import binascii
import hashlib
import json
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Type(StrEnum):
    """What a signed text is, so that none passes for another."""

    ANCHOR = "anchor"
    SEGMENT = "segment"
    EXPORT = "export"
    SPOOLED = "spool"
    SPOOL_HEAD = "spool_head"
    CERTIFICATE = "erasure_certificate"


# Texts of before they named their type: each had just these fields.
UNTYPED = {
    frozenset({"chain", "number", "hash", "at"}): Type.ANCHOR,
    frozenset({"chain", "first", "number", "hash", "after_hash", "newest_entry_at", "at"}): Type.SEGMENT,
    frozenset({"clinic", "id", "body"}): Type.SPOOLED,
}


class BadSignatureError(Exception):
    """A signed line whose signature does not fit, whose key is not trusted, or which is of another type."""


def key_id(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()[:16]


def line_hash(line: str) -> str:
    """What the next line of its kind names as the one before it."""
    return hashlib.sha256(line.encode()).hexdigest()


def open_signed(line: Any, trusted: dict[str, bytes], *types: Type) -> dict[str, Any]:
    """The content of a line of one of these types, or BadSignatureError."""
    try:
        public = trusted[line["key"]]
        signature = base64.b64decode(line["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, line["text"].encode())
    except KeyError as error:
        raise BadSignatureError(f"signed by a key that is not trusted, or unsigned ({error})") from None
    except (InvalidSignature, ValueError, TypeError, AttributeError, binascii.Error):
        raise BadSignatureError("its signature does not fit") from None
    return content_of(line, *types)


def content_of(line: Any, *types: Type) -> dict[str, Any]:
    """What a line says and its signature was not asked about; BadSignatureError where it is no such line."""
    try:
        content: dict[str, Any] = json.loads(line["text"])
        is_of = content["type"] if "type" in content else UNTYPED.get(frozenset(content))
    except (KeyError, ValueError, TypeError):
        raise BadSignatureError("it is no signed line") from None
    if is_of not in types:
        raise BadSignatureError(f"it was signed as another thing ({is_of})")
    return content
