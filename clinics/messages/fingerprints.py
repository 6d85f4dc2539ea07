"""What tells that an address is there already: a digest under the clinic's index key (decision 16).

Two clinics' have nothing in common, so nobody is linked across them, and they say nothing once the key is
gone. The key's version stands before the digest: what is of an older one is made anew when it is rotated.
"""

import json
import uuid

from django.utils.crypto import salted_hmac

from clinics import blind_index
from clinics.keys import OpenKey, Shredded, Tampered
from clinics.models import Channel
from clinics.models.message_choices import Address

SIGNS = 64


def fingerprint(clinic_id: uuid.UUID, channel: str, address: str) -> str:
    return _digest(blind_index.writing_key(clinic_id), channel, address)


def every(clinic_id: uuid.UUID, channel: str, address: str) -> list[str]:
    """As rows may have it: under each version of the key, and under the site's, as it was at first."""
    at_first = salted_hmac(
        "clinics.messages.address", _said(channel, address), algorithm="sha256"
    ).hexdigest()
    return [*(_digest(key, channel, address) for key in blind_index.reading_keys(clinic_id)), at_first]


def refresh(clinic_id: uuid.UUID, version: int, limit: int, *models: type[Address]) -> int:
    """Makes up to `limit` of these rows' anew that are not of this version of the key."""
    done = 0
    for model in models:
        rows = model._default_manager.filter(clinic_id=clinic_id).order_by("pk")
        stale = rows.exclude(fingerprint__startswith=_prefix(version))
        for row in stale.select_for_update(skip_locked=True, no_key=True)[: limit - done]:
            try:
                row.fingerprint = fingerprint(clinic_id, row.channel, str(row.address))
            except (Tampered, Shredded, ValueError):  # what does not open is found by nothing
                row.fingerprint = f"{_prefix(version)}{row.pk.hex}"
            row.save(update_fields=["fingerprint"])
            done += 1
    return done


def _digest(key: OpenKey, channel: str, address: str) -> str:
    digest = blind_index.digest(key, "message_address", _said(channel, address))
    return f"{_prefix(key.version)}{digest}"[:SIGNS]


def _prefix(version: int) -> str:
    return f"{version}:"


def _said(channel: str, address: str) -> str:
    """A browser is known by its endpoint: its keys may change."""
    known_by = json.loads(address)["endpoint"] if channel == Channel.PUSH else address
    return f"{channel}:{known_by}"
