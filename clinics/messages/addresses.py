"""What may stand in an address row: a browser's subscription, a chat's webhook, a phone number."""

import base64
import binascii
import json
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.messages import channels, outbound
from clinics.messages.outcomes import RefusedForGood
from clinics.models import Channel

PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
AUTH_BYTES = 16
LONGEST_URL = 2000
HTTPS = 443
MOST = {Channel.PUSH: 5, Channel.CHAT: 1, Channel.SMS: 1}
"""How many addresses of a channel one person may have; the oldest device gives way to a sixth."""


def check_offered(channel: str) -> None:
    if not channels.is_offered(channel):
        raise DomainError("not_offered", _("This way is not set up here."))


def clean(channel: str, text: str) -> str:
    """As it is stored; DomainError where it can never be written to."""
    check_offered(channel)
    if channel == Channel.CHAT:
        return _webhook(text.strip())
    if channel == Channel.SMS:
        return _phone(text)
    raise DomainError("not_offered", _("This way is not set up here."))


def subscription(endpoint: str, p256dh: str, auth: str) -> str:
    """A browser's, as the JSON that web push takes."""
    check_offered(Channel.PUSH)
    _check_url(endpoint, settings.PUSH_PRIVATE_HOSTS, may_name_port=False)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
        is_fine = len(_bytes(auth)) == AUTH_BYTES
    except (binascii.Error, ValueError):
        is_fine = False
    if not is_fine:
        raise DomainError("not_a_subscription", _("Your browser gave an answer that we cannot use."))
    return json.dumps({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}})


def _webhook(url: str) -> str:
    _check_url(url, settings.MESSAGE_PRIVATE_HOSTS, may_name_port=True)
    return url


def _check_url(url: str, private_hosts: Collection[str], *, may_name_port: bool) -> None:
    """Only the operator's own hosts are asked at another port for whoever is no member."""
    try:
        host = outbound.check(url, private_hosts)
        is_other_port = urlsplit(url).port not in (None, HTTPS) and host not in private_hosts
        if len(url) > LONGEST_URL or (is_other_port and not may_name_port):
            raise RefusedForGood("address_forbidden")
    except RefusedForGood:
        raise DomainError(
            "address_forbidden",
            _("We can only write to an https:// address on the internet."),
            field="address",
        ) from None


def _phone(text: str) -> str:
    number = re.sub(r"[\s().\-/]", "", text)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not PHONE.match(number):
        raise DomainError(
            "not_a_number",
            _("Please write the number with its country code, for example +49 170 1234567."),
            field="address",
        )
    return number


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
