"""The link in a message: `/m/<token>/`, which asks for sign-in, notes the receipt and leads on.

The token tells the site which clinic and message, and its reader nothing: no slug, no name. It opens nothing
by itself; row-level security and the recipient's own sign-in do.
"""

import base64
import binascii
import uuid

from django.conf import settings

from clinics.models import Message

TOKEN_BYTES = 32


def token(message: Message) -> str:
    return base64.urlsafe_b64encode(message.clinic_id.bytes + message.pk.bytes).decode().rstrip("=")


def ids_in(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Clinic and message; None where the text is no token."""
    try:
        raw = base64.urlsafe_b64decode(text + "=")
    except (binascii.Error, ValueError):
        return None
    if len(raw) != TOKEN_BYTES:
        return None
    return uuid.UUID(bytes=raw[:16]), uuid.UUID(bytes=raw[16:])


def site(path: str) -> str:
    return f"{settings.SITE_ORIGINS[0]}{path}" if path else ""


def address(message: Message) -> str:
    return site(f"/m/{token(message)}/")
