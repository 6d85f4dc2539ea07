"""Where a request comes from, as the access log keeps it: an id, an address, a browser in few words."""

import ipaddress
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

AGENT_LENGTH = 40
# The order matters: Edge and Opera also call themselves Chrome, and Chrome also calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Version", "Safari"),
)
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux")


@dataclass(frozen=True)
class Origin:
    """`address` and `agent` are empty where the platform itself acts."""

    request_id: str
    address: str = ""
    agent: str = ""


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin | None:
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[Origin]:
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def origin_of(request: HttpRequest) -> Origin:
    """The address is the one the server saw, or what the operator's own proxies say it is (TRUSTED_PROXIES).

    Any other header of the client's own is not believed.
    """
    return Origin(
        request_id=uuid.uuid4().hex,
        address=_address(request),
        agent=shortened(request.headers.get("User-Agent", "")),
    )


def origin_of_socket(scope: dict[str, Any]) -> Origin:
    """As of a request: a handshake is one."""
    return origin_of(ASGIRequest({**scope, "method": "GET"}, BytesIO()))


def shortened(agent: str) -> str:
    """Browser with its major version and system; the rest of a user agent only helps to track people."""
    for token, name in BROWSERS:
        if found := re.search(rf"\b{token}/(\d+)", agent):
            system = next((word for word in SYSTEMS if word in agent), "")
            return f"{name} {found[1]}" + (f", {system}" if system else "")
    return re.sub(r"[^ -~]", "", agent)[:AGENT_LENGTH]


def _address(request: HttpRequest) -> str:
    """Empty where none can be told: over a socket of the machine itself, or where a proxy is missing."""
    try:
        return str(ipaddress.ip_address(get_adapter(request).get_client_ip(request).strip()))
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return ""
