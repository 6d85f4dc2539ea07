"""Requests to addresses that people typed in or browsers made up: https, to public hosts, no redirects.

The host is resolved once and connected to by that address, so that a name cannot point elsewhere in between.
Hosts in settings.MESSAGE_PRIVATE_HOSTS (a chat server of the house) may have private addresses.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from clinics.messages.outcomes import InDoubt, NotReached, RefusedForGood

EMBEDS_ANOTHER = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "2001::/32")]
"""IPv6 that carries an IPv4 address, which could be private."""
OURS = "MoodVision"


@dataclass(frozen=True)
class Answer:
    status: int


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in EMBEDS_ANOTHER):
            return False
    return ip.is_global and not ip.is_multicast


def check(url: str) -> str:
    """The host of an address that may be written to; RefusedForGood otherwise. Asks no name server."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        raise RefusedForGood("address_forbidden") from None
    host = parts.hostname or ""
    if parts.scheme != "https" or not host or parts.username or parts.password or not port_is_fine:
        raise RefusedForGood("address_forbidden")
    if not url.isascii() or any(ord(letter) <= 32 for letter in url):
        raise RefusedForGood("address_forbidden")
    try:
        is_literal_private = not is_public(host)
    except ValueError:
        is_literal_private = "." not in host
    if is_literal_private and host not in settings.MESSAGE_PRIVATE_HOSTS:
        raise RefusedForGood("address_forbidden")
    return host


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and asks for the certificate of the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._pinned_context = ssl.create_default_context(cafile=settings.MESSAGE_CA_FILE or None)
        super().__init__(host, port, timeout=settings.MESSAGE_TIMEOUT_SECONDS, context=self._pinned_context)
        self._address = address

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._pinned_context.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """NotReached: nothing was handed over. InDoubt: the line broke after that. RefusedForGood: a bad host."""
    host = check(url)
    parts = urlsplit(url)
    port = parts.port or 443
    connection = _Pinned(host, port, _resolve(host, port))
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    try:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException):
            raise NotReached("unreachable") from None
        try:
            connection.request("POST", target, body, {"User-Agent": OURS, **headers})
            return Answer(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            raise InDoubt("went_silent") from None
    finally:
        connection.close()


def _resolve(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NotReached("unknown_host") from None
    addresses = [str(entry[4][0]) for entry in found]
    if host not in settings.MESSAGE_PRIVATE_HOSTS and not all(is_public(one) for one in addresses):
        raise RefusedForGood("address_forbidden")
    return addresses[0]
