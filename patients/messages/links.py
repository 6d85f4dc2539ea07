"""The page of a trusted person, who has no account: its link says which row, and is signed so that nobody
makes one up."""

import base64
import binascii
import hmac
import uuid

from django.urls import reverse
from django.utils.crypto import salted_hmac

from patients.models import TrustedPerson

SIGNATURE_BYTES = 16


def path_of(row: TrustedPerson) -> str:
    ids = row.clinic_id.bytes + row.pk.bytes
    token = base64.urlsafe_b64encode(ids + _sign(ids)).decode()
    return reverse("patients:trusted_answer", args=[token])


def ids_in(token: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Clinic and row; None where the token is not ours."""
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return None
    ids, signature = raw[:32], raw[32:]
    if len(ids) != 32 or not hmac.compare_digest(signature, _sign(ids)):
        return None
    return uuid.UUID(bytes=ids[:16]), uuid.UUID(bytes=ids[16:])


def _sign(ids: bytes) -> bytes:
    return salted_hmac("patients.trusted", ids, algorithm="sha256").digest()[:SIGNATURE_BYTES]
