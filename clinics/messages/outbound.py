"""Requests to addresses that people typed in or browsers made up: https, to public hosts, no redirects.

The host is resolved once and connected to by that address, so that a name cannot point elsewhere in between.
Hosts that the caller names (a chat server of the house) may have private addresses, and certificates of the
house. However slowly the other side answers, a request is over in settings.MESSAGE_TIMEOUT_SECONDS.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection
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


def check(url: str, private_hosts: Collection[str] = ()) -> str:
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
    if is_literal_private and host not in private_hosts:
        raise RefusedForGood("address_forbidden")
    return host


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and asks for the certificate of the name."""

    def __init__(self, host: str, port: int, address: str, *, is_of_the_house: bool) -> None:
        self._pinned_context = ssl.create_default_context()
        if is_of_the_house and settings.MESSAGE_CA_FILE:
            self._pinned_context.load_verify_locations(settings.MESSAGE_CA_FILE)
        super().__init__(host, port, timeout=settings.MESSAGE_TIMEOUT_SECONDS, context=self._pinned_context)
        self._address = address

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._pinned_context.wrap_socket(
                raw, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        except BaseException:
            raw.close()
            raise

    def cut(self) -> None:
        """Ends whatever waits for the other side: a timeout of a socket begins anew with each byte."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: dict[str, str], private_hosts: Collection[str] = ()) -> Answer:
    """NotReached: nothing was handed over. InDoubt: the line broke after that. RefusedForGood: a bad host."""
    host = check(url, private_hosts)
    parts = urlsplit(url)
    port = parts.port or 443
    is_of_the_house = host in private_hosts
    address = _resolve(host, port, may_be_private=is_of_the_house)
    connection = _Pinned(host, port, address, is_of_the_house=is_of_the_house)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    deadline = threading.Timer(settings.MESSAGE_TIMEOUT_SECONDS, connection.cut)
    deadline.start()
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
        deadline.cancel()
        connection.close()


def _resolve(host: str, port: int, *, may_be_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NotReached("unknown_host") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not may_be_private and not all(is_public(one) for one in addresses):
        raise RefusedForGood("address_forbidden")
    return addresses[0]
