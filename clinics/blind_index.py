"""What lets an encrypted value be found: a keyed digest of its normalised text (decision 16).

The key is the clinic's index key, so digests of two clinics have nothing in common, and nobody without the
key can try names out. Whole words alone are found: an index of parts would say too much about the whole.
"""

import hashlib
import hmac
import re
import unicodedata
import uuid

from clinics.keys import KeyName, OpenKey, current, get
from clinics.models import DataKey

PHONE_DIGITS = 9
"""As many digits from the end: with or without the country, a number is the same."""

WORD = re.compile(r"\w+")


def digest(key: OpenKey, kind: str, normalised: str) -> str:
    return hmac.new(key.secret, f"{kind}|{normalised}".encode(), hashlib.sha256).hexdigest()


def writing_key(clinic_id: uuid.UUID) -> OpenKey:
    return current(KeyName.of_index(clinic_id))


def reading_keys(clinic_id: uuid.UUID) -> list[OpenKey]:
    """Every version: while the key is rotated, some rows lie under the old one."""
    name = KeyName.of_index(clinic_id)
    versions = DataKey.objects.filter(
        clinic_id=clinic_id, scope=DataKey.Scope.INDEX, subject=clinic_id
    ).values_list("version", flat=True)
    return [OpenKey(version, get(name, version)) for version in versions]


def words(text: str) -> set[str]:
    """Of a name: without case, accents and punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return set(WORD.findall("".join(sign for sign in bare if not unicodedata.combining(sign))))


def address(text: str) -> str:
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def phone(text: str) -> str:
    """The last digits; nothing where there are none."""
    return "".join(sign for sign in text if sign.isdecimal())[-PHONE_DIGITS:]
