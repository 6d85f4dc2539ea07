"""A keyed hash of the bytes a classifier was given.

It says whether two readings are of the same file, and whether a file that somebody brings is the one that was
read. The key is the clinic's index key: without it a known photo cannot be looked for, not even by who holds
a copy of the rows, and two clinics' hashes have nothing in common. `v3:` names the key's version: when that
was rotated away, the hash says nothing any more.
"""

import hashlib
import hmac
import uuid

from clinics import blind_index
from clinics.keys import OpenKey

KIND = "inference.reading.input"


def input_hasher(clinic_id: uuid.UUID) -> "InputHasher":
    """Of the clinic that was entered."""
    return InputHasher(blind_index.writing_key(clinic_id))


class InputHasher:
    """One key for a batch."""

    def __init__(self, key: OpenKey) -> None:
        self._key = key

    def __call__(self, image: bytes) -> str:
        digest = blind_index.digest(self._key, KIND, hashlib.sha256(image).hexdigest())
        return f"v{self._key.version}:{digest}"


def is_of(stored: str, image: bytes, clinic_id: uuid.UUID) -> bool:
    """Whether a stored hash is of these bytes; False where its key is gone."""
    hashes = [InputHasher(key)(image) for key in blind_index.reading_keys(clinic_id)]
    return any(hmac.compare_digest(stored, found) for found in hashes)
