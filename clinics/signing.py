"""Ed25519 signatures of what is believed outside the database: anchors, exports, spooled entries.

The private key is a setting (environment or file), never a row: who can rewrite the chain cannot sign it.
"""

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from clinics.verify_log import Type, key_id


@cache
def _private_key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))


def public_key() -> bytes:
    return _private_key(settings.ACCESS_LOG_SIGNING_KEY).public_key().public_bytes_raw()


def public_key_text() -> str:
    """As `python -m clinics.verify_log --public-key` takes it."""
    return base64.b64encode(public_key()).decode()


def trusted() -> dict[str, bytes]:
    """Ours, and those that signed before it."""
    keys = [public_key(), *(base64.b64decode(text) for text in settings.ACCESS_LOG_TRUSTED_KEYS)]
    return {key_id(key): key for key in keys}


def signed(as_type: Type, content: dict[str, Any]) -> dict[str, str]:
    """`{"text", "key", "signature"}`, which `verify_log.open_signed` opens as that type and no other."""
    text = json.dumps({**content, "type": as_type}, sort_keys=True, separators=(",", ":"))
    signature = _private_key(settings.ACCESS_LOG_SIGNING_KEY).sign(text.encode())
    return {"text": text, "key": key_id(public_key()), "signature": base64.b64encode(signature).decode()}
