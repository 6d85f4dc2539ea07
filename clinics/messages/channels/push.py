"""Web push (RFC 8030, 8188, 8291, VAPID): sealed for one browser, so the push service reads nothing.

Its keys come from the environment (VAPID_PRIVATE_KEY, VAPID_CONTACT); without them it is not offered.
"""

import base64
import binascii
import json
import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from clinics.messages import outbound
from clinics.messages.channels.base import Line, Parcel
from clinics.messages.outcomes import Accepted, Gone, NotNow, RefusedForGood

DAY_SECONDS = 24 * 3600
HOUR_SECONDS = 3600
TAKEN = {200, 201, 202, 204}
NO_MORE = {404, 410}
BUSY = {408, 425, 429}
SERVER_FAILED = 500


class PushLine(Line):
    """`parcel.address` is the browser's subscription as JSON."""

    @classmethod
    def is_set_up(cls) -> bool:
        return bool(settings.VAPID_PRIVATE_KEY and settings.VAPID_CONTACT)

    def send(self, parcel: Parcel) -> Accepted:
        try:
            subscription = json.loads(parcel.address)
            sealed = WebPusher(subscription).encode(_payload(parcel))
        except (ValueError, KeyError, TypeError, binascii.Error, WebPushException):
            raise RefusedForGood("subscription_unusable") from None
        endpoint = subscription["endpoint"]
        headers = _headers(parcel, endpoint)
        answer = outbound.post(endpoint, sealed["body"], headers, settings.PUSH_PRIVATE_HOSTS)
        return _judge(answer.status)


@cache
def _signer(private_key: str) -> Vapid02:
    return Vapid02.from_string(private_key)


def public_key() -> str:
    """What a browser subscribes with: base64url of the uncompressed point."""
    point = _signer(settings.VAPID_PRIVATE_KEY).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def _payload(parcel: Parcel) -> bytes:
    words = parcel.words
    body = {"title": words.subject, "body": words.sender_name, "url": words.link, "tag": parcel.id.hex}
    return json.dumps(body).encode()


def _headers(parcel: Parcel, endpoint: str) -> dict[str, str]:
    """The topic is the row's: a push that went twice replaces itself while the device is away."""
    parts = urlsplit(endpoint)
    claims: dict[str, Any] = {
        "sub": settings.VAPID_CONTACT,
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + 12 * HOUR_SECONDS,
    }
    return {
        **_signer(settings.VAPID_PRIVATE_KEY).sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(HOUR_SECONDS if parcel.is_urgent else DAY_SECONDS),
        "Urgency": "high" if parcel.is_urgent else "normal",
        "Topic": parcel.id.hex,
    }


def _judge(status: int) -> Accepted:
    if status in TAKEN:
        return Accepted()
    if status in NO_MORE:
        raise Gone("device_gone")
    if status in BUSY or status >= SERVER_FAILED:
        raise NotNow("push_service_busy")
    raise RefusedForGood("push_service_refused")
