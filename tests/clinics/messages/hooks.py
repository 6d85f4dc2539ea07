"""A web server that stands in for push services and chats: real TLS, its own certificate, answers chosen."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from clinics.messages.addresses import _bytes
from clinics.messages.channels.push import public_key as vapid_key

__all__ = ["Browser", "Hooks", "running", "set_up_channels", "vapid_key", "write_certificate"]


def set_up_channels(settings: Settings, sms_dir: Path) -> None:
    """Every way to tell somebody, as an operator does by keys and an adapter."""
    settings.VAPID_PRIVATE_KEY = "kqzJyFjGvVVuv-oLJ5Gu6M6LLO54-mtqMcXJHY0jJ2s"
    settings.VAPID_CONTACT, settings.CHAT_WEBHOOK_SECRET = "mailto:operator@example.org", "s" * 32
    settings.SMS_ADAPTER, settings.SMS_FILE_DIR = "clinics.messages.channels.sms.FileAdapter", sms_dir


@dataclass
class Hooks:
    """What came in, and what is answered: a status, or nothing at all."""

    port: int
    status: int = 201
    is_silent: bool = False
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def url(self, path: str = "/hook") -> str:
        return f"https://localhost:{self.port}{path}"


class Browser:
    """A browser that subscribed: it alone can read what is sealed for it."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen bytes ok"

    @property
    def p256dh(self) -> str:
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return _text(point)

    def subscription(self, endpoint: str) -> dict[str, str]:
        return {"endpoint": endpoint, "p256dh": self.p256dh, "auth": _text(self.auth)}

    def read(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth)
        read: dict[str, Any] = json.loads(plain)
        return read


def _text(raw: bytes) -> str:
    import base64

    text = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert _bytes(text) == raw
    return text


@contextmanager
def running(certificate: Path) -> Iterator[Hooks]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.taken.append((self.path, dict(self.headers), body))
            if hooks.is_silent:
                stop.wait(30)
                return
            self.send_response(hooks.status)
            self.send_header("Location", "https://localhost/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    stop = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    hooks = Hooks(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hooks
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def write_certificate(file: Path) -> None:
    """For localhost, signed by itself; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
